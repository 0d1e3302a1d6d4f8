/**
 * The median rule of Golovin et al., "Google Vizier" (2017), and its generalisation to any percentile, with Optuna's
 * reading of both (optuna/pruners/_percentile.py): a trial whose best value so far is worse than the given percentile
 * of what the completed trials had reported at the same step is stopped, at the last step as well: who reports but once
 * has the rest of its work ahead. NaN is always pruned.
 */
import { isBetter } from '../study/best.js';
import { definePruner } from './definition.js';
import type { Pruner } from './pruner.js';
import { bestValue, directionOf, isDue, plainVerdict, short } from './reports.js';

const COMMON = {
  startupTrials: { kind: 'integer', least: 0, default: 5 },
  warmupSteps: { kind: 'integer', least: 0, default: 0 },
  intervalSteps: { kind: 'integer', least: 1, default: 1 },
  minTrials: { kind: 'integer', least: 1, default: 1 },
} as const;

interface Options {
  readonly name: string;
  /** How the value compared with is called. */
  readonly what: string;
  /** Of so many of a hundred trials the best go on. */
  readonly percentile: number;
  readonly startupTrials: number;
  readonly warmupSteps: number;
  readonly intervalSteps: number;
  readonly minTrials: number;
}

/** Linear between the values, as numpy does it. The list is not empty. */
function percentileOf(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (percent / 100) * (sorted.length - 1);
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return below === above ? below : below + (at - Math.floor(at)) * (above - below);
}

function percentilePruner(options: Options): Pruner {
  const { name, what, percentile, startupTrials, warmupSteps, intervalSteps, minTrials } = options;
  return {
    name,
    judge(context) {
      const plain = plainVerdict(context);
      if (plain) return plain;
      const { trials, trial } = context;
      const direction = directionOf(context);
      const step = trial.reports.at(-1)?.step ?? 0;
      const goOn = (reason: string) => ({ prune: false, reason });
      const completed = trials.filter((other) => other.state === 'complete');
      if (completed.length < startupTrials)
        return goOn(`only ${completed.length} of ${startupTrials} completed trials to compare with`);
      if (step <= warmupSteps) return goOn(`step ${step} is in the warm-up of ${warmupSteps} steps`);
      if (!isDue(trial, warmupSteps, intervalSteps))
        return goOn(`step ${step} is not compared: every ${intervalSteps} steps are`);
      const others = completed
        .map((other) => other.reports.find((report) => report.step === step)?.value)
        .filter((value) => value !== undefined && !Number.isNaN(value)) as number[];
      if (others.length === 0) return goOn(`no completed trial reported step ${step}`);
      if (others.length < minTrials)
        return goOn(`only ${others.length} of ${minTrials} completed trials reported step ${step}`);
      const best = bestValue(trial.reports, direction);
      const limit = percentileOf(others, direction === 'maximize' ? 100 - percentile : percentile);
      const prune = isBetter(limit, best, direction);
      const relation = prune ? 'is worse than' : 'is no worse than';
      const reason = `best ${short(Number.isNaN(best) ? (trial.reports.at(-1)?.value ?? best) : best)} up to step ${step} ${relation} the ${what} ${short(limit)} of ${others.length} trials`;
      return { prune, reason };
    },
  };
}

export const median = definePruner({
  options: COMMON,
  create: (options) => percentilePruner({ name: 'median', what: 'median', percentile: 50, ...options }),
});

export const percentile = definePruner({
  options: { percentile: { kind: 'number', above: 0, most: 100, default: 25 }, ...COMMON },
  create: (options) =>
    percentilePruner({ name: 'percentile', what: `${options.percentile}th percentile`, ...options }),
});
