/**
 * How much may still be gained: an upper bound of the regret of the best trial by a Gaussian process, after Makarova et al.,
 * "Automatic termination for hyperparameter optimization" (AutoML-Conf 2022), as Optuna's RegretBoundEvaluator computes
 * it: fitted to the better half of the results, the least upper confidence bound among them less the least lower
 * confidence bound anywhere (over a quasi-random sample and the trials), β = 2 ln(d n² π² / (6 δ)) / 5, δ = 0.1.
 */
import { factorise, fitHyperparameters } from '../samplers/gp/fit.js';
import { Points } from '../samplers/gp/kernel.js';
import { Posterior } from '../samplers/gp/posterior.js';
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

const known = new WeakMap<readonly Trial[], { readonly count: number; readonly regret: number }>();

/**
 * In the units of the first objective; undefined while too few trials are complete and acceptable. A study's bound is computed anew when a
 * tenth more trials have completed, or 25.
 */
export function remainingRegret(study: Study): number | undefined {
  const { trials } = study;
  const last = known.get(trials);
  if (last && trials.length - last.count < Math.min(25, Math.max(1, last.count / 10))) return last.regret;
  const counted = countedTrials(study);
  const violation = outcomeViolation(study.settings.outcomeConstraints);
  const complete = (hasRepeats(study) ? mergedTrials(counted) : counted).filter(
    (trial) => objectiveOf(trial) !== undefined && (violation?.(trial.values) ?? 0) === 0,
  );
  if (complete.length < LEAST) return undefined;
  const regret = regretBound(study, complete);
  known.set(trials, { count: trials.length, regret });
  return regret;
}

function regretBound({ space, objectives }: Study, complete: readonly Trial[]): number {
  const sign = objectives[0]?.direction === 'maximize' ? -1 : 1;
  const unit = unitSpace(space);
  const better = complete
    .map((trial) => ({ trial, value: sign * (objectiveOf(trial) ?? 0) }))
    .sort((a, b) => a.value - b.value || a.trial.number - b.trial.number)
    .slice(0, Math.min(MOST, Math.ceil(complete.length / 2)));
  const n = better.length;
  const mean = better.reduce((sum, { value }) => sum + value, 0) / n;
  const scale = Math.sqrt(better.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / n) || 1;
  const y = Float64Array.from(better, ({ value }) => (value - mean) / scale);
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
  return (upper - lower) * scale;
}
