/**
 * Extrapolates the learning curve of a trial (learning-curve.ts) and stops it once it is unlikely to become the best:
 * P(final value better than the best completed one) below `threshold`. The rule is that of Domhan et al. (IJCAI 2015).
 * What to believe before the first report comes from the completed trials.
 */
import { bestTrial, objectiveOf } from '../study/best.js';
import type { Trial } from '../study/trial.js';
import { definePruner } from './definition.js';
import { type CurvePrior, forecast } from './learning-curve.js';
import { directionOf, isDue, plainVerdict, short } from './reports.js';

/** Completed trials that the prior is taken from, the latest. */
const PRIOR_TRIALS = 50;

/** From the last and all values of completed trials; curves that diverged count no more than others (quartiles). */
function priorOf(trials: readonly Trial[]): CurvePrior {
  const recent = trials.slice(-PRIOR_TRIALS);
  const finite = (values: readonly number[]): readonly number[] =>
    values.filter(Number.isFinite).sort((a, b) => a - b);
  const finals = finite(recent.map(({ reports }) => reports.at(-1)?.value ?? Number.NaN));
  const all = finite(recent.flatMap(({ reports }) => reports.map(({ value }) => value)));
  const at = (sorted: readonly number[], share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const centre = at(finals, 0.5);
  // Halved, so that a range from -1e308 to 1e308 does not overflow.
  const between = (sorted: readonly number[]): number => at(sorted, 0.9) / 2 - at(sorted, 0.1) / 2;
  const range = 2 * Math.min(Math.max(between(all), 1e-9 * Math.abs(centre)), Number.MAX_VALUE / 4) || 1;
  const spread = Math.max(between(finals), 0.1 * range);
  return { centre, spread: 2 * spread, range: 2 * range };
}

export const extrapolate = definePruner({
  options: {
    threshold: { kind: 'number', above: 0, most: 1, default: 0.05 },
    startupTrials: { kind: 'integer', least: 1, default: 5 },
    warmupSteps: { kind: 'integer', least: 0, default: 3 },
    intervalSteps: { kind: 'integer', least: 1, default: 1 },
    maxResource: { kind: 'integer', least: 1 },
  },
  create: ({ threshold, startupTrials, warmupSteps, intervalSteps, maxResource }) => ({
    name: 'extrapolate',
    judge(context) {
      const plain = plainVerdict(context);
      if (plain) return plain;
      const { trial, trials, objectives } = context;
      const goOn = (reason: string) => ({ prune: false, reason });
      const completed = trials.filter(({ state, reports }) => state === 'complete' && reports.length > 0);
      if (completed.length < startupTrials)
        return goOn(`only ${completed.length} of ${startupTrials} completed trials to compare with`);
      const step = trial.reports.at(-1)?.step ?? 0;
      if (!isDue(trial, warmupSteps, intervalSteps)) return goOn(`step ${step} is not judged`);
      const last = maxResource ?? Math.max(...completed.map(({ reports }) => reports.at(-1)?.step ?? 0));
      const best = bestTrial({ objectives, trials });
      const value = best && objectiveOf(best);
      if (!best || value === undefined || step >= last) return goOn(`step ${step} is the last`);
      const curve = trial.reports.filter((report) => Number.isFinite(report.value));
      const { mean, deviation, below } = forecast(curve, last, priorOf(completed));
      const probability = directionOf(context) === 'maximize' ? 1 - below(value) : below(value);
      const prune = probability < threshold;
      const chance = `better than ${short(value)} of trial ${best.number} with probability ${short(probability)}`;
      return {
        prune,
        reason: `${short(mean)} ± ${short(deviation)} expected at step ${last}, ${chance}${prune ? `, below ${threshold}` : ''}`,
      };
    },
  }),
});
