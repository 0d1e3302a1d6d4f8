/** A trial and a study's result as the command line prints them for machines: the stable JSON of the contract. */

import type { Params } from '../space/parameter.js';
import { baselineTrial, bestTrial } from './best.js';
import { frontOf } from './objectives/front.js';
import type { Marks, Study, Trial, TrialState } from './trial.js';
import { type Winner, winnerOf } from './winner.js';

export interface TrialJson {
  readonly number: number;
  readonly state: TrialState;
  /** Every metric of the result, or of the last report so far; what is not finite is null. */
  readonly values: Readonly<Record<string, number | null>>;
  /** Active parameters only. */
  readonly params: Params;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly reason?: string;
  /** Only where it is so: the trial does not count, by a person's word. */
  readonly excluded?: true;
  /** The other marks, where there are any. */
  readonly starred?: true;
  readonly note?: string;
  readonly tags?: readonly string[];
}

export interface BestJson {
  /** null where there is no study yet. */
  readonly study: string | null;
  /** null with no completed trial. */
  readonly trial: TrialJson | null;
  /** Trial 0, the values in the file; null before it was started. */
  readonly baseline: TrialJson | null;
  /** With several objectives: the Pareto front, the best of the first objective first. `trial` is its balanced member. */
  readonly front?: readonly TrialJson[];
  /** With several objectives: share of the box between the best values and the reference point. */
  readonly hypervolume?: number;
  /** How sure it is that the trial is the best; only where points were run more than once. */
  readonly winner?: Winner;
}

export function trialJson(trial: Trial): TrialJson {
  const values = { ...trial.reports.at(-1)?.metrics, ...trial.values };
  return {
    number: trial.number,
    state: trial.state,
    values: Object.fromEntries(
      Object.entries(values).map(([metric, value]) => [metric, Number.isFinite(value) ? value : null]),
    ),
    params: trial.params,
    ...(trial.startedAt === undefined ? {} : { startedAt: trial.startedAt }),
    ...(trial.finishedAt === undefined ? {} : { finishedAt: trial.finishedAt }),
    ...(trial.reason === undefined ? {} : { reason: trial.reason }),
    ...(trial.marks === undefined ? {} : marksJson(trial.marks)),
  };
}

const marksJson = ({ excluded, starred, note, tags }: Marks) => ({
  ...(excluded === undefined ? {} : { excluded: true as const }),
  ...(starred ? { starred: true as const } : {}),
  ...(note === undefined ? {} : { note }),
  ...(tags === undefined || tags.length === 0 ? {} : { tags }),
});

export function bestJson(study: Study): BestJson {
  const best = bestTrial(study);
  const winner = winnerOf(study);
  const front = frontOf(study);
  // A study of another program has no file whose values its first trial had.
  const baseline = Object.keys(study.baseline).length > 0 ? baselineTrial(study) : undefined;
  return {
    study: study.name,
    trial: best ? trialJson(best) : null,
    baseline: baseline ? trialJson(baseline) : null,
    ...(front && { front: front.trials.map(trialJson), hypervolume: front.hypervolume }),
    ...(winner && { winner }),
  };
}
