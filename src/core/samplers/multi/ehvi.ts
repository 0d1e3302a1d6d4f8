/**
 * The expected hypervolume improvement over a front, by exact decomposition of what the front does not dominate into
 * boxes, in logarithms so that it has a slope where it is nearly nothing. Boxes as in Yang et al., "Efficient
 * computation of expected hypervolume improvement using box decomposition algorithms", J. Glob. Optim. 75 (2019), by
 * slicing along the objectives from the last to the first; logarithms after Ament et al., "Unexpected improvements to
 * expected improvement", NeurIPS 2023. Costs are to be minimised, each with an independent normal distribution.
 */
import { type Costs, paretoRanks } from '../../study/objectives/pareto.js';
import { logImprovement } from '../normal.js';

/** Of one objective: the box reaches from level `low` (-1: its floor, or without end) to level `high`. */
interface Side {
  readonly low: number;
  readonly high: number;
}

/** Of the normal distribution of one objective. */
export interface Marginal {
  readonly mean: number;
  readonly deviation: number;
}

const unique = (xs: readonly number[]): readonly number[] => [...new Set(xs)].sort((a, b) => a - b);

/** ln(1 - e^-d) for d > 0. Mächler (2012). */
const log1mexp = (d: number): number =>
  d < Math.LN2 ? Math.log(-Math.expm1(-d)) : Math.log1p(-Math.exp(-d));

export class ExpectedGain {
  /** Of each objective: where the boxes begin and end, the reference last. */
  readonly #levels: readonly (readonly number[])[];
  readonly #boxes: readonly (readonly Side[])[];
  readonly #log: readonly Float64Array[];
  readonly #byMean: readonly Float64Array[];
  readonly #byDeviation: readonly Float64Array[];
  readonly #terms: Float64Array;

  /** @param floor what lies below counts as no better than this; it is below every point. Absent: all counts. */
  constructor(points: readonly Costs[], reference: Costs, floor?: Costs) {
    const inside = points.filter((point) => point.every((cost, m) => cost < (reference[m] as number)));
    const ranks = paretoRanks(inside);
    const front = inside.filter((_, i) => ranks[i] === 0);
    const levels = reference.map((corner, m) =>
      unique([...front.map((point) => point[m] as number), corner]),
    );
    const found = boxes(front, levels);
    this.#levels = floor ? levels.map((own, m) => [floor[m] as number, ...own]) : levels;
    this.#boxes = floor
      ? found.map((sides) => sides.map(({ low, high }) => ({ low: low + 1, high: high + 1 })))
      : found;
    const perLevel = (): readonly Float64Array[] =>
      this.#levels.map(({ length }) => new Float64Array(length));
    this.#log = perLevel();
    this.#byMean = perLevel();
    this.#byDeviation = perLevel();
    this.#terms = new Float64Array(this.#boxes.length);
  }

  /** How many boxes there are: each costs as much as the others. */
  get size(): number {
    return this.#boxes.length;
  }

  /** Logarithm of the expected improvement. */
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
    this.#boxes.forEach((sides, b) => {
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
    if (!(largest > -Infinity)) return -1e300;
    let sum = 0;
    for (const term of this.#terms) sum += Math.exp(term - largest);
    return largest + Math.log(sum);
  }

  /** Partial derivatives of `log` at the marginals it was last asked about, by the mean and deviation of each. */
  slopes(): { readonly byMean: Float64Array; readonly byDeviation: Float64Array } {
    const count = this.#levels.length;
    const byMean = new Float64Array(count);
    const byDeviation = new Float64Array(count);
    const largest = this.#terms.reduce((a, b) => Math.max(a, b), -Infinity);
    let sum = 0;
    this.#boxes.forEach((sides, b) => {
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

/** What no point of the front dominates, as boxes that do not overlap. The cell of a cost c has c in (low, high]. */
function boxes(
  front: readonly Costs[],
  levels: readonly (readonly number[])[],
): readonly (readonly Side[])[] {
  const m = levels.length - 1;
  const own = levels[m] as readonly number[];
  const last = own.length - 1;
  if (m === 0) {
    const best = Math.min(own[last] as number, ...front.map((point) => point[0] as number));
    return [[{ low: -1, high: own.indexOf(best) }]];
  }
  const result: (readonly Side[])[] = [];
  let before = '';
  for (let k = 0; k <= last; k++) {
    // Between level k - 1 and level k only points whose last cost is below dominate anything.
    const below = k === 0 ? [] : front.filter((point) => (point[m] as number) <= (own[k - 1] as number));
    const slice = boxes(below, levels.slice(0, m));
    // A slice that looks like the one before is the same box continued.
    const shape = JSON.stringify(slice);
    if (shape === before) {
      for (let b = result.length - slice.length; b < result.length; b++) {
        const sides = result[b] as readonly Side[];
        result[b] = [...sides.slice(0, m), { low: sides[m]?.low ?? -1, high: k }];
      }
    } else for (const sides of slice) result.push([...sides, { low: k - 1, high: k }]);
    before = shape;
  }
  return result;
}
