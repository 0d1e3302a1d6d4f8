/**
 * How right the sampler's predictions were: what it expected of each point when it suggested it, against what came out.
 * Coverage of the central intervals, standardised errors, and the continuous ranked probability score of a normal
 * prediction (Gneiting and Raftery, "Strictly proper scoring rules", JASA 102, 2007, eq. 5 of §4.2). Pure.
 */
import { normalCdf, normalPdf, normalQuantile } from '../samplers/normal.js';
import { objectiveOf } from '../study/best.js';
import type { Prediction, Trial } from '../study/trial.js';

export interface Scored {
  readonly trial: Trial;
  readonly prediction: Prediction;
  readonly value: number;
  /** How many predicted deviations the result lay above the predicted mean. */
  readonly z: number;
}

export interface Coverage {
  /** What share of the results the interval claims to hold, and what share it held. */
  readonly level: number;
  readonly share: number;
  /** Wilson's 95 % interval of the true share, by the number of results. */
  readonly low: number;
  readonly high: number;
}

export interface Calibration {
  readonly scored: readonly Scored[];
  readonly coverage: readonly Coverage[];
  /** Mean of z: above 0, results lie above what was predicted. */
  readonly meanZ: number;
  /** Root mean square of z: 1 is right, more is overconfident, less too cautious. */
  readonly spreadZ: number;
  /** The same from the median of |z|, which a few wild results do not move. */
  readonly typicalZ: number;
  /** Mean continuous ranked probability score, in the unit of the metric; lower is better. */
  readonly crps: number;
  /** The same had every result been predicted by the mean and deviation of all results: what knowing nothing gives. */
  readonly crpsOfNothing: number;
  /** Mean of −log of the predicted density at the result; lower is better. */
  readonly logScore: number;
  /** Predicted trials without a result to score by: pruned, failed, excluded or not yet done. */
  readonly unscored: number;
}

const LEVELS = [0.5, 0.8, 0.95] as const;
/** The distribution of z of fewer results says nothing. */
const LEAST = 2;

/** CRPS of a normal prediction. `z`: the standardised error. */
export const crpsNormal = (deviation: number, z: number): number =>
  deviation * (z * (2 * normalCdf(z) - 1) + 2 * normalPdf(z) - 1 / Math.sqrt(Math.PI));

/** What was predicted for an objective, and what it came to. */
function outcomeOf(
  trial: Trial,
  prediction: Prediction,
  objective: number,
): {
  readonly predicted: Pick<Prediction, 'mean' | 'deviation'> | undefined;
  readonly value: number | undefined;
} {
  if (objective === 0) return { predicted: prediction, value: objectiveOf(trial) };
  const value = objectiveOf(trial) === undefined ? undefined : trial.objectives?.[objective];
  return { predicted: prediction.others?.[objective - 1], value };
}

/**
 * undefined with fewer than two results that were predicted. Predictions are kept when a trial starts, never after.
 * @param objective which of several
 */
export function calibrationOf(trials: readonly Trial[], objective = 0): Calibration | undefined {
  const scored: Scored[] = [];
  let unscored = 0;
  for (const trial of trials) {
    const prediction = trial.suggestion?.prediction;
    if (!prediction) continue;
    const { predicted, value } = outcomeOf(trial, prediction, objective);
    if (value === undefined || !predicted || !(predicted.deviation > 0) || !Number.isFinite(predicted.mean)) {
      unscored++;
      continue;
    }
    const z = (value - predicted.mean) / predicted.deviation;
    scored.push({ trial, prediction: { ...prediction, ...predicted }, value, z });
  }
  const n = scored.length;
  if (n < LEAST) return undefined;
  const mean = (of: (one: Scored) => number): number => scored.reduce((sum, one) => sum + of(one), 0) / n;
  const centre = mean(({ value }) => value);
  const spread = Math.sqrt(mean(({ value }) => (value - centre) ** 2));
  return {
    scored,
    coverage: LEVELS.map((level) => coverageAt(scored, level)),
    meanZ: mean(({ z }) => z),
    spreadZ: Math.sqrt(mean(({ z }) => z * z)),
    typicalZ: medianOf(scored.map(({ z }) => Math.abs(z))) / normalQuantile(0.75),
    crps: mean(({ prediction, z }) => crpsNormal(prediction.deviation, z)),
    crpsOfNothing: spread > 0 ? mean(({ value }) => crpsNormal(spread, (value - centre) / spread)) : 0,
    logScore: mean(
      ({ prediction, z }) => 0.5 * z * z + Math.log(prediction.deviation * Math.sqrt(2 * Math.PI)),
    ),
    unscored,
  };
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return ((sorted[middle] as number) + (sorted[sorted.length - 1 - middle] as number)) / 2;
}

/** The share of results within the central interval that claims to hold `level` of them. */
export function coverageAt(scored: readonly Scored[], level: number): Coverage {
  const reach = normalQuantile(0.5 + level / 2);
  const n = scored.length;
  const share = scored.filter(({ z }) => Math.abs(z) <= reach).length / n;
  const q = normalQuantile(0.975);
  const centre = (share + (q * q) / (2 * n)) / (1 + (q * q) / n);
  const half = (q * Math.sqrt((share * (1 - share)) / n + (q * q) / (4 * n * n))) / (1 + (q * q) / n);
  return { level, share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
