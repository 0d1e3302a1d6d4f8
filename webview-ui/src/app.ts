/** What every element of the page is given: the study, the person's choices, and the ways to act. */
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals-core';
import { brushMask, parseFilter, passing, type TrialMask } from '../../src/core/study/table/filter.js';
import { type Column, columnsOf } from '../../src/core/study/table/table.js';
import type { Trial } from '../../src/core/study/trial.js';
import type { StudyAction, TrialAction, TrialFiles } from '../../src/protocol/panel.js';
import { StudyFeed } from './feed.js';
import type { Host } from './host.js';
import { Peers } from './peers.js';
import { UiState } from './ui-state.js';
import { Validations } from './validations.js';

/** The trials that pass the filter, and what is wrong with it. */
export interface Filtered {
  /** All of them, the very array of the view, while nothing is left out. */
  readonly trials: readonly Trial[];
  readonly active: boolean;
  readonly problem: string | undefined;
}

export class App {
  readonly feed: StudyFeed;
  readonly peers: Peers;
  readonly validations: Validations;
  readonly ui: UiState;
  readonly #host: Host;
  readonly #now = signal(Date.now());

  constructor(host: Host) {
    this.#host = host;
    this.ui = new UiState(host);
    this.feed = new StudyFeed(host);
    // The state changes with every trial; the study seldom does.
    const study = computed(() => this.feed.page.value?.study?.id);
    this.peers = new Peers(host, () => study.value);
    effect(() => {
      const page = this.feed.page.value;
      if (page) this.ui.show(page);
    });
    this.validations = new Validations(host);
    effect(() => {
      const view = this.feed.view.value;
      this.validations.show(view?.ref.id, view?.best?.number);
    });
    const inSight = computed(() => this.ui.charts.value.tab === 'studies');
    effect(() => this.peers.watch(inSight.value));
    effect(() => {
      this.#now.value = Date.now();
      const running = this.feed.view.value?.study.status.kind === 'running';
      if (!running) return;
      const timer = setInterval(() => {
        if (document.visibilityState === 'visible') this.#now.value = Date.now();
      }, 1000);
      return () => clearInterval(timer);
    });
  }

  /** Every column of the study as it stands; found once per view. */
  readonly columns: ReadonlySignal<readonly Column[]> = computed(() => {
    const view = this.feed.view.value;
    return view ? columnsOf({ ...view.study, trials: view.trials }) : [];
  });

  /** What tables and charts show: one filter for all of them. */
  readonly filtered: ReadonlySignal<Filtered> = computed(() => {
    const trials = this.feed.view.value?.trials ?? [];
    const { text, brushes } = this.ui.filter.value;
    if (text.trim() === '' && brushes.length === 0) return { trials, active: false, problem: undefined };
    const columns = this.columns.value;
    const masks: TrialMask[] = brushes.flatMap((brush) => brushMask(brush, columns) ?? []);
    let problem: string | undefined;
    if (text.trim() !== '') {
      const parsed = parseFilter(text, columns);
      if (parsed.kind === 'mask') masks.push(parsed.mask);
      else problem = parsed.message;
    }
    return { trials: passing(trials, masks), active: masks.length > 0, problem };
  });

  /** Milliseconds since the epoch, once a second while the study runs. */
  get now(): ReadonlySignal<number> {
    return this.#now;
  }

  /** The extension shows what goes wrong; a page that cannot reach it says so in its own notice. */
  trialAction(trial: number, action: TrialAction): void {
    const study = this.feed.page.value?.study?.id;
    if (study !== undefined) {
      void this.#host.call('trial', { study, trial, action }).catch(() => this.feed.refresh());
    }
  }

  /** What a trial has left on the disk; undefined where the extension does not answer. */
  async trialFiles(trial: number): Promise<TrialFiles | undefined> {
    const study = this.feed.page.value?.study?.id;
    return study === undefined
      ? undefined
      : this.#host.call('files', { study, trial }).catch(() => undefined);
  }

  /** Puts text on the clipboard, through the extension: a page has no right to. */
  copy(text: string): void {
    void this.#host.call('copy', { text }).catch(() => this.feed.refresh());
  }

  /** Asks where to, and writes a file there. */
  save(name: string, base64: string): void {
    void this.#host.call('save', { name, base64 }).catch(() => this.feed.refresh());
  }

  studyAction(action: StudyAction): void {
    const study = this.feed.page.value?.study?.id;
    if (study !== undefined) {
      void this.#host.call('study', { study, action }).catch(() => this.feed.refresh());
    }
  }
}
