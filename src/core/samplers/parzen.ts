/**
 * Mixtures of kernels for the tree-structured Parzen estimator, on the coordinates of unit-space.ts: one kernel per
 * observation and a wide one, the prior; each is a product over parameters. Numbers have truncated Gaussians, integrated
 * over the cell where the parameter is stepped; a choice has a unit of mass on what was observed and another spread
 * over all. Constants after Optuna 5 (optuna/samplers/_tpe/parzen_estimator.py) except where they say so.
 */
import type { Random } from '../random.js';
import { normalCdf } from './normal.js';
import { priorLogDensity, priorQuantile, type UnitPrior } from './prior.js';
import { type Axis, cellEnds, cellIndex, coordinateOf } from './unit-space.js';

/** Φ in a table, linear between: good to 1e-6, which is plenty for a density, and ten times as fast. */
const TABLE_END = 8;
const TABLE_STEPS = 512;
const cdfTable = Float64Array.from({ length: 2 * TABLE_END * TABLE_STEPS + 2 }, (_, i) =>
  normalCdf(i / TABLE_STEPS - TABLE_END),
);
function cdf(z: number): number {
  if (!(z > -TABLE_END)) return 0;
  if (z >= TABLE_END) return 1;
  const position = (z + TABLE_END) * TABLE_STEPS;
  const i = Math.floor(position);
  const below = cdfTable[i] as number;
  return below + (position - i) * ((cdfTable[i + 1] as number) - below);
}

/** No kernel gives a cell less than this. */
const LEAST_MASS = 1e-12;
const LOG_SQRT_2PI = 0.5 * Math.log(2 * Math.PI);

interface NumericKernels {
  readonly kind: 'numeric';
  readonly axis: Axis;
  readonly means: Float64Array;
  readonly sigmas: Float64Array;
}
interface ChoiceKernels {
  readonly kind: 'choice';
  readonly axis: Axis;
  /** The choice observed; -1 for the prior. */
  readonly observed: Int32Array;
  /** What the user believes, which the prior then is. */
  readonly believed: UnitPrior | undefined;
  readonly hit: number;
  readonly miss: number;
}

/**
 * Width of every kernel, as a share of the range: narrower the more there is to go by. (Optuna's depends on the gaps
 * between neighbours, and is never below the range over the number of good trials, which stays small.)
 */
const bandwidth = (observations: number): number =>
  Math.max(0.01, 0.15 * (Math.max(1, observations) / 10) ** -0.25);

/** How often a draw outside the range is put on its end instead of drawn again: good values often lie there. */
const TO_THE_END = 0.5;

/** A density over the axes given. */
export class Mixture {
  readonly #parts: readonly (NumericKernels | ChoiceKernels)[];
  /** Cumulative weights of the kernels, the last 1. */
  readonly #cumulative: Float64Array;
  /** Of each kernel: the logarithm of its weight, less that of the numeric kernels' normalisation. */
  readonly #base: Float64Array;
  readonly #terms: Float64Array;
  readonly #products: Float64Array;

  /**
   * @param rows observations, one number per axis of the space
   * @param weights one per row, and the prior's
   * @param axes those the density is over, with their places in a row
   * @param total number of observations of which the rows are a part
   * @param believed whether the prior kernel is the user's belief, where there is one
   */
  constructor(
    axes: readonly { readonly axis: Axis; readonly at: number }[],
    rows: readonly Float64Array[],
    weights: Float64Array,
    total: number,
    believed: boolean,
  ) {
    const count = rows.length + 1;
    const width = bandwidth(total);
    this.#parts = axes.map(({ axis, at }) => {
      const belief = believed ? axis.prior : undefined;
      if (axis.kind === 'category') {
        const observed = Int32Array.from({ length: count }, (_, k) => rows[k]?.[at] ?? -1);
        // One unit on what was observed, one spread evenly, however many observations there are.
        const miss = 1 / axis.size / 2;
        return { kind: 'choice', axis, observed, believed: belief, hit: 0.5 + miss, miss };
      }
      const prior = belief?.kind === 'normal' ? belief : undefined;
      const means = Float64Array.from({ length: count }, (_, k) => rows[k]?.[at] ?? prior?.mean ?? 0.5);
      const sigmas = new Float64Array(count).fill(width);
      sigmas[count - 1] = prior?.sd ?? 1;
      return { kind: 'numeric', axis, means, sigmas };
    });
    const sum = weights.reduce((total, weight) => total + weight, 0);
    let running = 0;
    this.#cumulative = weights.map((weight) => {
      running += weight / sum;
      return running;
    });
    this.#base = weights.map((weight) => Math.log(weight / sum));
    for (const part of this.#parts) {
      if (part.kind === 'choice') continue;
      const isReal = part.axis.kind === 'real';
      for (let k = 0; k < count; k++) {
        const [mean, sigma] = [part.means[k] as number, part.sigmas[k] as number];
        const inside = Math.log(cdf((1 - mean) / sigma) - cdf(-mean / sigma));
        this.#base[k] = (this.#base[k] as number) - inside - (isReal ? Math.log(sigma) + LOG_SQRT_2PI : 0);
      }
    }
    this.#terms = new Float64Array(count);
    this.#products = new Float64Array(count);
  }

  /** Draws a point into `x`: one kernel, all its parameters. */
  draw(x: Float64Array, at: readonly number[], source: Random): void {
    const u = source.next();
    let k = this.#cumulative.findIndex((end) => u < end);
    if (k < 0) k = this.#cumulative.length - 1;
    this.#parts.forEach((part, i) => {
      x[at[i] as number] = part.kind === 'choice' ? drawChoice(part, k, source) : drawNumber(part, k, source);
    });
  }

  /** Natural logarithm of the density, with respect to cells and choices where there are such. */
  logDensity(x: Float64Array, at: readonly number[]): number {
    const terms = this.#terms;
    const products = this.#products;
    const count = terms.length;
    terms.set(this.#base);
    products.fill(1);
    this.#parts.forEach((part, i) => {
      const value = x[at[i] as number] as number;
      if (part.kind === 'choice') {
        const { observed, hit, miss } = part;
        for (let k = 0; k < count - 1; k++) {
          products[k] = (products[k] as number) * (observed[k] === value ? hit : miss);
        }
        const density = part.believed ? Math.exp(priorLogDensity(part.believed, value)) : 1;
        products[count - 1] = ((products[count - 1] as number) * density) / part.axis.size;
      } else if (part.axis.kind === 'real') {
        const { means, sigmas } = part;
        for (let k = 0; k < count; k++) {
          const z = (value - (means[k] as number)) / (sigmas[k] as number);
          terms[k] = (terms[k] as number) - 0.5 * z * z;
        }
      } else {
        const { means, sigmas } = part;
        const [low, high] = cellEnds(part.axis, cellIndex(part.axis, value));
        for (let k = 0; k < count; k++) {
          const [mean, sigma] = [means[k] as number, sigmas[k] as number];
          const mass = cdf((high - mean) / sigma) - cdf((low - mean) / sigma);
          products[k] = (products[k] as number) * (mass > LEAST_MASS ? mass : LEAST_MASS);
        }
      }
      // Before the products underflow they go over into the sums.
      if (i % 16 === 15) {
        for (let k = 0; k < count; k++) terms[k] = (terms[k] as number) + Math.log(products[k] as number);
        products.fill(1);
      }
    });
    let largest = -Infinity;
    for (let k = 0; k < count; k++) if ((terms[k] as number) > largest) largest = terms[k] as number;
    let sum = 0;
    for (let k = 0; k < count; k++) sum += (products[k] as number) * Math.exp((terms[k] as number) - largest);
    return largest + Math.log(sum);
  }
}

function drawChoice({ axis, observed, believed }: ChoiceKernels, k: number, source: Random): number {
  const own = observed[k] as number;
  if (own < 0 && believed) return coordinateOf(axis, priorQuantile(believed, source.next()));
  const any = source.int(axis.size);
  return own >= 0 && source.next() < 0.5 ? own : any;
}

function drawNumber({ axis, means, sigmas }: NumericKernels, k: number, source: Random): number {
  const mean = means[k] as number;
  const sigma = sigmas[k] as number;
  // Box and Muller, drawn again outside the range; a kernel's mean is inside, so about half or more are accepted.
  for (;;) {
    const radius = Math.sqrt(-2 * Math.log(1 - source.next()));
    const u = mean + sigma * radius * Math.cos(2 * Math.PI * source.next());
    const end = u < 0 ? 0 : 1;
    if (!(u >= 0 && u <= 1) && source.next() < TO_THE_END) return coordinateOf(axis, end);
    if (u >= 0 && u <= 1) return coordinateOf(axis, u);
  }
}
