/**
 * The ask-and-tell interface of the library: a study in memory, driven by the caller's own loop. It goes through the
 * same records, samplers and pruners as a sweep started from a file, without a journal.
 */

import { parseConstraints, parseOutcomeConstraints } from '../annotation/library-constraints.js';
import { prunerOf, prunerProblem } from '../pruners/choose.js';
import type { PrunerChoice } from '../pruners/names.js';
import { objectivesProblem } from '../samplers/multi/support.js';
import type { SamplerName } from '../samplers/names.js';
import { samplers } from '../samplers/registry.js';
import type { Params, Space } from '../space/parameter.js';
import { decisionOrder } from '../space/point.js';
import { distributionProblem } from '../space/validate.js';
import { bestTrial, mergedStudy } from './best.js';
import { enqueueInto } from './enqueue.js';
import { judgeTrial } from './judge.js';
import { paretoFront } from './pareto.js';
import type { JournalRecord } from './records.js';
import { isFinished, StudyReducer } from './reduce.js';
import { askSampler, exhaustedReason } from './suggest.js';
import type { Direction, Trial } from './trial.js';
import { type WarmTrial, warmTrials } from './warm-start.js';
import {
  askRecords,
  claimRecords,
  earlierRecord,
  type Outcome,
  reportRecord,
  studyRecords,
  tellRecords,
  timestamp,
} from './write.js';

export interface CreateStudyOptions {
  readonly space: Space;
  /** One per objective; default `['minimize']`. Most pruners go by the first. */
  readonly directions?: readonly Direction[];
  readonly sampler?: SamplerName;
  /** A name, or a name with options such as `{ name: 'asha', reduction: 4 }`. What pauses and promotes is for sweeps. */
  readonly pruner?: PrunerChoice;
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
  /** Says how the objectives stand at a step, or the first one alone; steps count from 1. */
  report(step: number, value: number | readonly number[]): void;
  /** Whether the pruner would stop the trial now, by what it has reported. */
  shouldPrune(): boolean;
}

/** How a trial ended, beside its objectives. */
export interface TellOptions {
  /** Default `complete`. */
  readonly state?: Outcome['state'];
  /** Further metrics by name, for `outcomeConstraints`. */
  readonly metrics?: Readonly<Record<string, number>>;
}

export interface AskTellStudy {
  /**
   * The next trial.
   * @throws Error when every point of a finite space has been tried.
   */
  ask(): Promise<AskedTrial>;
  /**
   * Lets a trial with these values wait, which `ask` hands out before any other; the sampler chooses the values that
   * are not said. Returns its number.
   * @throws Error when a name or a value is not of the space, or a constraint is broken.
   */
  enqueue(params: Params): Promise<number>;
  /**
   * Ends a trial: complete unless said otherwise; a pruned or failed trial needs no value. A value that is not
   * finite makes the trial failed.
   * @throws Error when there is no such trial, it has ended, or the number of values is not that of the directions.
   */
  tell(
    number: number,
    value?: number | readonly number[],
    how?: Outcome['state'] | TellOptions,
  ): Promise<void>;
  /** The best completed trial, with several objectives the balanced one of the front; undefined before there is one. */
  readonly best: Trial | undefined;
  /** The trials that no other betters in one objective without being worse in another; the best alone with one. */
  readonly front: readonly Trial[];
  readonly trials: readonly Trial[];
}

const WORKER = 'library';

/** @throws Error when the space is wrong: an empty range, a logarithm of zero, a circle of conditions. */
export function createStudy(options: CreateStudyOptions): AskTellStudy {
  const { space, directions = ['minimize'], sampler = 'auto', pruner = 'none', seed = 0 } = options;
  for (const [name, parameter] of Object.entries(space)) {
    const problem = distributionProblem(parameter);
    if (problem?.severity === 'error') throw new Error(`"${name}": ${problem.message}`);
  }
  decisionOrder(space);
  if (!(sampler in samplers)) {
    throw new Error(`There is no sampler "${sampler}"; there are ${Object.keys(samplers).join(', ')}.`);
  }
  const several = objectivesProblem(sampler, directions.length);
  if (several) throw new Error(several);
  const wrong = prunerProblem(pruner);
  if (wrong) throw new Error(wrong.message);
  if (prunerOf(pruner).promote) {
    throw new Error('A pruner with `mode: promote` pauses trials, which only a sweep can: leave `mode` out.');
  }
  const objectives = directions.map((direction, index) => ({ metric: `value${index || ''}`, direction }));
  const metric = 'value';
  const reducer = new StudyReducer();
  const apply = (records: readonly JournalRecord[]): void => {
    for (const record of records) reducer.apply(record);
  };
  const constraints = parseConstraints(options.constraints ?? [], space);
  const outcomeConstraints = parseOutcomeConstraints(options.outcomeConstraints ?? [], space);
  const settings = {
    sampler,
    pruner,
    seed,
    stop: {},
    ...(constraints.length > 0 && { constraints }),
    ...(outcomeConstraints.length > 0 && { outcomeConstraints }),
  };
  const config = { file: '', text: '' };
  apply(studyRecords(WORKER, { name: 'study', objectives, space, settings, config, baseline: {} }));
  const earlier = warmTrials(options.warmStart ?? [], space, directions.length);
  if (earlier.length > 0) apply([earlierRecord(WORKER, earlier)]);

  const running = (number: number): Trial => {
    const trial = reducer.study.trials[number];
    if (!trial) throw new Error(`There is no trial ${number}.`);
    if (isFinished(trial.state)) throw new Error(`Trial ${number} has already ended (${trial.state}).`);
    return trial;
  };

  const handOut = ({ number, params }: Trial): AskedTrial => ({
    number,
    params,
    report(step, value) {
      if (!Number.isInteger(step) || step < 1) throw new Error(`Steps count from 1; ${step} is none.`);
      running(number);
      const values = typeof value === 'number' ? [value] : value;
      const metrics = values.map((one, index) => [objectives[index]?.metric ?? metric, one]);
      apply([reportRecord(WORKER, number, step, Object.fromEntries(metrics), metric)]);
    },
    shouldPrune: () => judgeTrial(reducer.study, running(number)).prune,
  });

  return {
    async ask() {
      const { trials, seq } = reducer.study;
      const waiting = trials.find(({ state }) => state === 'waiting');
      if (waiting) {
        apply(claimRecords(WORKER, waiting.number, timestamp(Date.now())));
        return handOut(waiting);
      }
      const number = trials.length;
      const suggestion = askSampler(reducer.study);
      if (suggestion === 'exhausted') {
        throw new Error(`There is nothing left to suggest: ${exhaustedReason(settings)}.`);
      }
      apply(askRecords(WORKER, number, space, suggestion, seq, timestamp(Date.now())));
      return handOut(reducer.study.trials[number] as Trial);
    },

    async enqueue(params) {
      const { number, records } = enqueueInto(WORKER, reducer.study, params, 'sampler');
      apply(records);
      return number;
    },

    async tell(number, value, how = 'complete') {
      const { state = 'complete', metrics = {} } = typeof how === 'string' ? { state: how } : how;
      const trial = running(number);
      const values = value === undefined ? undefined : typeof value === 'number' ? [value] : [...value];
      if (state === 'complete' && values?.length !== directions.length) {
        const count = `${directions.length} value${directions.length > 1 ? 's' : ''}`;
        throw new Error(`A completed trial needs ${count}, one per direction.`);
      }
      const taken = objectives.find((objective) => objective.metric in metrics);
      if (taken) throw new Error(`"${taken.metric}" is an objective: tell it as the value.`);
      const last = trial.reports.at(-1)?.value;
      const told = values ?? (state === 'pruned' && last !== undefined ? [last] : undefined);
      const allFinite = told?.every(Number.isFinite) ?? true;
      const reason = allFinite ? undefined : `the value is ${told?.join(', ')}`;
      const outcome: Outcome = {
        state: allFinite ? state : 'failed',
        values: {
          ...Object.fromEntries((told ?? []).map((v, index) => [objectives[index]?.metric ?? metric, v])),
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
    get trials() {
      return reducer.study.trials;
    },
  };
}
