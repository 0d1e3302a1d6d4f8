/**
 * The trees of a forest averaged over all axes but one or two: exact, since a tree is constant on boxes (Hutter, Hoos and
 * Leyton-Brown, ICML 2014, algorithm 2; the marginal of one axis is its partial dependence over the uniform box).
 */
import type { AxisBins } from './bins.js';
import type { Forest, Tree } from './forest.js';

/** A leaf as the box it covers: bins [from, to) of every axis, and the share of each axis. */
export interface Leaf {
  readonly value: number;
  readonly from: Uint16Array;
  readonly to: Uint16Array;
  readonly shares: Float64Array;
  /** Product of the shares. */
  readonly volume: number;
}

export function leavesOf(tree: Tree, bins: readonly AxisBins[]): readonly Leaf[] {
  const before = bins.map(({ widths, count }) => {
    const sums = new Float64Array(count + 1);
    for (let b = 0; b < count; b++) sums[b + 1] = (sums[b] as number) + (widths[b] as number);
    return sums;
  });
  const leaves: Leaf[] = [];
  const from = new Uint16Array(bins.length);
  const to = Uint16Array.from(bins, ({ count }) => count);
  const visit = (node: number): void => {
    const j = tree.axis[node] as number;
    if (j < 0) {
      const shares = Float64Array.from(before, (sums, k) => {
        return (sums[to[k] as number] as number) - (sums[from[k] as number] as number);
      });
      leaves.push({
        value: tree.value[node] as number,
        from: from.slice(),
        to: to.slice(),
        shares,
        volume: shares.reduce((product, share) => product * share, 1),
      });
      return;
    }
    const [cut, first] = [tree.cut[node] as number, tree.child[node] as number];
    const [low, high] = [from[j] as number, to[j] as number];
    to[j] = cut;
    visit(first);
    to[j] = high;
    from[j] = cut;
    visit(first + 1);
    from[j] = low;
  };
  visit(0);
  return leaves;
}

/** A tree's mean over all axes but `j`, one number per bin. */
function marginal(leaves: readonly Leaf[], bins: readonly AxisBins[], j: number): Float64Array {
  const { count } = bins[j] as AxisBins;
  const steps = new Float64Array(count + 1);
  for (const { value, volume, shares, from, to } of leaves) {
    const share = shares[j] as number;
    if (share <= 0) continue;
    const part = (value * volume) / share;
    steps[from[j] as number]! += part;
    steps[to[j] as number]! -= part;
  }
  for (let b = 1; b < count; b++) steps[b]! += steps[b - 1] as number;
  return steps.subarray(0, count);
}

/** The same over two axes, bins of `k` within those of `j`. */
export function pairMarginal(
  leaves: readonly Leaf[],
  bins: readonly AxisBins[],
  j: number,
  k: number,
): Float64Array {
  const rows = (bins[j] as AxisBins).count;
  const columns = (bins[k] as AxisBins).count;
  const wide = columns + 1;
  const steps = new Float64Array((rows + 1) * wide);
  for (const { value, volume, shares, from, to } of leaves) {
    const share = (shares[j] as number) * (shares[k] as number);
    if (share <= 0) continue;
    const part = (value * volume) / share;
    const [top, bottom] = [(from[j] as number) * wide, (to[j] as number) * wide];
    const [left, right] = [from[k] as number, to[k] as number];
    steps[top + left]! += part;
    steps[top + right]! -= part;
    steps[bottom + left]! -= part;
    steps[bottom + right]! += part;
  }
  const out = new Float64Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    let sum = 0;
    for (let c = 0; c < columns; c++) {
      sum += steps[r * wide + c] as number;
      out[r * columns + c] = sum + (r > 0 ? (out[(r - 1) * columns + c] as number) : 0);
    }
  }
  return out;
}

/** Mean and deviation of the trees' marginals of one axis, per bin. */
export function forestMarginal(
  leaves: readonly (readonly Leaf[])[],
  { bins }: Pick<Forest, 'bins'>,
  j: number,
): { readonly mean: Float64Array; readonly deviation: Float64Array } {
  const { count } = bins[j] as AxisBins;
  const mean = new Float64Array(count);
  const deviation = new Float64Array(count);
  const parts = leaves.map((one) => marginal(one, bins, j));
  for (let b = 0; b < count; b++) {
    let [sum, squares] = [0, 0];
    for (const part of parts) sum += part[b] as number;
    const centre = sum / parts.length;
    for (const part of parts) squares += ((part[b] as number) - centre) ** 2;
    mean[b] = centre;
    deviation[b] = Math.sqrt(squares / Math.max(1, parts.length - 1));
  }
  return { mean, deviation };
}
