/**
 * A random forest for looking at a study, not for searching: regression trees on bootstrap samples (Breiman, "Random
 * forests", Machine Learning 45, 2001). Conditional parameters are part of every tree: where one is inactive each tree
 * sees a value drawn at random, so that it makes no difference there, as is the truth, and every tree remains a function
 * over the whole box that can be integrated exactly (Hutter, Hoos and Leyton-Brown, "An efficient approach for assessing
 * hyperparameter importance", ICML 2014).
 */
import { random } from '../../random.js';
import type { Axis } from '../../samplers/unit-space.js';
import { type AxisBins, binsOf } from './bins.js';

export interface Tree {
  /** Per node: the axis it splits, or -1 for a leaf. */
  readonly axis: Int16Array;
  /** Per node: bins below this go to the first child. */
  readonly cut: Uint16Array;
  /** Per node: the first child; the second follows it. */
  readonly child: Int32Array;
  readonly value: Float64Array;
}

export interface Forest {
  readonly bins: readonly AxisBins[];
  readonly trees: readonly Tree[];
  /**
   * Share of the variance of the results that the trees explain in trials that they were not grown from, at most 1;
   * at or below 0 they have learned nothing. NaN where there are too few.
   */
  readonly explained: number;
}

export interface ForestOptions {
  readonly trees?: number;
  readonly leastInLeaf?: number;
  /** Share of the axes that a split may choose from. */
  readonly axisShare?: number;
  readonly seed?: number;
}

/** @param rows points in unit coordinates, NaN where inactive @param values one per row, finite */
export function growForest(
  axes: readonly Axis[],
  rows: readonly Float64Array[],
  values: ArrayLike<number>,
  { trees = 48, leastInLeaf = 2, axisShare = 5 / 6, seed = 0 }: ForestOptions = {},
): Forest {
  const n = rows.length;
  const bins = axes.map((axis, j) => binsOf(axis, j, rows, values));
  const known = bins.map((one, j) => Int32Array.from(rows, (row) => one.binOf(row[j] as number) ?? -1));
  const sums = new Float64Array(n);
  const counts = new Uint16Array(n);
  const grown: Tree[] = [];
  for (let t = 0; t < trees; t++) {
    const source = random(seed, t, 'forest');
    const columns = known.map((column, j) =>
      column.map((bin) => (bin >= 0 ? bin : drawBin(bins[j] as AxisBins, source.next()))),
    );
    const used = new Uint8Array(n);
    const sample = Int32Array.from({ length: n }, () => {
      const i = source.int(n);
      used[i] = 1;
      return i;
    });
    const tree = growTree(bins, columns, values, sample, {
      least: leastInLeaf,
      axes: Math.max(1, Math.ceil(axisShare * axes.length)),
      draw: source.int,
    });
    grown.push(tree);
    for (let i = 0; i < n; i++) {
      if (used[i]) continue;
      sums[i] = (sums[i] as number) + leafValue(tree, (j) => (columns[j] as Int32Array)[i] as number);
      counts[i] = (counts[i] as number) + 1;
    }
  }
  return { bins, trees: grown, explained: explainedShare(values, sums, counts) };
}

function drawBin({ widths, count }: AxisBins, u: number): number {
  let sum = 0;
  for (let bin = 0; bin < count - 1; bin++) {
    sum += widths[bin] as number;
    if (u < sum) return bin;
  }
  return count - 1;
}

function explainedShare(values: ArrayLike<number>, sums: Float64Array, counts: Uint16Array): number {
  let [n, total] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (counts[i] === 0) continue;
    n++;
    total += values[i] as number;
  }
  if (n < 4) return Number.NaN;
  const mean = total / n;
  let [left, all] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (counts[i] === 0) continue;
    const value = values[i] as number;
    left += (value - (sums[i] as number) / (counts[i] as number)) ** 2;
    all += (value - mean) ** 2;
  }
  return all > 0 ? 1 - left / all : Number.NaN;
}

interface Growth {
  readonly least: number;
  readonly axes: number;
  readonly draw: (n: number) => number;
}

function growTree(
  bins: readonly AxisBins[],
  columns: readonly Int32Array[],
  values: ArrayLike<number>,
  sample: Int32Array,
  growth: Growth,
): Tree {
  const axis: number[] = [-1];
  const cut: number[] = [0];
  const child: number[] = [-1];
  const value: number[] = [0];
  const widest = bins.reduce((most, { count }) => Math.max(most, count), 1);
  const room = { sums: new Float64Array(widest), counts: new Float64Array(widest) };
  const order = bins.map((_, j) => j);
  const open: [node: number, from: number, to: number][] = [[0, 0, sample.length]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [node, from, to] = next;
    let sum = 0;
    for (let i = from; i < to; i++) sum += values[sample[i] as number] as number;
    value[node] = sum / (to - from);
    if (to - from < 2 * growth.least) continue;
    for (let k = 0; k < growth.axes; k++) {
      const other = k + growth.draw(order.length - k);
      [order[k], order[other]] = [order[other] as number, order[k] as number];
    }
    const chosen = order.slice(0, growth.axes);
    const split = bestSplit(bins, columns, values, sample, { from, to, sum, chosen, ...growth }, room);
    if (!split) continue;
    const column = columns[split.axis] as Int32Array;
    let [low, high] = [from, to - 1];
    while (low <= high) {
      const i = sample[low] as number;
      if ((column[i] as number) < split.cut) low++;
      else {
        sample[low] = sample[high] as number;
        sample[high--] = i;
      }
    }
    const first = axis.length;
    axis[node] = split.axis;
    cut[node] = split.cut;
    child[node] = first;
    for (const part of [0, 1]) {
      axis[first + part] = -1;
      cut[first + part] = 0;
      child[first + part] = -1;
    }
    open.push([first, from, low], [first + 1, low, to]);
  }
  return {
    axis: Int16Array.from(axis),
    cut: Uint16Array.from(cut),
    child: Int32Array.from(child),
    value: Float64Array.from(value),
  };
}

interface Node {
  readonly from: number;
  readonly to: number;
  readonly sum: number;
  readonly chosen: readonly number[];
  readonly least: number;
}

/** The split that leaves the least squared error, or none that leaves less than there is. */
function bestSplit(
  bins: readonly AxisBins[],
  columns: readonly Int32Array[],
  values: ArrayLike<number>,
  sample: Int32Array,
  { from, to, sum, chosen, least }: Node,
  { sums, counts }: { readonly sums: Float64Array; readonly counts: Float64Array },
): { readonly axis: number; readonly cut: number } | undefined {
  const n = to - from;
  const whole = (sum * sum) / n;
  // Rounding alone must not split what is constant.
  let most = whole + 1e-10 * Math.abs(whole);
  let found: { axis: number; cut: number } | undefined;
  for (const j of chosen) {
    const { count } = bins[j] as AxisBins;
    const column = columns[j] as Int32Array;
    sums.fill(0, 0, count);
    counts.fill(0, 0, count);
    for (let i = from; i < to; i++) {
      const row = sample[i] as number;
      const bin = column[row] as number;
      sums[bin] = (sums[bin] as number) + (values[row] as number);
      counts[bin] = (counts[bin] as number) + 1;
    }
    let [left, inLeft, gap] = [0, 0, 0];
    for (let bin = 0; bin < count - 1; bin++) {
      left += sums[bin] as number;
      inLeft += counts[bin] as number;
      if (counts[bin] === 0 && gap === 0) gap = bin;
      if (counts[bin + 1] === 0) continue;
      // Between bins that are empty here the cut is in their middle.
      const cut = gap > 0 && counts[bin] === 0 ? (gap + bin + 2) >> 1 : bin + 1;
      gap = 0;
      if (inLeft < least || n - inLeft < least) continue;
      const gain = (left * left) / inLeft + ((sum - left) * (sum - left)) / (n - inLeft);
      if (gain > most) {
        most = gain;
        found = { axis: j, cut };
      }
    }
  }
  return found;
}

function leafValue({ axis, cut, child, value }: Tree, binAt: (j: number) => number): number {
  let node = 0;
  for (let j = axis[0] as number; j >= 0; j = axis[node] as number) {
    node = (child[node] as number) + (binAt(j) < (cut[node] as number) ? 0 : 1);
  }
  return value[node] as number;
}

/** What each tree says about a point; over an inactive coordinate (NaN) it is averaged. */
export function treeValues({ bins, trees }: Forest, x: Float64Array): Float64Array {
  const at = bins.map((one, j) => one.binOf(x[j] as number));
  return Float64Array.from(trees, (tree) => averaged(tree, bins, at, 0));
}

function averaged(
  tree: Tree,
  bins: readonly AxisBins[],
  at: readonly (number | undefined)[],
  node: number,
): number {
  const j = tree.axis[node] as number;
  if (j < 0) return tree.value[node] as number;
  const [first, cut, bin] = [tree.child[node] as number, tree.cut[node] as number, at[j]];
  if (bin !== undefined) return averaged(tree, bins, at, bin < cut ? first : first + 1);
  const { widths, count } = bins[j] as AxisBins;
  let share = 0;
  for (let b = 0; b < Math.min(cut, count); b++) share += widths[b] as number;
  return share * averaged(tree, bins, at, first) + (1 - share) * averaged(tree, bins, at, first + 1);
}
