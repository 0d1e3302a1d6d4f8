/** Which trial is best, and by how much. Ties go to the lower number; trials without a finite objective never win. */
import { outcomeViolation } from '../space/constraint.js';
import { balancedTrial, paretoFront } from './objectives/pareto.js';
import { PackedTrial } from './packed/trials.js';
import { mergedTrials, repeatOf } from './repeats.js';
import type { Direction, Study, Trial } from './trial.js';

/** True when `a` is strictly better than `b`. A non-finite number is never better, and worse than any finite one. */
export function isBetter(a: number, b: number, direction: Direction): boolean {
  if (!Number.isFinite(a)) return false;
  if (!Number.isFinite(b)) return true;
  return direction === 'maximize' ? a > b : a < b;
}

/** For sorting results: the better ones first, what is not finite last. */
export const compareResults = (a: number, b: number, direction: Direction): number =>
  isBetter(a, b, direction) ? -1 : isBetter(b, a, direction) ? 1 : 0;

/** Whether a person has said that the trial does not count. */
export const isExcluded = (trial: Trial): boolean => trial.marks?.excluded !== undefined;

const countedOf = new WeakMap<readonly Trial[], Trial[]>();

/**
 * The trials that count. The list itself where all do, else the same list as long as it only grows: samplers keep what
 * they know by the list.
 */
export function countedTrials({ trials, excluded }: Pick<Study, 'trials' | 'excluded'>): readonly Trial[] {
  if (!excluded) return trials;
  const counted = trials.filter((trial) => !isExcluded(trial));
  const known = countedOf.get(trials);
  if (!known || known.length > counted.length || known.some((trial, i) => trial !== counted[i])) {
    countedOf.set(trials, counted);
    return counted;
  }
  for (let i = known.length; i < counted.length; i++) known.push(counted[i] as Trial);
  return known;
}

/** The first objective of a completed trial that counts, else undefined. */
export function objectiveOf(trial: Trial): number | undefined {
  if (isExcluded(trial)) return undefined;
  if (trial.state !== 'complete') return undefined;
  const value = trial instanceof PackedTrial ? trial.firstObjective : trial.objectives?.[0];
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

type Judged = Pick<Study, 'objectives' | 'trials'> & Partial<Pick<Study, 'settings'>>;

/** The study with one trial for each point that was run more than once: the mean of its runs. */
export function mergedStudy<S extends Judged>(study: S): S {
  const trials = mergedTrials(study.trials);
  return trials === study.trials ? study : { ...study, trials };
}

/** Trial 0, the file's own values; where it was run more than once, with the mean of its runs. */
export function baselineTrial({ trials }: Pick<Study, 'trials'>): Trial | undefined {
  if (trials[0]?.number !== 0) return undefined;
  return mergedTrials(trials.filter((trial) => trial.number === 0 || repeatOf(trial) === 0))[0];
}

/**
 * The best completed trial; where points were run more than once, by the mean of the runs. With several objectives the
 * balanced member of the Pareto front (see pareto.ts).
 */
export function bestTrial(study: Judged): Trial | undefined {
  if (study.objectives.length < 2) return bestOfFirst(study);
  const directions = study.objectives.map(({ direction }) => direction);
  return balancedTrial(paretoFront(mergedStudy(study)), directions);
}

/** The best completed trial by the first objective, whatever the others say; none that breaks an outcome constraint. */
export function bestOfFirst(study: Judged): Trial | undefined {
  const direction = study.objectives[0]?.direction ?? 'minimize';
  const violation = outcomeViolation(study.settings?.outcomeConstraints);
  let best: Trial | undefined;
  let bestValue = Number.NaN;
  for (const trial of mergedTrials(study.trials)) {
    const value = objectiveOf(trial);
    if (value === undefined) continue;
    if (violation && violation(trial.values) > 0) continue;
    if (!best || isBetter(value, bestValue, direction)) {
      best = trial;
      bestValue = value;
    }
  }
  return best;
}
