/**
 * One-dimensional kernels of the tree-structured Parzen estimator: how a value is turned into a density around it, on
 * each kind of parameter. Numeric kernels are truncated Gaussians (in the logarithm for `log`, integrated over the cell
 * for stepped and whole numbers); categorical ones spread a unit of prior mass over the choices. Constants as in
 * Optuna 5 (optuna/samplers/_tpe/parzen_estimator.py) but for the categorical prior; see tpe.ts.
 */
import { type Json, jsonEqual } from '../json.js';
import type { Random } from '../random.js';
import { choicesOf, tidy, valueAt } from '../space/encode.js';
import type { Distribution } from '../space/parameter.js';

/** Kernels over one parameter, one per observation and a wide one, the prior, at the end. */
export interface Kernels {
  /** A value drawn from kernel k. */
  draw(k: number, source: Random): Json;
  /** Natural logarithm of the density (numbers) or probability (choices) of the value under kernel k. */
  logDensity(k: number, value: Json): number;
}

/** Press et al., Numerical Recipes, "erfcc": relative error below 1.2e-7 everywhere. */
function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const polynomial =
    -1.26551223 +
    t *
      (1.00002368 +
        t *
          (0.37409196 +
            t *
              (0.09678418 +
                t *
                  (-0.18628806 +
                    t *
                      (0.27886807 +
                        t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
  const erfc = t * Math.exp(-x * x + polynomial);
  return z >= 0 ? 1 - erfc / 2 : erfc / 2;
}

/** Probability of (a, b) under the standard normal, exact in both tails. */
const normalMass = (a: number, b: number): number =>
  a > 0 ? normalCdf(-a) - normalCdf(-b) : normalCdf(b) - normalCdf(a);

/** Where a numeric parameter lives while it is modelled: the logarithm for `log`, half a step wider where discrete. */
function axisOf(distribution: Extract<Distribution, { low: number }>) {
  const discrete = distribution.type === 'int' || distribution.step !== undefined;
  const step = distribution.step ?? 1;
  const half = discrete ? step / 2 : 0;
  const forward = distribution.log ? Math.log : (x: number) => x;
  const backward = distribution.log ? Math.exp : (x: number) => x;
  return {
    low: forward(distribution.low - half),
    high: forward(distribution.high + half),
    forward,
    /** The value nearest to the coordinate. */
    value(coordinate: number): number {
      const x = backward(coordinate);
      const { low, high } = distribution;
      if (distribution.type === 'float' && !discrete) return tidy(distribution, x);
      const last = Math.floor((high - low) / step + 1e-9);
      const k = Math.min(last, Math.max(0, Math.round((x - low) / step)));
      return valueAt({ ...distribution, log: false, step } as Distribution, k) as number;
    },
    /** The interval of coordinates that stand for the value; a point where the parameter is continuous. */
    cell: (x: number): readonly [number, number] => [forward(x - half), forward(x + half)],
    discrete,
  };
}

function numericKernels(
  distribution: Extract<Distribution, { low: number }>,
  values: readonly number[],
): Kernels {
  const axis = axisOf(distribution);
  const { low, high } = axis;
  const range = high - low;
  const means = [...values.map(axis.forward), (low + high) / 2];
  const count = means.length;

  // Bandwidth: the larger gap to a neighbour; the outermost two look inwards only when there are others.
  const sigmas = new Array<number>(count);
  const order = means.map((_, k) => k).sort((a, b) => (means[a] as number) - (means[b] as number));
  order.forEach((k, position) => {
    const mean = means[k] as number;
    const left = position > 0 ? mean - (means[order[position - 1] as number] as number) : undefined;
    const right = position < count - 1 ? (means[order[position + 1] as number] as number) - mean : undefined;
    sigmas[k] = Math.max(left ?? (count > 2 ? 0 : mean - low), right ?? (count > 2 ? 0 : high - mean));
  });
  // "Magic clip": no kernel narrower than the range over the number of kernels (at most 100).
  const narrowest = range / Math.min(100, 1 + count);
  for (let k = 0; k < count; k++) sigmas[k] = Math.min(range, Math.max(narrowest, sigmas[k] as number));
  sigmas[count - 1] = range;

  return {
    draw(k, source) {
      const mean = means[k] as number;
      const sigma = sigmas[k] as number;
      // Box and Muller, drawn again outside the range; a kernel's mean is inside, so half or more are accepted.
      for (;;) {
        const radius = Math.sqrt(-2 * Math.log(1 - source.next()));
        const coordinate = mean + sigma * radius * Math.cos(2 * Math.PI * source.next());
        if (coordinate >= low && coordinate <= high) return axis.value(coordinate);
      }
    },
    logDensity(k, value) {
      const mean = means[k] as number;
      const sigma = sigmas[k] as number;
      const inside = Math.log(normalMass((low - mean) / sigma, (high - mean) / sigma));
      if (axis.discrete) {
        const [a, b] = axis.cell(value as number);
        return Math.log(Math.max(1e-300, normalMass((a - mean) / sigma, (b - mean) / sigma))) - inside;
      }
      const z = (axis.forward(value as number) - mean) / sigma;
      return -0.5 * z * z - Math.log(sigma * Math.sqrt(2 * Math.PI)) - inside;
    },
  };
}

/**
 * @param spread mass of choice j in a kernel around choice i, before normalisation, besides the unit on i itself
 */
function choiceKernels(
  choices: readonly Json[],
  observed: readonly number[],
  spread: (i: number, j: number) => number,
): Kernels {
  const uniform = choices.map(() => 1 / choices.length);
  const rows = observed.map((i) => {
    const weights = choices.map((_, j) => spread(i, j) + (i === j ? 1 : 0));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / total);
  });
  rows.push(uniform);
  return {
    draw(k, source) {
      let u = source.next();
      const row = rows[k] as readonly number[];
      const at = row.findIndex((probability) => {
        u -= probability;
        return u < 0;
      });
      return choices[at < 0 ? choices.length - 1 : at] as Json;
    },
    logDensity(k, value) {
      const j = choices.findIndex((choice) => jsonEqual(choice, value));
      return Math.log(rows[k]?.[j] ?? 1e-300);
    },
  };
}

/** The kernels of a parameter around the values observed, and the prior as the last one. */
export function kernels(distribution: Distribution, values: readonly Json[]): Kernels {
  switch (distribution.type) {
    case 'float':
    case 'int':
      return numericKernels(distribution, values as readonly number[]);
    case 'categorical':
    case 'bool':
    case 'ordinal': {
      const choices = choicesOf(distribution);
      const observed = values.map((value) => choices.findIndex((choice) => jsonEqual(choice, value)));
      const n = choices.length;
      if (distribution.type === 'ordinal' && n > 2) {
        // Neighbours behave alike: mass falls off with the distance in rank.
        return choiceKernels(choices, observed, (i, j) => Math.exp(-(((i - j) / (n - 1)) ** 2) * n) / n);
      }
      return choiceKernels(choices, observed, () => 1 / n);
    }
  }
}
