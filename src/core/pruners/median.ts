/**
 * The median rule of Golovin et al., "Google Vizier" (2017), with Optuna's reading of it
 * (optuna/pruners/_percentile.py): a trial whose best value so far is worse than the median of what the completed
 * trials had reported at the same step is stopped. The first five trials complete; NaN is always pruned.
 */
import { isBetter } from '../study/best.js';
import type { Pruner } from './pruner.js';

const STARTUP_TRIALS = 5;

/** Of a list that is not empty. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

const short = (x: number): string => String(Number(x.toPrecision(4)));

export const medianPruner: Pruner = {
  name: 'median',
  judge({ direction, trials, trial }) {
    const last = trial.reports.at(-1);
    if (!last) return { prune: false, reason: 'nothing reported yet' };
    if (Number.isNaN(last.value)) return { prune: true, reason: `the metric is NaN at step ${last.step}` };
    const completed = trials.filter((other) => other.state === 'complete');
    if (completed.length < STARTUP_TRIALS) {
      return {
        prune: false,
        reason: `only ${completed.length} of ${STARTUP_TRIALS} completed trials to compare with`,
      };
    }
    const others = completed
      .map((other) => other.reports.find((report) => report.step === last.step)?.value)
      .filter((value) => value !== undefined && !Number.isNaN(value)) as number[];
    if (others.length === 0) return { prune: false, reason: `no completed trial reported step ${last.step}` };
    const best = trial.reports
      .map((report) => report.value)
      .reduce((a, b) => (isBetter(b, a, direction) ? b : a), Number.NaN);
    const middle = median(others);
    const prune = isBetter(middle, best, direction);
    const relation = prune ? 'is worse than' : 'is no worse than';
    const reason = `best ${short(best)} up to step ${last.step} ${relation} the median ${short(middle)} of ${others.length} trials`;
    return { prune, reason };
  },
};
