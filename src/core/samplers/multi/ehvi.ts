/**
 * The expected hypervolume improvement over a front of two objectives, by exact decomposition of what the front does not
 * dominate into strips, in logarithms so that it has a slope where it is nearly nothing. Strips as in Yang et al.,
 * "Efficient computation of expected hypervolume improvement using box decomposition algorithms", J. Glob. Optim. 75
 * (2019); logarithms after Ament et al., "Unexpected improvements to expected improvement", NeurIPS 2023. Costs are to be
 * minimised, each with an independent normal distribution. For more objectives see rays.ts.
 */
import { type Costs, paretoRanks } from '../../study/objectives/pareto.js';
import { logImprovement } from '../normal.js';

/** Of the normal distribution of one objective. */
export interface Marginal {
  readonly mean: number;
  readonly deviation: number;
}

/** The expected growth of a front's hypervolume by a result with such distributions. */
export interface Gain {
  /** Its logarithm. */
  log(marginals: readonly Marginal[]): number;
  /** Partial derivatives of `log` at the marginals it was last asked about, by the mean and deviation of each. */
  slopes(): { readonly byMean: Float64Array; readonly byDeviation: Float64Array };
}

/** Of one objective: the strip reaches from level `low` (-1: without end) to level `high`. */
interface Side {
  readonly low: number;
  readonly high: number;
}

/** Logarithm of the sum of exponentials; far below all others, but a number, where there is nothing. */
export function logSum(terms: Float64Array, largest: number): number {
  if (!(largest > -Infinity)) return -1e300;
  let sum = 0;
  for (const term of terms) sum += Math.exp(term - largest);
  return largest + Math.log(sum);
}

const unique = (xs: readonly number[]): readonly number[] => [...new Set(xs)].sort((a, b) => a - b);

/** ln(1 - e^-d) for d > 0. Mächler (2012). */
const log1mexp = (d: number): number =>
  d < Math.LN2 ? Math.log(-Math.expm1(-d)) : Math.log1p(-Math.exp(-d));

export class ExpectedGain implements Gain {
  /** Of each objective: where the strips begin and end, the reference last. */
  readonly #levels: readonly (readonly number[])[];
  readonly #strips: readonly (readonly Side[])[];
  readonly #log: readonly Float64Array[];
  readonly #byMean: readonly Float64Array[];
  readonly #byDeviation: readonly Float64Array[];
  readonly #terms: Float64Array;

  constructor(points: readonly Costs[], reference: Costs) {
    const inside = points.filter((point) => point.every((cost, m) => cost < (reference[m] as number)));
    const ranks = paretoRanks(inside);
    const front = inside.filter((_, i) => ranks[i] === 0);
    this.#levels = reference.map((corner, m) =>
      unique([...front.map((point) => point[m] as number), corner]),
    );
    // Along a front the one cost rises as the other falls.
    const last = (this.#levels[0]?.length ?? 1) - 1;
    this.#strips = Array.from({ length: last + 1 }, (_, k) => [
      { low: -1, high: last - k },
      { low: k - 1, high: k },
    ]);
    const perLevel = (): readonly Float64Array[] =>
      this.#levels.map(({ length }) => new Float64Array(length));
    this.#log = perLevel();
    this.#byMean = perLevel();
    this.#byDeviation = perLevel();
    this.#terms = new Float64Array(this.#strips.length);
  }

  log(marginals: readonly Marginal[]): number {
    marginals.forEach(({ mean, deviation }, m) => {
      const levels = this.#levels[m] as readonly number[];
      const logDeviation = Math.log(deviation);
      levels.forEach((level, k) => {
        // E (level - cost)⁺
        const z = (level - mean) / deviation;
        const { value, slope } = logImprovement(z);
        (this.#log[m] as Float64Array)[k] = value + logDeviation;
        (this.#byMean[m] as Float64Array)[k] = -slope / deviation;
        (this.#byDeviation[m] as Float64Array)[k] = (1 - z * slope) / deviation;
      });
    });
    let largest = -Infinity;
    this.#strips.forEach((sides, b) => {
      let term = 0;
      for (let m = 0; m < sides.length; m++) {
        const { low, high } = sides[m] as Side;
        const log = this.#log[m] as Float64Array;
        term += log[high] as number;
        if (low >= 0) term += log1mexp(Math.max(1e-300, (log[high] as number) - (log[low] as number)));
      }
      this.#terms[b] = term;
      if (term > largest) largest = term;
    });
    return logSum(this.#terms, largest);
  }

  slopes(): { readonly byMean: Float64Array; readonly byDeviation: Float64Array } {
    const count = this.#levels.length;
    const byMean = new Float64Array(count);
    const byDeviation = new Float64Array(count);
    const largest = this.#terms.reduce((a, b) => Math.max(a, b), -Infinity);
    let sum = 0;
    this.#strips.forEach((sides, b) => {
      const weight = Math.exp((this.#terms[b] as number) - largest);
      if (!(weight > 0)) return;
      sum += weight;
      for (let m = 0; m < count; m++) {
        const { low, high } = sides[m] as Side;
        const log = this.#log[m] as Float64Array;
        const [dm, ds] = [this.#byMean[m] as Float64Array, this.#byDeviation[m] as Float64Array];
        let [upper, lower] = [1, 0];
        if (low >= 0) {
          const rest = -Math.expm1(-Math.max(1e-12, (log[high] as number) - (log[low] as number)));
          upper = 1 / rest;
          lower = upper - 1;
        }
        const change = (slope: Float64Array): number =>
          weight * (upper * (slope[high] as number) - (low >= 0 ? lower * (slope[low] as number) : 0));
        byMean[m] = (byMean[m] as number) + change(dm);
        byDeviation[m] = (byDeviation[m] as number) + change(ds);
      }
    });
    for (let m = 0; m < count; m++) {
      byMean[m] = (byMean[m] as number) / sum;
      byDeviation[m] = (byDeviation[m] as number) / sum;
    }
    return { byMean, byDeviation };
  }
}
