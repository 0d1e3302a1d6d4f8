/**
 * Runs a study: ask, journal, train, report, judge, tell, until a criterion is met or somebody stops it. The journal
 * comes first in everything: a trial starts, and a verdict leaves, only when what led to it is on disk.
 */

import { EventEmitter } from 'node:events';
import type { JsonObject } from '../../core/json.js';
import type { Params } from '../../core/space/parameter.js';
import { completionRecords, enqueueInto, type Unnamed } from '../../core/study/enqueue.js';
import { OUR_WORKER } from '../../core/study/journal/line.js';
import type { JournalRecord } from '../../core/study/journal/records.js';
import type { StudyReducer } from '../../core/study/journal/reduce.js';
import {
  askRecords,
  attributesRecord,
  claimRecords,
  reportRecord,
  requeueRecords,
  statusRecord,
  timestamp,
} from '../../core/study/journal/write.js';
import { judgeTrial } from '../../core/study/judge.js';
import { type Marked, type MarksChange, markRecords } from '../../core/study/marks.js';
import { nextTrial } from '../../core/study/next.js';
import { isPaused, leftOverRecords, promoteRecords } from '../../core/study/pause.js';
import type { Study, StudyStatus, Suggestion, Trial } from '../../core/study/trial.js';
import type { EngineStatus } from '../../protocol/engine.js';
import { Asker } from '../ask/asker.js';
import type { AttemptResult, Executor } from '../executors/executor.js';
import type { Journal } from '../journal/journal.js';
import { attemptSpec, type RunContext } from './attempt-spec.js';
import { SteadyClock } from './steady-clock.js';
import { longTimeout } from './timer.js';
import { TrialNotices } from './trial-notices.js';
import { outcomeOf } from './trial-outcome.js';

export interface RunnerOptions extends RunContext {
  readonly journal: Journal;
  readonly reducer: StudyReducer;
  readonly executor: Executor;
  /** Script of the thread for slow suggestions, dist/ask.js, and from how many ms on one is slow; absent: no thread. */
  readonly asking?: { readonly script: string; readonly slowMs?: number };
}

interface RunnerEvents {
  /** The journal has grown; everything up to `seq` is on disk. */
  appended: [seq: number];
  status: [EngineStatus];
  /** Something that a person should know: the disk is full, or has room again. */
  notice: [message: string];
}

export class StudyRunner extends EventEmitter<RunnerEvents> {
  readonly #options: RunnerOptions;
  readonly #notices: TrialNotices;
  readonly #asker: Asker;
  readonly #clock: SteadyClock;
  readonly #worker = `${OUR_WORKER}${process.pid}`;
  readonly #running = new Map<number, RunningTrial>();
  /** Attempts by trial, over the life of this engine. */
  readonly #attempts = new Map<number, number>();
  /** How often a trial was interrupted, likewise. */
  readonly #interruptions = new Map<number, number>();
  /** Trials may be waiting: at the start, and after each that went back to wait. */
  #mayWait = true;
  #stopping: 'finish' | 'now' | undefined;
  #why = 'stopped';
  #end: StudyStatus | undefined;
  #done: ((status: StudyStatus) => void) | undefined;

  constructor(options: RunnerOptions) {
    super();
    this.#options = options;
    this.#clock = new SteadyClock(options.reducer.study);
    this.#notices = new TrialNotices((options.executor.trialsPerWorker ?? 1) > 1);
    this.#asker = new Asker({
      script: options.asking?.script,
      journal: options.journal.file,
      onReady: () => this.#pump(),
      ...(options.asking?.slowMs === undefined ? {} : { slowMs: options.asking.slowMs }),
    });
    options.journal.waitForRoom = true;
    options.journal.onRoom = (problem) =>
      this.emit('notice', problem ?? 'There is room on the disk again; the study goes on.');
  }

  get study(): Study {
    return this.#options.reducer.study;
  }

  get status(): EngineStatus {
    return {
      workers: this.#options.executor.slots,
      busy: this.#running.size,
      ...(this.#stopping ? { stopping: this.#stopping } : {}),
    };
  }

  /** Runs to the end and returns how it ended, which is then also in the journal. Rejects when the journal cannot be written. */
  async run(): Promise<StudyStatus> {
    // Trials that were running when an engine died run again, from their first step.
    for (const trial of this.study.trials.filter(({ state }) => state === 'running')) {
      await this.#append(requeueRecords(this.#worker, trial.id, 'the engine was interrupted'));
    }
    await this.#append([statusRecord(this.#worker, { kind: 'running' }, this.#now())]);
    const ended = new Promise<StudyStatus>((resolve) => {
      this.#done = resolve;
    });
    this.#pump();
    const status = await ended;
    await Promise.all([this.#options.executor.dispose(), this.#asker.dispose()]);
    if (status.kind === 'finished')
      await this.#append(leftOverRecords(this.#worker, this.study, this.#now()));
    await this.#append([statusRecord(this.#worker, status, this.#now())]);
    return status;
  }

  /** Asks the study to stop; resumable. `why` is kept as the reason. */
  stop(mode: 'finish' | 'now', why: string): void {
    if (this.#end || this.#stopping === 'now') return;
    this.#stopping = mode;
    this.#why = why;
    // Nobody wants to wait for room on a disk then.
    if (mode === 'now') this.#options.journal.waitForRoom = false;
    if (mode === 'now') for (const number of this.#running.keys()) this.#options.executor.cancel(number);
    this.emit('status', this.status);
    this.#pump();
  }

  /** Resolves when the marks are on disk. Rejects where there is no such trial. */
  async mark(marked: Marked, change: MarksChange): Promise<void> {
    await this.#append(markRecords(this.#worker, this.study, marked, change));
  }

  /** A trial with these values waits, and runs next. Rejects, in a sentence, where it cannot be. */
  async enqueue(fixed: Params, unnamed: Unnamed): Promise<{ number: number; params: Params }> {
    const { number, params, records } = enqueueInto(this.#worker, this.study, fixed, unnamed);
    const onDisk = this.#append(records);
    this.#mayWait = true;
    await onDisk;
    this.#pump();
    return { number, params };
  }

  /** Starts what can be started; ends the study when nothing runs and nothing is to be started. */
  #pump(): void {
    try {
      while (!this.#end && !this.#stopping && this.#running.size < this.#options.executor.slots) {
        const next = this.#next();
        if (next === 'later') return;
        if ('kind' in next) {
          if (this.#running.size === 0) this.#finish(next);
          return;
        }
        this.#start(next);
      }
      if (this.#running.size > 0) return;
      if (this.#stopping) this.#finish({ kind: 'stopped', reason: this.#why });
      else if (this.#end) this.#finish(this.#end);
    } catch (error) {
      this.#fail(error);
    }
  }

  #finish(status: StudyStatus): void {
    this.#end = status;
    this.#done?.(status);
  }

  /** An error of ours or of the disk: running trials are ended, and the study can be resumed. */
  #fail(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#end ??= { kind: 'error', reason };
    for (const number of this.#running.keys()) this.#options.executor.cancel(number);
    if (this.#running.size === 0) this.#finish(this.#end);
  }

  /** The trial to start next, or why there is none; `later`: it is being worked out, and then asked for again. */
  #next(): StartableTrial | StudyStatus | 'later' {
    const { study } = this;
    const waiting = this.#mayWait
      ? study.trials.find(
          (trial) => trial.state === 'waiting' && !this.#running.has(trial.number) && !isPaused(trial),
        )
      : undefined;
    this.#mayWait = waiting !== undefined;
    if (waiting) return { number: waiting.number, suggestion: undefined };
    const next = nextTrial(study, [...this.#running.keys()], this.#clock.now(), (now) =>
      this.#asker.ask(now),
    );
    switch (next.kind) {
      case 'start':
        return { number: study.trials.length, suggestion: next.suggestion, seen: this.#asker.seen };
      case 'later':
        return 'later';
      case 'promote':
        return { number: next.trial, suggestion: undefined, promoted: next.reason };
      case 'end':
        return { kind: 'finished', reason: next.reason };
    }
  }

  #start({ number, suggestion, seen, promoted }: StartableTrial): void {
    const { study } = this;
    this.#running.set(number, { reached: {} });
    const records = suggestion
      ? askRecords(this.#worker, study.space, suggestion, seen ?? study.seq, this.#now())
      : promoted === undefined
        ? [
            ...completionRecords(this.#worker, study, this.#trial(number)),
            ...claimRecords(this.#worker, number, this.#now()),
          ]
        : promoteRecords(this.#worker, this.#trial(number), promoted, this.#now());
    // Applied at once, so that the next ask sees this trial; started when it is on disk.
    const onDisk = this.#append(records);
    this.emit('status', this.status);
    void onDisk
      .then(() => this.#attempt(number))
      .then((result) => this.#tell(number, result))
      .catch((error) => {
        clearTimeout(this.#running.get(number)?.timer);
        this.#running.delete(number);
        this.#fail(error);
      })
      .then(() => {
        this.emit('status', this.status);
        this.#pump();
      });
  }

  async #attempt(number: number): Promise<AttemptResult> {
    const { executor, journal } = this.#options;
    const attempt = (this.#attempts.get(number) ?? 0) + 1;
    this.#attempts.set(number, attempt);
    const state = this.#running.get(number);
    const { trialMinutes } = this.study.settings.stop;
    if (state && trialMinutes !== undefined) {
      state.timer = longTimeout(() => {
        state.timedOut = true;
        executor.cancel(number);
      }, trialMinutes * 60_000);
    }
    // Stopped while the records were being written.
    if (this.#stopping === 'now' || this.#end) return { kind: 'cancelled' };
    return executor.run(attemptSpec(this.#options, this.study, this.#trial(number), attempt, journal.file), {
      started: (attributes) => this.#attributes(number, attributes),
      measured: (attributes) => this.#attributes(number, attributes),
      report: (step, metrics) => this.#report(number, step, metrics),
    });
  }

  #attributes(number: number, attributes: JsonObject): void {
    for (const notice of this.#notices.of(attributes)) this.emit('notice', notice);
    this.#append([attributesRecord(this.#worker, number, attributes)]).catch((error) => this.#fail(error));
  }

  async #report(number: number, step: number, metrics: Readonly<Record<string, number>>): Promise<boolean> {
    try {
      const { study } = this;
      const metric = study.objectives[0]?.metric ?? 'value';
      const onDisk = this.#append([reportRecord(this.#worker, number, step, metrics, metric)]);
      const state = this.#running.get(number);
      Object.assign(state?.reached ?? {}, metrics);
      if (state && state.pruned === undefined && metric in metrics) {
        const { prune, pause = false, reason } = judgeTrial(study, this.#trial(number));
        if (prune) {
          state.pruned = reason;
          state.pause = pause;
        }
      }
      await onDisk;
      return state?.pruned !== undefined;
    } catch (error) {
      this.#fail(error);
      return true;
    }
  }

  async #tell(number: number, result: AttemptResult): Promise<void> {
    const state = this.#running.get(number);
    clearTimeout(state?.timer);
    const isOver = result.kind === 'finished' || result.kind === 'failed';
    const interruptions = (this.#interruptions.get(number) ?? 0) + (isOver ? 0 : 1);
    this.#interruptions.set(number, interruptions);
    const why = this.#end?.kind === 'error' ? 'the study had to stop' : this.#why;
    const { records, end } = outcomeOf(
      this.study,
      this.#trial(number),
      result,
      { reached: {}, ...state, interruptions, why },
      this.#worker,
      this.#now(),
    );
    this.#end ??= end;
    this.#running.delete(number);
    const onDisk = this.#append(records);
    if (this.#trial(number).state === 'waiting') this.#mayWait = true;
    await onDisk;
  }

  #trial(number: number): Trial {
    const trial = this.study.trials[number];
    if (!trial) throw new Error(`There is no trial ${number}.`);
    return trial;
  }

  #now(): string {
    return timestamp(this.#clock.now());
  }

  /** Applies the records at once and resolves when they are on disk. */
  async #append(records: readonly JournalRecord[]): Promise<void> {
    const from = this.study.seq;
    for (const record of records) this.#options.reducer.apply(record);
    const { seq } = this.study;
    const onDisk = this.#options.journal.append(records);
    this.#asker.applied(from, records, onDisk);
    await onDisk;
    this.emit('appended', seq);
  }
}

interface StartableTrial {
  readonly number: number;
  /** Absent for a trial that waits already. */
  readonly suggestion: Suggestion | undefined;
  /** How many records the suggestion rests on; absent: all. */
  readonly seen?: number | undefined;
  /** Why it goes on, of one that was paused. */
  readonly promoted?: string;
}

/** What is known of a trial under way beside what the journal says. */
interface RunningTrial {
  /** Each metric as it was reported last in this attempt. The journal has NaN where a report lacks the first one. */
  readonly reached: Record<string, number>;
  /** Why its pruner has stopped it, and whether it may go on later. */
  pruned?: string;
  pause?: boolean;
  timer?: NodeJS.Timeout;
  timedOut?: boolean;
}
