/**
 * Keeps the page's copy of a study in step with its journal: asks "since" the last record it has, reduces what comes,
 * and publishes a new view at most once per frame, less often where drawing takes long. Knows nothing of drawing.
 */
import { type ReadonlySignal, type Signal, signal } from '@preact/signals-core';
import { bestTrial } from '../../src/core/study/best.js';
import { parseJson } from '../../src/core/study/journal/line.js';
import type { JournalRecord } from '../../src/core/study/journal/records.js';
import { StudyReducer } from '../../src/core/study/journal/reduce.js';
import { IncomingStudy, type StudyTransfer } from '../../src/core/study/packed/transfer.js';
import type { TrialBlock } from '../../src/core/study/packed/trials.js';
import type { Study, Trial, TrialState } from '../../src/core/study/trial.js';
import type { PageState, StudyRef } from '../../src/protocol/panel.js';
import type { Host } from './host.js';

/** A study as it stood at one frame. `trials` is a new array in each, since the reducer changes trials in place. */
export interface StudyView {
  readonly ref: StudyRef;
  readonly study: Study;
  readonly trials: readonly Trial[];
  /** How many trials it has; more than are here while a long study is still arriving. */
  readonly expected: number;
  readonly best: Trial | undefined;
  readonly counts: Readonly<Record<TrialState, number>>;
}

/** Drawing may take a third of the page's time, so that a long study stays scrollable while it grows. */
const IDLE_PER_DRAWING = 2;

/** Blocks of a long study that are asked for at a time. */
const BLOCKS_AHEAD = 4;
/** Milliseconds after which the part of a long study that has come is shown: drawing it delays the rest by as much again. */
const SHOWN_AFTER = 450;

export class StudyFeed {
  readonly #host: Host;
  readonly #page: Signal<PageState | undefined> = signal(undefined);
  readonly #view: Signal<StudyView | undefined> = signal(undefined);
  readonly #failure: Signal<string | undefined> = signal(undefined);
  #ref: StudyRef | undefined;
  #reducer = new StudyReducer();
  #position = 0;
  /** How many trials there will be when all have arrived. */
  #expected = 0;
  #asking = false;
  #askAgain = false;
  #frame: number | undefined;
  #notBefore = 0;

  constructor(host: Host) {
    this.#host = host;
    host.on('state', (state) => this.#takeState(state));
    host.on('appended', ({ study }) => {
      if (study === this.#ref?.id) void this.#catchUp();
    });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.refresh();
    });
  }

  /** undefined until the extension has answered. */
  get page(): ReadonlySignal<PageState | undefined> {
    return this.#page;
  }

  /** undefined while there is no study, or none of it has arrived. */
  get view(): ReadonlySignal<StudyView | undefined> {
    return this.#view;
  }

  /** Why the extension did not answer; undefined while all is well. */
  get failure(): ReadonlySignal<string | undefined> {
    return this.#failure;
  }

  /** Asks for the state and for whatever is missing. */
  refresh(): void {
    void this.#guard(async () => this.#takeState(await this.#host.call('state', {})));
  }

  #takeState(state: PageState): void {
    this.#page.value = state;
    if (state.study?.id !== this.#ref?.id) this.#forget();
    this.#ref = state.study;
    if (this.#ref) void this.#catchUp();
    else this.#view.value = undefined;
  }

  #forget(): void {
    this.#reducer = new StudyReducer();
    this.#position = 0;
    this.#expected = 0;
    this.#view.value = undefined;
  }

  async #catchUp(): Promise<void> {
    this.#askAgain = true;
    if (this.#asking) return;
    this.#asking = true;
    await this.#guard(async () => {
      while (this.#askAgain) {
        this.#askAgain = false;
        await this.#askOnce();
      }
    });
    this.#asking = false;
  }

  async #askOnce(): Promise<void> {
    const ref = this.#ref;
    if (!ref) return;
    const asked = this.#position;
    const answer = await this.#host.call('since', { study: ref.id, seq: asked });
    if (ref.id !== this.#ref?.id) {
      this.#askAgain = true;
      return;
    }
    if (answer.reset) this.#forget();
    if (answer.whole && !(await this.#receive(ref, answer.seq, answer.whole))) {
      this.#forget();
      this.#askAgain = true;
      return;
    }
    for (const line of answer.lines.split('\n')) {
      if (line === '') continue;
      // The extension has checked the line; here it is only read.
      this.#reducer.apply(parseJson(line) as JournalRecord);
    }
    this.#position = answer.seq;
    if (answer.more && (answer.seq > asked || answer.reset)) this.#askAgain = true;
    this.#schedule();
  }

  /** Takes a long study block by block; where that takes long, what has come is shown meanwhile. False where it broke off. */
  async #receive(ref: StudyRef, seq: number, first: StudyTransfer): Promise<boolean> {
    const incoming = new IncomingStudy(first);
    this.#reducer = incoming.reducer;
    this.#expected = first.trials;
    const began = performance.now();
    let shown = false;
    // Some are made over there while another is read here.
    const coming: Promise<TrialBlock | null>[] = [];
    for (let index = 0; index < first.blocks; index++) {
      while (coming.length < BLOCKS_AHEAD && index + coming.length < first.blocks)
        coming.push(this.#host.call('block', { study: ref.id, seq, index: index + coming.length }));
      const block = await coming.shift();
      if (!block || ref.id !== this.#ref?.id) return false;
      incoming.add(block);
      if (!shown && performance.now() - began > SHOWN_AFTER) {
        shown = true;
        this.#schedule();
      }
    }
    this.#notBefore = 0;
    return true;
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#failure.value = undefined;
    } catch (error) {
      this.#failure.value = error instanceof Error ? error.message : String(error);
    }
  }

  #schedule(): void {
    if (this.#frame !== undefined) return;
    const tick = (): void => {
      if (performance.now() < this.#notBefore) {
        this.#frame = requestAnimationFrame(tick);
        return;
      }
      this.#frame = undefined;
      this.#publish();
    };
    this.#frame = requestAnimationFrame(tick);
  }

  #publish(): void {
    const ref = this.#ref;
    if (!ref) return;
    const began = performance.now();
    const { study } = this.#reducer;
    const counts = { waiting: 0, running: 0, complete: 0, pruned: 0, failed: 0 };
    for (const trial of study.trials) counts[trial.state]++;
    this.#view.value = {
      ref,
      study: { ...study },
      trials: [...study.trials],
      expected: Math.max(this.#expected, study.trials.length),
      best: bestTrial(study),
      counts,
    };
    // Elements render in microtasks, so a task of its own sees the whole cost.
    setTimeout(() => {
      this.#notBefore = performance.now() + IDLE_PER_DRAWING * (performance.now() - began);
    });
  }
}
