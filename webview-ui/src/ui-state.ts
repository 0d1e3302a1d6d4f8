/**
 * What a person has set up on the page: sort, columns, chart choices, selection. Kept per study with the webview's own
 * state, so it is there after a reload; nothing of the study itself is kept here.
 */
import { batch, effect, type Signal, signal } from '@preact/signals-core';
import type { Brush } from '../../src/core/study/table/filter.js';
import type { Sort } from '../../src/core/study/table/sorting.js';
import type { PageFilter, PageState, StudyRef } from '../../src/protocol/panel.js';
import type { Host } from './host.js';

export type ChartTab =
  | 'overview'
  | 'parallel'
  | 'slice'
  | 'importance'
  | 'contour'
  | 'rank'
  | 'timeline'
  | 'edf'
  | 'pareto'
  | 'correlation'
  | 'calibration'
  | 'studies'
  | 'errors';

/** How the charts beyond the overview are set up. */
export interface ChartChoices {
  readonly tab: ChartTab;
  /** Column of what is measured; absent: the first objective. */
  readonly metric?: string;
  /** How importance is judged; absent: PED-ANOVA. */
  readonly importance?: 'ped' | 'fanova';
  readonly log: boolean;
  readonly full: boolean;
  /** Axes of the parallel coordinates, as column ids. */
  readonly order: readonly string[];
  readonly hiddenAxes: readonly string[];
  readonly turned: readonly string[];
  readonly pair: readonly [string | undefined, string | undefined];
  /** Journals of the studies compared with; absent: the latest of the same config. */
  readonly others?: readonly string[];
  /** Objectives of the Pareto front's axes, as column ids. */
  readonly plane: readonly [string | undefined, string | undefined];
}

const NO_FILTER: PageFilter = { text: '', brushes: [] };
const FIRST_CHARTS: ChartChoices = {
  tab: 'overview',
  log: false,
  full: false,
  order: [],
  hiddenAxes: [],
  turned: [],
  pair: [undefined, undefined],
  plane: [undefined, undefined],
};

interface SavedStudy {
  /** One in what earlier versions wrote. */
  readonly sort?: Sort | readonly Sort[];
  readonly charts?: ChartChoices;
  readonly filter?: PageFilter;
  readonly group?: string;
  readonly varyingOnly?: boolean;
  readonly details?: boolean;
  readonly hidden?: readonly string[];
  readonly widths?: Readonly<Record<string, number>>;
  readonly columnOrder?: readonly string[];
  readonly metric?: string;
  readonly logHistory?: boolean;
  readonly logCurves?: boolean;
  readonly fullRange?: boolean;
  readonly fullCurves?: boolean;
  readonly selected?: readonly number[];
}

/** `study` stands at the top so that the extension can bring a panel back on the study it showed. */
interface Saved {
  readonly version: 1;
  readonly study?: StudyRef;
  readonly studies: Readonly<Record<string, SavedStudy>>;
}

const KEPT_STUDIES = 20;
/** Milliseconds without a change before the other pages hear of a filter: a brush changes it with every frame. */
const SHARE_AFTER = 120;

function readSaved(saved: unknown): Saved {
  const empty: Saved = { version: 1, studies: {} };
  if (typeof saved !== 'object' || saved === null) return empty;
  const candidate = saved as Partial<Saved>;
  return candidate.version === 1 && typeof candidate.studies === 'object'
    ? { ...empty, ...candidate }
    : empty;
}

export class UiState {
  /** The first counts most. undefined: best first. */
  readonly sort: Signal<readonly Sort[] | undefined> = signal(undefined);
  readonly charts: Signal<ChartChoices> = signal(FIRST_CHARTS);
  readonly filter: Signal<PageFilter> = signal(NO_FILTER);
  /** Column by whose values the table's rows are grouped. */
  readonly group: Signal<string | undefined> = signal(undefined);
  /** Leave out columns in which all trials agree. */
  readonly varyingOnly = signal(false);
  /** Whether the selected trial is shown in full beside the table. */
  readonly details = signal(false);
  readonly hidden: Signal<readonly string[]> = signal([]);
  /** Pixels of the columns that were given another width. */
  readonly widths: Signal<Readonly<Record<string, number>>> = signal({});
  /** Ids of columns in the order chosen; those not named come after, as they are. */
  readonly columnOrder: Signal<readonly string[]> = signal([]);
  /** The metric of the learning curves; undefined: the first objective. */
  readonly metric: Signal<string | undefined> = signal(undefined);
  readonly logHistory = signal(false);
  readonly logCurves = signal(false);
  readonly fullRange = signal(false);
  readonly fullCurves = signal(false);
  /** The trial pointed at, on this page or another; not kept. */
  readonly pointed: Signal<number | undefined> = signal(undefined);
  /** Trial numbers, in the order in which they were selected. */
  readonly selected: Signal<readonly number[]> = signal([]);
  readonly #host: Host;
  #saved: Saved;
  #ref: StudyRef | undefined;
  /** A comparison that was asked for before its study was shown. */
  #asked: { readonly study: string; readonly others: readonly string[] } | undefined;
  /** The filter that the other pages have, too. */
  #shared: PageFilter = NO_FILTER;
  #sharing: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.#saved = readSaved(host.saved);
    host.on('selected', ({ study, trials }) => {
      if (study === this.#ref?.id) this.selected.value = trials;
    });
    host.on('pointed', ({ study, trial }) => {
      if (study === this.#ref?.id) this.pointed.value = trial ?? undefined;
    });
    host.on('filtered', ({ study, filter }) => {
      if (study !== this.#ref?.id || JSON.stringify(filter) === JSON.stringify(this.filter.value)) return;
      this.#shared = filter;
      this.filter.value = filter;
    });
    host.on('compare', (asked) => {
      this.#asked = asked;
      this.#compareAsAsked();
    });
    effect(() => this.#share(this.filter.value));
    effect(() => this.#save());
  }

  /** Brings back what was set up for the page's study, also under the id it had before it was renamed. */
  show({ study: ref, renamedFrom, filter }: Pick<PageState, 'study' | 'renamedFrom' | 'filter'>): void {
    if (ref?.id === this.#ref?.id) return;
    const { studies } = this.#saved;
    const study: SavedStudy = (ref && (studies[ref.id] ?? studies[renamedFrom ?? ''])) || {};
    batch(() => {
      this.#ref = ref;
      this.sort.value = study.sort && [study.sort].flat();
      this.charts.value = { ...FIRST_CHARTS, ...study.charts };
      this.filter.value = filter ?? { ...NO_FILTER, ...study.filter };
      this.#shared = this.filter.value;
      this.pointed.value = undefined;
      this.group.value = study.group;
      this.varyingOnly.value = study.varyingOnly ?? false;
      this.details.value = study.details ?? false;
      this.hidden.value = study.hidden ?? [];
      this.widths.value = study.widths ?? {};
      this.columnOrder.value = study.columnOrder ?? [];
      this.metric.value = study.metric;
      this.logHistory.value = study.logHistory ?? false;
      this.logCurves.value = study.logCurves ?? false;
      this.fullRange.value = study.fullRange ?? false;
      this.fullCurves.value = study.fullCurves ?? false;
      this.selected.value = study.selected ?? [];
    });
    this.#save();
    this.#compareAsAsked();
  }

  #compareAsAsked(): void {
    const asked = this.#asked;
    if (!asked || asked.study !== this.#ref?.id) return;
    this.#asked = undefined;
    this.chart({ tab: 'studies', others: asked.others });
  }

  /** Selects for this page and tells the other views. `add` toggles in place of replacing. */
  select(trial: number, add = false): void {
    const before = this.selected.value;
    const without = before.filter((other) => other !== trial);
    const only = before.length === 1 && before[0] === trial;
    if (add) this.selectAll(without.length < before.length ? without : [...before, trial]);
    else this.selectAll(only ? [] : [trial]);
  }

  chart(change: Partial<ChartChoices>): void {
    this.charts.value = { ...this.charts.value, ...change };
  }

  /** Sets or, without one, takes away the brush of a column. */
  brush(column: string, brush: Brush | undefined): void {
    const { text, brushes } = this.filter.value;
    const others = brushes.filter((other) => other.column !== column);
    this.filter.value = { text, brushes: brush ? [...others, brush] : others };
  }

  clearFilter(): void {
    this.filter.value = NO_FILTER;
  }

  selectAll(trials: readonly number[]): void {
    this.selected.value = trials;
    if (this.#ref) void this.#host.call('select', { study: this.#ref.id, trials }).catch(() => undefined);
  }

  /** Points at a trial on every page of the study. */
  point(trial: number | undefined): void {
    if (this.pointed.value === trial) return;
    this.pointed.value = trial;
    const ref = this.#ref;
    if (ref) void this.#host.call('point', { study: ref.id, trial: trial ?? null }).catch(() => undefined);
  }

  /** Tells the other pages of a new filter: not of theirs, and not of what was merely brought back. */
  #share(filter: PageFilter): void {
    if (filter === this.#shared) return;
    this.#shared = filter;
    const ref = this.#ref;
    if (!ref) return;
    clearTimeout(this.#sharing);
    this.#sharing = setTimeout(() => {
      void this.#host.call('filter', { study: ref.id, filter }).catch(() => undefined);
    }, SHARE_AFTER);
  }

  #save(): void {
    const sort = this.sort.value;
    const metric = this.metric.value;
    const group = this.group.value;
    const study: SavedStudy = {
      ...(sort ? { sort } : {}),
      ...(metric === undefined ? {} : { metric }),
      ...(group === undefined ? {} : { group }),
      charts: this.charts.value,
      filter: this.filter.value,
      varyingOnly: this.varyingOnly.value,
      details: this.details.value,
      hidden: this.hidden.value,
      widths: this.widths.value,
      columnOrder: this.columnOrder.value,
      logHistory: this.logHistory.value,
      logCurves: this.logCurves.value,
      fullRange: this.fullRange.value,
      fullCurves: this.fullCurves.value,
      selected: this.selected.value,
    };
    if (!this.#ref) return;
    const others = Object.entries(this.#saved.studies).filter(([id]) => id !== this.#ref?.id);
    const studies = Object.fromEntries([...others.slice(1 - KEPT_STUDIES), [this.#ref.id, study]]);
    this.#saved = { version: 1, study: this.#ref, studies };
    this.#host.save(this.#saved);
  }
}
