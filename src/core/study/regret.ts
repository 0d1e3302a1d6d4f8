/**
 * How much may still be gained: an upper bound of the regret of the best trial by a Gaussian process, after Makarova et
 * al., "Automatic termination for hyperparameter optimization" (AutoML-Conf 2022), as Optuna's RegretBoundEvaluator computes
 * it: fitted to the better half of the results, the least upper confidence bound among them less the least lower
 * confidence bound anywhere (over a quasi-random sample and the trials), β = 2 ln(d n² π² / (6 δ)) / 5, δ = 0.1.
 */
import { factorise, fitHyperparameters } from '../samplers/gp/fit.js';
import { Points } from '../samplers/gp/kernel.js';
import { Posterior } from '../samplers/gp/posterior.js';
import { fitSize } from '../samplers/observations.js';
import { sobolPoint } from '../samplers/qmc.js';
import { unitSpace } from '../samplers/unit-space.js';
import { outcomeViolation } from '../space/constraint.js';
import { countedTrials, objectiveOf } from './best.js';
import { hasRepeats, mergedTrials } from './repeats.js';
import type { Study, Trial } from './trial.js';

/** Completed trials before anything is concluded. */
const LEAST = 20;
/** Trials that the model takes, at most: the best. */
const MOST = 150;
const SAMPLES = 2048;
const DELTA = 0.1;
const EVALUATIONS = 30;

/** The last bound of each list of trials, and how many results it rests on. */
const known = new WeakMap<
  readonly Trial[],
  { readonly size: number; readonly excluded: number; readonly regret: number | undefined }
>();

/**
 * In the unit of the metric; undefined while too few trials are complete and acceptable, where the better half of them
 * are all alike, and with several objectives, for which there is no one unit. It rests on as many of the results as a
 * sampler's model is fitted to, so that it is not computed anew for each.
 */
export function remainingRegret(study: Study): number | undefined {
  if (study.objectives.length > 1) return undefined;
  const { trials, excluded = 0 } = study;
  const counted = countedTrials(study);
  const violation = outcomeViolation(study.settings.outcomeConstraints);
  const complete = (hasRepeats(study) ? mergedTrials(counted) : counted).filter(
    (trial) => objectiveOf(trial) !== undefined && (violation?.(trial.values) ?? 0) === 0,
  );
  if (complete.length < LEAST) return undefined;
  const size = fitSize(complete.length);
  const last = known.get(trials);
  if (last?.size === size && last.excluded === excluded) return last.regret;
  const regret = regretBound(study, complete.slice(0, size));
  known.set(trials, { size, excluded, regret });
  return regret;
}

function regretBound({ space, objectives }: Study, complete: readonly Trial[]): number | undefined {
  const sign = objectives[0]?.direction === 'maximize' ? -1 : 1;
  const unit = unitSpace(space);
  const better = complete
    .map((trial) => ({ trial, value: sign * (objectiveOf(trial) ?? 0) }))
    .sort((a, b) => a.value - b.value || a.trial.number - b.trial.number)
    .slice(0, Math.min(MOST, Math.ceil(complete.length / 2)));
  const n = better.length;
  // Halved and brought to [0, 1] first, so that squares neither overflow nor vanish.
  const least = (better[0]?.value ?? 0) / 2;
  const range = (better.at(-1)?.value ?? 0) / 2 - least;
  if (!(range > 0)) return undefined;
  const shares = better.map(({ value }) => (value / 2 - least) / range);
  const mean = shares.reduce((sum, share) => sum + share, 0) / n;
  const deviation = Math.sqrt(shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / n);
  const y = Float64Array.from(shares, (share) => (share - mean) / deviation);
  const rows = better.map(({ trial }) => unit.encode(trial.params));
  const points = new Points(unit.axes, rows);
  const dimensions = unit.axes.length;
  const hyper = fitHyperparameters(points, y, dimensions, EVALUATIONS);
  const posterior = new Posterior(points, hyper, factorise(points, y, hyper));
  const beta = Math.sqrt((2 * Math.log((dimensions * n ** 2 * Math.PI ** 2) / (6 * DELTA))) / 5);
  let [upper, lower] = [Infinity, Infinity];
  for (const row of rows) {
    posterior.at(row);
    upper = Math.min(upper, posterior.mean + beta * posterior.deviation);
    lower = Math.min(lower, posterior.mean - beta * posterior.deviation);
  }
  for (let i = 0; i < SAMPLES; i++) {
    posterior.at(unit.encode(sobolPoint(unit, i, complete.length)));
    lower = Math.min(lower, posterior.mean - beta * posterior.deviation);
  }
  return (upper - lower) * deviation * range * 2;
}
