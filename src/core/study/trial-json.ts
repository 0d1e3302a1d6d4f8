/** A trial and a study's result as the command line prints them for machines: the stable JSON of the contract. */

import type { Params } from '../space/parameter.js';
import { bestTrial } from './best.js';
import type { Study, Trial, TrialState } from './trial.js';

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
}

export interface BestJson {
  /** null where there is no study yet. */
  readonly study: string | null;
  /** null with no completed trial. */
  readonly trial: TrialJson | null;
  /** Trial 0, the values in the file; null before it was started. */
  readonly baseline: TrialJson | null;
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
  };
}

export function bestJson(study: Study): BestJson {
  const best = bestTrial(study);
  const baseline = study.trials[0];
  return {
    study: study.name,
    trial: best ? trialJson(best) : null,
    baseline: baseline ? trialJson(baseline) : null,
  };
}
