/**
 * The axes of a space cut into bins, so that a forest over them is small, quick to grow and easy to integrate: a numeric
 * axis at the quantiles of what was tried, a categorical one by its choices, in the order of how well they did (Breiman
 * et al., "Classification and Regression Trees", 1984, §9.4: for least squares no other order has a better split).
 */
import type { Axis } from '../../samplers/unit-space.js';

const MOST_BINS = 64;

export interface AxisBins {
  readonly axis: Axis;
  readonly count: number;
  /** Share of the axis that each bin covers; they sum to 1. */
  readonly widths: Float64Array;
  /** Of a numeric axis: the ends of the bins, from 0 to 1. Of a categorical one: empty. */
  readonly edges: Float64Array;
  /** Of a categorical axis: the choice of each bin. Of a numeric one: empty. */
  readonly choices: readonly number[];
  /** The bin of a coordinate; of an inactive one (NaN) none. */
  binOf(x: number): number | undefined;
}

/** @param rows one number per axis, NaN where inactive @param values to go with them */
export function binsOf(
  axis: Axis,
  j: number,
  rows: readonly Float64Array[],
  values: ArrayLike<number>,
): AxisBins {
  return axis.kind === 'category' ? categories(axis, j, rows, values) : quantiles(axis, j, rows);
}

function categories(
  axis: Axis,
  j: number,
  rows: readonly Float64Array[],
  values: ArrayLike<number>,
): AxisBins {
  const sums = new Float64Array(axis.size);
  const counts = new Float64Array(axis.size);
  let [total, known] = [0, 0];
  rows.forEach((row, i) => {
    const k = row[j] as number;
    if (Number.isNaN(k)) return;
    sums[k] = (sums[k] as number) + (values[i] as number);
    counts[k] = (counts[k] as number) + 1;
    total += values[i] as number;
    known++;
  });
  // What was never tried is taken for average.
  const overall = known > 0 ? total / known : 0;
  const mean = (k: number): number =>
    counts[k] === 0 ? overall : (sums[k] as number) / (counts[k] as number);
  const choices = Array.from({ length: axis.size }, (_, k) => k).sort((a, b) => mean(a) - mean(b) || a - b);
  const places = new Int32Array(axis.size);
  choices.forEach((choice, place) => {
    places[choice] = place;
  });
  return {
    axis,
    count: axis.size,
    widths: new Float64Array(axis.size).fill(1 / axis.size),
    edges: new Float64Array(0),
    choices,
    binOf: (x) => (Number.isNaN(x) ? undefined : places[x]),
  };
}

function quantiles(axis: Axis, j: number, rows: readonly Float64Array[]): AxisBins {
  const tried = Float64Array.from(rows, (row) => row[j] as number)
    .filter((x) => !Number.isNaN(x))
    .sort();
  const distinct = tried.filter((x, i) => i === 0 || x !== tried[i - 1]);
  const edges = [0];
  const most = Math.min(MOST_BINS, distinct.length);
  for (let bin = 1; bin < most; bin++) {
    const at =
      distinct.length <= MOST_BINS
        ? bin
        : distinct.findIndex((x) => x >= (tried[Math.floor((bin * tried.length) / most)] as number));
    const edge = at > 0 ? ((distinct[at - 1] as number) + (distinct[at] as number)) / 2 : 0;
    if (edge > (edges.at(-1) as number) && edge < 1) edges.push(edge);
  }
  edges.push(1);
  const count = edges.length - 1;
  return {
    axis,
    count,
    widths: Float64Array.from({ length: count }, (_, b) => (edges[b + 1] as number) - (edges[b] as number)),
    edges: Float64Array.from(edges),
    choices: [],
    binOf(x) {
      if (Number.isNaN(x)) return undefined;
      let [low, high] = [0, count - 1];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((edges[middle] as number) <= x) low = middle;
        else high = middle - 1;
      }
      return low;
    },
  };
}
