/**
 * Results as the Gaussian process sees them: to be minimised, centred and scaled, the bad half squashed or not. A
 * training that diverges must not flatten the differences among those that went well; but where the bad results belong
 * to the same shape as the good, squashing spoils it (gp/choose.ts decides). HalfRank: Song et al., "The Vizier
 * Gaussian process bandit algorithm", arXiv 2408.11527, section on output warping.
 */
import { normalQuantile } from '../normal.js';

/** What is done to the bad half: given the spread of the good one by rank, or left alone. */
export type Tail = 'squashed' | 'plain';
export const tails: readonly Tail[] = ['squashed', 'plain'];

export interface Warp {
  /** The results given, warped. */
  readonly y: Float64Array;
  /** Back to the units of the results (to be minimised); linear between the results and below the best. */
  readonly invert: (warped: number) => number;
}

const mean = (xs: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < xs.length; i++) sum += xs[i] as number;
  return sum / xs.length;
};

/** Values above the median follow a half normal distribution of the width of the good half, by their rank. */
function halfRank(sorted: readonly number[], unique: readonly number[]): Map<number, number> {
  const n = sorted.length;
  const median =
    n % 2 === 1
      ? (sorted[(n - 1) / 2] as number)
      : ((sorted[n / 2] as number) + (sorted[n / 2 - 1] as number)) / 2;
  const good = sorted.filter((y) => y <= median);
  const width = Math.sqrt(mean(good.map((y) => (y - median) ** 2)));
  const first = unique.findIndex((y) => y > median);
  const result = new Map<number, number>();
  const count = first < 0 ? 0 : unique.length - first;
  unique.forEach((y, k) => {
    const quantile = y > median ? 0.5 + (0.5 * (k - first + 0.5)) / count : 0;
    result.set(y, y > median && width > 0 ? median + width * normalQuantile(quantile) : y);
  });
  return result;
}

/**
 * @param values to be minimised; finite
 * @returns also what 1 of `y` is in the good half, as a share of the range of the results
 */
export function warp(values: readonly number[], tail: Tail = 'squashed'): Warp & { readonly unit: number } {
  // Scaled first, so that squares neither overflow nor vanish.
  const lowest = Math.min(...values);
  const span = Math.max(...values) / 2 - lowest / 2;
  const scale = span > 0 && Number.isFinite(span) ? span : 1;
  const scaled = values.map((y) => (y / 2 - lowest / 2) / scale);
  const sorted = scaled.toSorted((a, b) => a - b);
  const unique = [...new Set(sorted)];
  const map = tail === 'squashed' ? halfRank(sorted, unique) : undefined;
  const y = Float64Array.from(scaled, (value) => map?.get(value) ?? value);
  const centre = mean(y);
  const deviation = Math.sqrt(mean(y.map((v) => (v - centre) ** 2)));
  const unit = deviation > 0 ? deviation : 1;
  for (let i = 0; i < y.length; i++) y[i] = ((y[i] as number) - centre) / unit;
  const order = Array.from(values.keys()).sort((a, b) => (y[a] as number) - (y[b] as number));
  const invert = (warped: number): number => {
    let [a, b] = [order[0] as number, order.at(-1) as number];
    for (const i of order) {
      if ((y[i] as number) <= warped) a = i;
      else {
        b = i;
        break;
      }
    }
    // Good results are only shifted and scaled, so the way back goes on beyond the best of them.
    if (a === b && warped < (y[a] as number)) {
      return (values[a] as number) + (warped - (y[a] as number)) * unit * scale * 2;
    }
    const [ya, yb] = [y[a] as number, y[b] as number];
    const [va, vb] = [values[a] as number, values[b] as number];
    return yb > ya ? va + ((warped - ya) / (yb - ya)) * (vb - va) : va;
  };
  return { y, unit, invert };
}
