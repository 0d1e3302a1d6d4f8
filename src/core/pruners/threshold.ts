/** Stops a trial whose metric leaves the range in which a training can be sound: Optuna's ThresholdPruner. */
import { definePruner } from './definition.js';
import { isDue, plainVerdict, short } from './reports.js';

export const threshold = definePruner({
  options: {
    lower: { kind: 'number' },
    upper: { kind: 'number' },
    warmupSteps: { kind: 'integer', least: 0, default: 0 },
    intervalSteps: { kind: 'integer', least: 1, default: 1 },
  },
  check: ({ lower, upper }) => {
    if (lower === undefined && upper === undefined)
      return '`threshold` needs a bound, such as `{name: threshold, upper: 10}`.';
    return typeof lower === 'number' && typeof upper === 'number' && lower > upper
      ? '`lower` is above `upper`. Exchange them.'
      : undefined;
  },
  create: ({ lower, upper, warmupSteps, intervalSteps }) => ({
    name: 'threshold',
    judge(context) {
      const plain = plainVerdict(context);
      if (plain) return plain;
      const { step, value } = context.trial.reports.at(-1) ?? { step: 0, value: Number.NaN };
      if (!isDue(context.trial, warmupSteps, intervalSteps))
        return { prune: false, reason: `step ${step} is not compared` };
      const at = `${short(value)} at step ${step} is`;
      if (lower !== undefined && value < lower) return { prune: true, reason: `${at} below ${short(lower)}` };
      if (upper !== undefined && value > upper) return { prune: true, reason: `${at} above ${short(upper)}` };
      return { prune: false, reason: `${at} within the bounds` };
    },
  }),
});
