/**
 * Hyperparameters of the Gaussian process by maximum a posteriori: a length-scale per parameter, the signal's variance
 * and the noise's. Length-scales have a log-normal prior whose location grows with the number of parameters (Hvarfner,
 * Hellsten and Nardi, "Vanilla Bayesian optimization performs great in high dimensions", ICML 2024); signal and noise
 * have the Gamma priors of Optuna (optuna/_gp/prior.py). The mean is unknown with a wide prior, which adds a constant
 * to the covariance. Symbols as in Rasmussen and Williams, "Gaussian processes for machine learning", chapter 5.
 */

import { matern, maternSlope, type Points } from './kernel.js';
import { cholesky, gramInverse, invertLower, lowerTimes, transposedTimes } from './matrix.js';
import { minimise } from './minimise.js';

export interface Hyperparameters {
  /** ℓ_j⁻² per axis. */
  readonly weights: Float64Array;
  readonly signal: number;
  readonly noise: number;
}

/** Variance of the prior of the mean, in units of the standardised results. */
export const MEAN_VARIANCE = 1;
const NOISE_FLOOR = 1e-6;
const PRIOR = {
  /** Of ln ℓ: location for one parameter, and deviation. */
  location: 0,
  deviation: 1,
  signal: { shape: 2, rate: 1 },
  noise: { shape: 1.1, rate: 30 },
};
/**
 * Where the search for them starts: from a gentle function under noise, or from a rugged one with next to none. All are
 * logarithms. The likelihood often has a maximum near either, and a search ends in the one it starts at.
 */
const STARTS = {
  gentle: { scale: Math.log(0.5), signal: 0, noise: -4 },
  rugged: { scale: Math.log(0.25), signal: 0, noise: -12 },
};
type FitStart = keyof typeof STARTS;
/** How far it may go; logarithms, too. */
const RANGE = { scale: [Math.log(5e-3), Math.log(1e3)], signal: [-5, 5], noise: [-18, 2] } as const;

/** Covariance of the points, lower triangle: signal · correlation + mean variance, and noise on the diagonal. */
function fill(
  k: Float64Array,
  correlations: Float64Array,
  n: number,
  { signal, noise }: Hyperparameters,
): void {
  for (let i = 0, p = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j < i; j++, p++) k[row + j] = signal * (correlations[p] as number) + MEAN_VARIANCE;
    k[row + i] = signal + MEAN_VARIANCE + noise;
  }
}

export interface Factors {
  /** L⁻¹ of K = L·Lᵀ, and K⁻¹·y. */
  readonly inverse: Float64Array;
  readonly alpha: Float64Array;
  /** What is on the diagonal of K beside the covariance. */
  readonly noise: number;
}

/** The factors a posterior needs; more noise is added where rounding has made the matrix singular. */
export function factorise(points: Points, y: Float64Array, hyper: Hyperparameters): Factors {
  const n = points.count;
  const s = points.weightedPairs(hyper.weights);
  for (let p = 0; p < s.length; p++) s[p] = matern(s[p] as number);
  const k = new Float64Array(n * n);
  let noise = hyper.noise;
  for (let jitter = 0; ; jitter = jitter === 0 ? 1e-8 : jitter * 10) {
    noise = hyper.noise + jitter;
    fill(k, s, n, { ...hyper, noise });
    if (cholesky(k, n)) break;
    if (jitter > 1) throw new Error('The covariance of the trials is not a number.');
  }
  const inverse = new Float64Array(n * n);
  invertLower(k, n, inverse);
  const v = new Float64Array(n);
  const alpha = new Float64Array(n);
  lowerTimes(inverse, n, y, v);
  transposedTimes(inverse, n, v, alpha);
  return { inverse, alpha, noise };
}

function weighted(pairs: readonly Float64Array[], weights: Float64Array): Float64Array {
  const s = new Float64Array(pairs[0]?.length ?? 0);
  pairs.forEach((d, j) => {
    const w = weights[j] as number;
    for (let p = 0; p < s.length; p++) s[p] = (s[p] as number) + w * (d[p] as number);
  });
  return s;
}

/**
 * The hyperparameters that explain `y` (standardised, one per point) best.
 * @param evaluations of the likelihood, at most
 */
export function fitHyperparameters(
  points: Points,
  y: Float64Array,
  dimensions: number,
  evaluations: number,
  from: FitStart = 'gentle',
): Hyperparameters {
  const n = points.count;
  const start = STARTS[from];
  const pairs = points.pairs();
  const location = PRIOR.location + 0.5 * Math.log(dimensions);
  const k = new Float64Array(n * n);
  const inverse = new Float64Array(n * n);
  const kInverse = new Float64Array(n * n);
  const v = new Float64Array(n);
  const alpha = new Float64Array(n);

  const read = (theta: Float64Array): Hyperparameters => ({
    weights: theta.slice(0, dimensions).map((logScale) => Math.exp(-2 * logScale)),
    signal: Math.exp(theta[dimensions] as number),
    noise: NOISE_FLOOR + Math.exp(theta[dimensions + 1] as number),
  });

  const objective = (theta: Float64Array, gradient: Float64Array): number => {
    const hyper = read(theta);
    const { weights, signal, noise } = hyper;
    const s = weighted(pairs, weights);
    const correlations = s.map(matern);
    fill(k, correlations, n, hyper);
    if (!cholesky(k, n)) return Infinity;
    invertLower(k, n, inverse);
    gramInverse(inverse, n, kInverse);
    const quadratic = lowerTimes(inverse, n, y, v);
    transposedTimes(inverse, n, v, alpha);
    let logDeterminant = 0;
    let trace = 0;
    for (let i = 0; i < n; i++) {
      logDeterminant += 2 * Math.log(k[i * n + i] as number);
      trace += (alpha[i] as number) ** 2 - (kInverse[i * n + i] as number);
    }
    let value = 0.5 * quadratic + 0.5 * logDeterminant;

    // ∂/∂θ = -½ tr((ααᵀ - K⁻¹) ∂K/∂θ), both halves of the symmetric matrices at once.
    let bySignal = 0.5 * trace;
    for (let i = 0, p = 0; i < n; i++) {
      const ai = alpha[i] as number;
      const row = i * n;
      for (let j = 0; j < i; j++, p++) {
        const w = ai * (alpha[j] as number) - (kInverse[row + j] as number);
        bySignal += w * (correlations[p] as number);
        s[p] = w * maternSlope(s[p] as number);
      }
    }
    for (let j = 0; j < dimensions; j++) {
      const d = pairs[j] as Float64Array;
      let sum = 0;
      for (let p = 0; p < s.length; p++) sum += (s[p] as number) * (d[p] as number);
      const z = ((theta[j] as number) - location) / PRIOR.deviation;
      gradient[j] = 2 * (weights[j] as number) * signal * sum + z / PRIOR.deviation;
      value += 0.5 * z * z;
    }
    const rawNoise = noise - NOISE_FLOOR;
    gradient[dimensions] = -signal * bySignal - (PRIOR.signal.shape - 1) + PRIOR.signal.rate * signal;
    gradient[dimensions + 1] =
      rawNoise * (-0.5 * trace) - (PRIOR.noise.shape - 1) + PRIOR.noise.rate * rawNoise;
    value -= (PRIOR.signal.shape - 1) * Math.log(signal) - PRIOR.signal.rate * signal;
    value -= (PRIOR.noise.shape - 1) * Math.log(rawNoise) - PRIOR.noise.rate * rawNoise;
    return value;
  };

  const low = new Float64Array(dimensions + 2).fill(RANGE.scale[0]);
  const high = new Float64Array(dimensions + 2).fill(RANGE.scale[1]);
  [low[dimensions], high[dimensions]] = RANGE.signal;
  [low[dimensions + 1], high[dimensions + 1]] = RANGE.noise;
  const theta = new Float64Array(dimensions + 2).fill(start.scale + 0.25 * Math.log(dimensions));
  theta[dimensions] = start.signal;
  theta[dimensions + 1] = start.noise;
  minimise(objective, theta, { low, high, evaluations, tolerance: 1e-2 });
  return read(theta);
}
