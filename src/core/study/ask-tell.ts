/**
 * The ask-and-tell interface of the library: a study in memory, driven by the caller's own loop. It goes through the
 * same records, samplers and pruners as a sweep started from a file, without a journal.
 */

import type { PrunerChoice } from '../pruners/names.js';
import type { Verdict } from '../pruners/pruner.js';
import { derivedSeed } from '../random.js';
import type { SamplerName } from '../samplers/names.js';
import type { Params, Space } from '../space/parameter.js';
import { bestTrial, mergedStudy } from './best.js';
import { enqueueInto } from './enqueue.js';
import type { JournalRecord } from './journal/records.js';
import { isFinished, StudyReducer } from './journal/reduce.js';
import {
  askRecords,
  claimRecords,
  earlierRecord,
  type Outcome,
  reportRecord,
  statusRecord,
  studyRecords,
  tellRecords,
  timestamp,
} from './journal/write.js';
import { judgeTrial } from './judge.js';
import { type LibraryStop, librarySettings } from './library-settings.js';
import { type Next, nextTrial } from './next.js';
import { paretoFront } from './objectives/pareto.js';
import { isPaused, pausedStep, pauseRecords, promoteRecords } from './pause.js';
import { dueRepeat } from './repeats.js';
import { askSampler } from './suggest.js';
import type { Direction, Trial } from './trial.js';
import { type WarmTrial, warmTrials } from './warm-start.js';
import { type Winner, winnerOf } from './winner.js';

export interface CreateStudyOptions {
  readonly space: Space;
  /** One per objective; default `['minimize']`. Most pruners go by the first. */
  readonly directions?: readonly Direction[];
  readonly sampler?: SamplerName;
  /**
   * A name, or a name with options such as `{ name: 'asha', reduction: 4 }`. With `mode: 'promote'` trials pause: see
   * `verdict` and the state `paused` of `tell`.
   */
  readonly pruner?: PrunerChoice;
  /** When enough has been done: `study.over` then says so, and nothing more is asked for but what the race needs. */
  readonly stop?: LibraryStop;
  /** Runs of every point, trials of their own with a `seed` of their own; their mean counts. Default 1. */
  readonly repeats?: number;
  /** Further runs, at most, of each of the best few when a criterion of `stop` is met. Default 0. */
  readonly race?: number;
  /**
   * Expressions on the names of the space such as `units1 >= units2`: no point is suggested that breaks one. See
   * `constraints` of `@sweep`.
   */
  readonly constraints?: readonly string[];
  /**
   * Which results are acceptable, such as `latency <= 20`: expressions on the `metrics` that `tell` is given, and on the
   * objectives, `value`, `value1` and so on. Samplers avoid trials that break one, or lack a metric of it, and they are
   * neither `best` nor on the `front`.
   */
  readonly outcomeConstraints?: readonly string[];
  /**
   * Trials of another study, such as its `trials`, for the sampler to learn from; they count for nothing else. Those
   * that have not ended, are no points of this space or have another number of objectives are left out.
   */
  readonly warmStart?: readonly WarmTrial[];
  /** The same seed gives the same suggestions for the same results. Default 0. */
  readonly seed?: number;
}

/** A trial as `ask` hands it out. */
export interface AskedTrial {
  readonly number: number;
  /** Values of the active parameters. */
  readonly params: Params;
  /** For the training: another one for every trial, the same for the same study seed and number. */
  readonly seed: number;
  /** The step after which it was paused, to be taken up there; 0 for a trial that begins. */
  readonly resumeAfter: number;
  /**
   * Says how the objectives stand at a step, or the first one alone; steps count from 1.
   * @throws Error for another number of values, another step, and a trial that is not under way.
   */
  report(step: number, value: number | readonly number[]): void;
  /** Whether the pruner would stop the trial now, by what it has reported. */
  shouldPrune(): boolean;
  /** The same with the reason; with `pause` the trial should be told as `paused`, since it may go on later. */
  verdict(): Verdict;
}

/** How a trial ended, beside its objectives. */
export interface TellOptions {
  /** Default `complete`. */
  readonly state?: Outcome['state'] | 'paused';
  /** Further metrics by name, for `outcomeConstraints`. */
  readonly metrics?: Readonly<Record<string, number>>;
}

export interface AskTellStudy {
  /**
   * The next trial: one that was enqueued, a paused one whose turn has come, a repeat, or a new point.
   * @throws Error when there is none: `over` says why.
   */
  ask(): Promise<AskedTrial>;
  /**
   * Why `ask` has nothing more: a criterion of `stop` is met, or every point of a finite space has been tried; undefined
   * while it has. Results that are still out may open the race, or let a paused trial go on: then it is undefined again.
   */
  readonly over: string | undefined;
  /**
   * Lets a trial with these values wait, which `ask` hands out before any other; the sampler chooses the values that
   * are not said. Returns its number.
   * @throws Error when a name or a value is not of the space, or a constraint is broken.
   */
  enqueue(params: Params): Promise<number>;
  /**
   * Ends a trial: complete unless said otherwise; a pruned or failed trial needs no value. A value that is not
   * finite makes the trial failed. `paused` is for what the pruner's `verdict` wants paused: `ask` hands the trial out
   * again, with its number and what it has reported, when its turn has come.
   * @throws Error when there is no such trial, it is not under way, or the number of values is not that of the directions.
   */
  tell(
    number: number,
    value?: number | readonly number[],
    how?: TellOptions['state'] | TellOptions,
  ): Promise<void>;
  /** The best completed trial, with several objectives the balanced one of the front; undefined before there is one. */
  readonly best: Trial | undefined;
  /** The trials that no other betters in one objective without being worse in another; the best alone with one. */
  readonly front: readonly Trial[];
  /** How sure it is that the best is the best; undefined where no point was run twice, and with several objectives. */
  readonly winner: Winner | undefined;
  /** Paused trials, which wait for their turn. */
  readonly paused: readonly Trial[];
  readonly trials: readonly Trial[];
}

const WORKER = 'library';

const STATES: readonly string[] = ['complete', 'pruned', 'failed', 'paused'] satisfies TellOptions['state'][];

/** @throws Error for what is no number, as callers without types may give it. */
function numbersOf(value: number | readonly number[]): readonly number[] {
  const values = typeof value === 'number' ? [value] : value;
  if (Array.isArray(values) && values.every((one) => typeof one === 'number')) return values;
  throw new Error(
    `A value is a number, or a list of them with several objectives, not ${JSON.stringify(value)}.`,
  );
}

/** @throws Error when the space is wrong: an empty range, a logarithm of zero, a circle of conditions. */
export function createStudy(options: CreateStudyOptions): AskTellStudy {
  const { space, directions = ['minimize'] } = options;
  const settings = librarySettings(options);
  const objectives = directions.map((direction, index) => ({ metric: `value${index || ''}`, direction }));
  const metric = 'value';
  const reducer = new StudyReducer();
  const apply = (records: readonly JournalRecord[]): void => {
    for (const record of records) reducer.apply(record);
  };
  const config = { file: '', text: '' };
  apply(studyRecords(WORKER, { name: 'study', objectives, space, settings, config, baseline: {} }));
  apply([statusRecord(WORKER, { kind: 'running' }, timestamp(Date.now()))]);
  const earlier = warmTrials(options.warmStart ?? [], space, directions.length);
  if (earlier.length > 0) apply([earlierRecord(WORKER, earlier)]);

  const running = (number: number): Trial => {
    const trial = reducer.study.trials[number];
    if (!trial) throw new Error(`There is no trial ${number}.`);
    if (isFinished(trial.state)) throw new Error(`Trial ${number} has already ended (${trial.state}).`);
    if (trial.state === 'waiting') {
      const state = isPaused(trial) ? 'is paused' : 'waits';
      throw new Error(`Trial ${number} ${state}: \`ask\` hands it out when its turn has come.`);
    }
    return trial;
  };

  const verdict = (number: number): Verdict => judgeTrial(reducer.study, running(number));

  const isFirstOrAll = ({ length }: readonly number[]): boolean =>
    length === 1 || length === directions.length;
  const holds =
    directions.length > 1 ? `holds the first objective or all ${directions.length}` : 'holds one value';
  const metricsOf = (values: readonly number[]): Record<string, number> =>
    Object.fromEntries(values.map((value, index) => [objectives[index]?.metric ?? metric, value]));

  const handOut = (trial: Trial): AskedTrial => {
    const { number, params } = trial;
    return {
      number,
      params,
      seed: derivedSeed(settings.seed, number, 'training'),
      resumeAfter: pausedStep(trial) ?? 0,
      report(step, value) {
        if (!Number.isInteger(step) || step < 1) throw new Error(`Steps count from 1; ${step} is none.`);
        running(number);
        const values = numbersOf(value);
        if (!isFirstOrAll(values)) throw new Error(`A report ${holds}, not ${values.length} values.`);
        apply([reportRecord(WORKER, number, step, metricsOf(values), metric)]);
      },
      shouldPrune: () => verdict(number).prune,
      verdict: () => verdict(number),
    };
  };

  const enqueued = (): Trial | undefined =>
    reducer.study.trials.find((trial) => trial.state === 'waiting' && !isPaused(trial));

  let plan: { readonly seq: number; readonly next: Exclude<Next, { kind: 'later' }> } | undefined;
  // What `over` has found out `ask` need not work out again.
  const planned = (): Exclude<Next, { kind: 'later' }> => {
    const { study } = reducer;
    if (plan?.seq === study.seq && plan.next.kind !== 'end') return plan.next;
    const underWay = study.trials.flatMap(({ number, state }) => (state === 'running' ? [number] : []));
    const next = nextTrial(study, underWay, Date.now(), (now) => dueRepeat(now) ?? askSampler(now));
    if (next.kind === 'later') throw new Error('The sampler put its answer off.');
    plan = { seq: study.seq, next };
    return next;
  };

  return {
    async ask() {
      const at = timestamp(Date.now());
      const waiting = enqueued();
      if (waiting) {
        apply(claimRecords(WORKER, waiting.number, at));
        return handOut(waiting);
      }
      const next = planned();
      const { trials, seq } = reducer.study;
      switch (next.kind) {
        case 'start': {
          const number = trials.length;
          apply(askRecords(WORKER, space, next.suggestion, seq, at));
          return handOut(reducer.study.trials[number] as Trial);
        }
        case 'promote': {
          const trial = trials[next.trial] as Trial;
          apply(promoteRecords(WORKER, trial, next.reason, at));
          return handOut(trial);
        }
        case 'end':
          throw new Error(`There is nothing left to suggest: ${next.reason}.`);
        default:
          return next satisfies never;
      }
    },

    get over() {
      if (enqueued()) return undefined;
      const next = planned();
      return next.kind === 'end' ? next.reason : undefined;
    },

    async enqueue(params) {
      const { number, records } = enqueueInto(WORKER, reducer.study, params, 'sampler');
      apply(records);
      return number;
    },

    async tell(number, value, how = 'complete') {
      const { state = 'complete', metrics = {} } = typeof how === 'string' ? { state: how } : how;
      const trial = running(number);
      if (state === 'paused') {
        const { pause, reason } = verdict(number);
        const step = trial.reports.at(-1)?.step;
        if (!pause || step === undefined)
          throw new Error(`Trial ${number} cannot be paused: the pruner does not ask for it (${reason}).`);
        apply(pauseRecords(WORKER, number, step, reason));
        return;
      }
      if (!STATES.includes(state))
        throw new Error(`A trial cannot be told as "${state}"; it can be ${STATES.join(', ')}.`);
      const values = value === undefined ? undefined : numbersOf(value);
      if (state === 'complete' && values?.length !== directions.length) {
        const count = `${directions.length} value${directions.length > 1 ? 's' : ''}`;
        throw new Error(`A completed trial needs ${count}, one per direction.`);
      }
      if (values && !isFirstOrAll(values))
        throw new Error(`A ${state} trial ${holds}, not ${values.length} values.`);
      const taken = objectives.find((objective) => objective.metric in metrics);
      if (taken) throw new Error(`"${taken.metric}" is an objective: tell it as the value.`);
      const last = trial.reports.at(-1)?.value;
      const told = values ?? (state === 'pruned' && last !== undefined ? [last] : undefined);
      const allFinite = told?.every(Number.isFinite) ?? true;
      const reason = allFinite ? undefined : `the value is ${told?.join(', ')}`;
      const outcome: Outcome = {
        state: allFinite ? state : 'failed',
        values: {
          ...metricsOf(told ?? []),
          ...metrics,
        },
        ...(told && allFinite && state !== 'failed' ? { objectives: told } : {}),
        ...(reason === undefined ? {} : { reason }),
      };
      apply(tellRecords(WORKER, number, outcome, timestamp(Date.now())));
    },

    get best() {
      return bestTrial(reducer.study);
    },
    get front() {
      return paretoFront(mergedStudy(reducer.study));
    },
    get winner() {
      return winnerOf(reducer.study);
    },
    get paused() {
      return reducer.study.trials.filter(isPaused);
    },
    get trials() {
      return reducer.study.trials;
    },
  };
}
