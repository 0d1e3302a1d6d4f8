/**
 * What a person has set up on the page: sort, columns, chart choices, selection. Kept per study with the webview's own
 * state, so it is there after a reload; nothing of the study itself is kept here.
 */
import { batch, effect, type Signal, signal } from '@preact/signals-core';
import type { Sort } from '../../src/core/study/table.js';
import type { StudyRef } from '../../src/protocol/panel.js';
import type { Host } from './host.js';

interface SavedStudy {
  readonly sort?: Sort;
  readonly hidden?: readonly string[];
  readonly metric?: string;
  readonly logHistory?: boolean;
  readonly logCurves?: boolean;
  readonly fullRange?: boolean;
  readonly selected?: readonly number[];
}

/** `study` stands at the top so that the extension can bring a panel back on the study it showed. */
interface Saved {
  readonly version: 1;
  readonly study?: StudyRef;
  readonly studies: Readonly<Record<string, SavedStudy>>;
}

const KEPT_STUDIES = 20;

function readSaved(saved: unknown): Saved {
  const empty: Saved = { version: 1, studies: {} };
  if (typeof saved !== 'object' || saved === null) return empty;
  const candidate = saved as Partial<Saved>;
  return candidate.version === 1 && typeof candidate.studies === 'object'
    ? { ...empty, ...candidate }
    : empty;
}

export class UiState {
  /** undefined: best first. */
  readonly sort: Signal<Sort | undefined> = signal(undefined);
  readonly hidden: Signal<readonly string[]> = signal([]);
  /** The metric of the learning curves; undefined: the first objective. */
  readonly metric: Signal<string | undefined> = signal(undefined);
  readonly logHistory = signal(false);
  readonly logCurves = signal(false);
  readonly fullRange = signal(false);
  /** Trial numbers, in the order in which they were selected. */
  readonly selected: Signal<readonly number[]> = signal([]);
  readonly #host: Host;
  #saved: Saved;
  #ref: StudyRef | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.#saved = readSaved(host.saved);
    host.on('selected', ({ study, trials }) => {
      if (study === this.#ref?.id) this.selected.value = trials;
    });
    effect(() => this.#save());
  }

  /** Brings back what was set up for this study. */
  show(ref: StudyRef | undefined): void {
    if (ref?.id === this.#ref?.id) return;
    const study: SavedStudy = (ref && this.#saved.studies[ref.id]) || {};
    batch(() => {
      this.#ref = ref;
      this.sort.value = study.sort;
      this.hidden.value = study.hidden ?? [];
      this.metric.value = study.metric;
      this.logHistory.value = study.logHistory ?? false;
      this.logCurves.value = study.logCurves ?? false;
      this.fullRange.value = study.fullRange ?? false;
      this.selected.value = study.selected ?? [];
    });
    this.#save();
  }

  /** Selects for this page and tells the other views. `add` toggles in place of replacing. */
  select(trial: number, add = false): void {
    const before = this.selected.value;
    const without = before.filter((other) => other !== trial);
    const only = before.length === 1 && before[0] === trial;
    if (add) this.selectAll(without.length < before.length ? without : [...before, trial]);
    else this.selectAll(only ? [] : [trial]);
  }

  selectAll(trials: readonly number[]): void {
    this.selected.value = trials;
    if (this.#ref) void this.#host.call('select', { study: this.#ref.id, trials }).catch(() => undefined);
  }

  #save(): void {
    const sort = this.sort.value;
    const metric = this.metric.value;
    const study: SavedStudy = {
      ...(sort ? { sort } : {}),
      ...(metric === undefined ? {} : { metric }),
      hidden: this.hidden.value,
      logHistory: this.logHistory.value,
      logCurves: this.logCurves.value,
      fullRange: this.fullRange.value,
      selected: this.selected.value,
    };
    if (!this.#ref) return;
    const others = Object.entries(this.#saved.studies).filter(([id]) => id !== this.#ref?.id);
    const studies = Object.fromEntries([...others.slice(1 - KEPT_STUDIES), [this.#ref.id, study]]);
    this.#saved = { version: 1, study: this.#ref, studies };
    this.#host.save(this.#saved);
  }
}
