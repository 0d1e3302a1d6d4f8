/**
 * The covariance between points: Matérn 5/2 of a weighted sum of squared distances, one per parameter. Numbers differ
 * by their difference on the unit interval, choices by whether they are equal (Hamming). A conditional parameter lies
 * on a quarter circle around the place where it is inactive, so that inactive is equally far from every value (Swersky
 * et al., "Raiders of the lost architecture", 2013): a distance between vectors, hence a valid kernel.
 */
import type { Axis } from '../unit-space.js';

/** Squared distance between active and inactive; the circle's radius is such that its ends are 1 apart. */
const GAP = 0.5;
const SQRT5 = Math.sqrt(5);

/** Correlation at squared distance s. */
export function matern(s: number): number {
  const r = SQRT5 * Math.sqrt(s);
  return (1 + r + (r * r) / 3) * Math.exp(-r);
}

/** Its derivative by s. */
export function maternSlope(s: number): number {
  const r = SQRT5 * Math.sqrt(s);
  return (-5 / 6) * (1 + r) * Math.exp(-r);
}

type Kind = 'plain' | 'category' | 'circle';

/** Points of a space, stored parameter by parameter, and their distances to others. */
export class Points {
  readonly count: number;
  readonly #columns: readonly Float64Array[];
  readonly #kinds: readonly Kind[];

  /** @param rows one number per axis, NaN where inactive */
  constructor(axes: readonly Pick<Axis, 'kind' | 'conditional'>[], rows: readonly Float64Array[]) {
    this.count = rows.length;
    this.#columns = axes.map((_, j) => Float64Array.from(rows, (row) => row[j] as number));
    // An earlier trial may lack a parameter that has no condition, when the space has changed since.
    this.#kinds = axes.map(({ kind, conditional }, j) =>
      kind === 'category'
        ? 'category'
        : conditional || this.#columns[j]?.some(Number.isNaN)
          ? 'circle'
          : 'plain',
    );
  }

  /** out[i] = Σ_j weight_j · d_j²(x, point i), over the first `count` points. */
  distances(x: Float64Array, weights: Float64Array, out: Float64Array): void {
    out.fill(0, 0, this.count);
    this.#addAll(x, weights, out, 0, this.count);
  }

  /** Σ_j weight_j · d_j² between all pairs, in the order of `pairs`. */
  weightedPairs(weights: Float64Array): Float64Array {
    const n = this.count;
    const out = new Float64Array((n * (n - 1)) / 2);
    const row = new Float64Array(this.#columns.length);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < row.length; j++) row[j] = this.#columns[j]?.[i] as number;
      this.#addAll(row, weights, out, (i * (i - 1)) / 2, i);
    }
    return out;
  }

  /** d_j² between all pairs, for each axis: the pair (i, k), k < i, is at i·(i - 1)/2 + k. */
  pairs(): readonly Float64Array[] {
    const n = this.count;
    return this.#columns.map((column, j) => {
      const out = new Float64Array((n * (n - 1)) / 2);
      for (let i = 0; i < n; i++) this.#addDistances(j, column[i] as number, 1, out, (i * (i - 1)) / 2, i);
      return out;
    });
  }

  /** Adds the weighted distances of x to the first `count` points. */
  #addAll(x: Float64Array, weights: Float64Array, out: Float64Array, at: number, count: number): void {
    const columns = this.#columns;
    const kinds = this.#kinds;
    for (let j = 0; j < columns.length; j++) {
      if (kinds[j] === 'plain' && kinds[j + 1] === 'plain') {
        // Two at once: half as many passes over `out`, in which most of the time goes.
        const [a, b] = [columns[j] as Float64Array, columns[j + 1] as Float64Array];
        const [u, v] = [x[j] as number, x[j + 1] as number];
        const [wu, wv] = [weights[j] as number, weights[j + 1] as number];
        for (let i = 0; i < count; i++) {
          const du = u - (a[i] as number);
          const dv = v - (b[i] as number);
          out[at + i] = (out[at + i] as number) + wu * du * du + wv * dv * dv;
        }
        j++;
      } else {
        this.#addDistances(j, x[j] as number, weights[j] as number, out, at, count);
      }
    }
  }

  #addDistances(j: number, u: number, weight: number, out: Float64Array, at: number, count: number): void {
    const column = this.#columns[j] as Float64Array;
    if (this.#kinds[j] === 'plain') {
      for (let i = 0; i < count; i++) {
        const d = u - (column[i] as number);
        out[at + i] = (out[at + i] as number) + weight * d * d;
      }
      return;
    }
    const inactive = Number.isNaN(u);
    const isCategory = this.#kinds[j] === 'category';
    for (let i = 0; i < count; i++) {
      const v = column[i] as number;
      let d: number;
      if (Number.isNaN(v)) d = inactive ? 0 : GAP;
      else if (inactive) d = GAP;
      else if (isCategory) d = u === v ? 0 : 1;
      else d = 1 - Math.cos((Math.PI / 2) * (u - v));
      out[at + i] = (out[at + i] as number) + weight * d;
    }
  }

  /** Σ_i c_i · ∂d_j²(x, point i)/∂x_j; zero where the axis has no order or is inactive. */
  slope(j: number, u: number, c: Float64Array): number {
    const kind = this.#kinds[j];
    if (kind === 'category' || Number.isNaN(u)) return 0;
    const column = this.#columns[j] as Float64Array;
    let sum = 0;
    if (kind === 'plain') {
      for (let i = 0; i < this.count; i++) sum += (c[i] as number) * (u - (column[i] as number));
      return 2 * sum;
    }
    for (let i = 0; i < this.count; i++) {
      const v = column[i] as number;
      if (!Number.isNaN(v)) sum += (c[i] as number) * Math.sin((Math.PI / 2) * (u - v));
    }
    return (Math.PI / 2) * sum;
  }
}
