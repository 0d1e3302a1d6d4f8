/**
 * Grows one tree (L. Breiman et al., "Classification and Regression Trees", 1984) on binned columns. One measure of a
 * split serves all: Σ S² / (W + λ) of both sides less that of the whole. For counts of classes it is the decrease of
 * Gini impurity, for targets that of variance, for gradients and second derivatives the gain of T. Chen and
 * C. Guestrin, "XGBoost", KDD 2016, equation 7.
 */
import type { Random } from '../../../core/random.js';
import type { BinnedColumn } from './bins.js';

/** What the rows of a tree stand for. */
export type Target =
  /** Counted by class. */
  | { readonly kind: 'labels'; readonly labels: Int32Array; readonly classes: number }
  /** Sums of values over sums of weights: targets and ones, or gradients and second derivatives. */
  | { readonly kind: 'values'; readonly values: Float64Array; readonly weights: Float64Array | undefined };

export interface TreeOptions {
  /** Levels of splits at most. */
  readonly depth: number;
  /** Rows in a leaf at least. */
  readonly minLeaf: number;
  /** Columns looked at for each split; further ones only where none of these splits. */
  readonly features: number;
  /** λ, on the weights of a leaf. */
  readonly l2: number;
}

interface Node {
  /** −1: a leaf. */
  readonly column: number;
  readonly threshold: number;
  readonly left: number;
  readonly right: number;
  /** Of a leaf: shares of the classes, or one value. */
  readonly values: Float64Array;
}

export type Tree = readonly Node[];

interface Split {
  readonly column: number;
  /** The last bin that goes left. */
  readonly bin: number;
  /** In the middle of the gap between both sides. */
  readonly threshold: number;
  readonly gain: number;
}

/** Gains below this part of what is there are rounding. */
const ROUNDING = 1e-12;
const MAX_BINS = 256;
/** Places of rows and weights before the sums. */
const HEAD = 2;

class Grower {
  readonly #nodes: Node[] = [];
  readonly #width: number;
  readonly #histogram: Float64Array;
  readonly #left: Float64Array;
  readonly #right: Float64Array;
  readonly #scratch: Uint32Array;
  readonly #order: Uint32Array;

  constructor(
    private readonly columns: readonly BinnedColumn[],
    private readonly target: Target,
    private readonly times: Uint16Array | undefined,
    private readonly options: TreeOptions,
    private readonly r: Random,
    rows: number,
  ) {
    this.#width = HEAD + (target.kind === 'labels' ? target.classes : 1);
    this.#histogram = new Float64Array(MAX_BINS * this.#width);
    this.#left = new Float64Array(this.#width);
    this.#right = new Float64Array(this.#width);
    this.#scratch = new Uint32Array(rows);
    this.#order = Uint32Array.from(columns.keys());
  }

  grow(rows: Uint32Array): Tree {
    this.#node(rows, 0);
    return this.#nodes;
  }

  /** Adds a row to the sums that begin at `at`. */
  #add(into: Float64Array, at: number, row: number): void {
    const { target } = this;
    const times = this.times ? this.times[row]! : 1;
    into[at]! += times;
    if (target.kind === 'labels') {
      into[at + 1]! += times;
      into[at + HEAD + target.labels[row]!]! += times;
    } else {
      into[at + 1]! += times * (target.weights ? target.weights[row]! : 1);
      into[at + HEAD]! += times * target.values[row]!;
    }
  }

  #score(sums: Float64Array): number {
    let squares = 0;
    for (let k = HEAD; k < this.#width; k++) squares += sums[k]! ** 2;
    return squares / (sums[1]! + this.options.l2 || 1);
  }

  /** @returns the place of the node made */
  #node(rows: Uint32Array, level: number): number {
    const total = new Float64Array(this.#width);
    for (const row of rows) this.#add(total, 0, row);
    const place = this.#nodes.length;
    const split = level < this.options.depth ? this.#bestSplit(rows, total) : undefined;
    if (!split) {
      this.#nodes.push({ column: -1, threshold: 0, left: -1, right: -1, values: this.#leaf(total) });
      return place;
    }
    const { column, threshold } = split;
    const middle = this.#divide(rows, this.columns[column]!.bins, split.bin);
    this.#nodes.push({ column: -1, threshold: 0, left: -1, right: -1, values: new Float64Array() });
    const left = this.#node(rows.subarray(0, middle), level + 1);
    const right = this.#node(rows.subarray(middle), level + 1);
    this.#nodes[place] = { column, threshold, left, right, values: new Float64Array() };
    return place;
  }

  #leaf(total: Float64Array): Float64Array {
    const divisor = total[1]! + (this.target.kind === 'labels' ? 0 : this.options.l2) || 1;
    return total.slice(HEAD).map((sum) => sum / divisor);
  }

  /** Brings the rows of the left side to the front, both sides in their order. */
  #divide(rows: Uint32Array, bins: Uint8Array, bin: number): number {
    let left = 0;
    let right = 0;
    for (const row of rows) {
      if (bins[row]! <= bin) rows[left++] = row;
      else this.#scratch[right++] = row;
    }
    rows.set(this.#scratch.subarray(0, right), left);
    return left;
  }

  /**
   * Columns in a random order, as far as they are needed; all in theirs where each is looked at anyway. Those with one
   * value alone among these rows do not count, as in scikit-learn.
   */
  #bestSplit(rows: Uint32Array, total: Float64Array): Split | undefined {
    if (total[0]! < 2 * this.options.minLeaf) return undefined;
    const whole = this.#score(total);
    const order = this.#order;
    const draws = this.options.features < order.length;
    let best: Split | undefined;
    let looked = 0;
    for (let i = 0; i < order.length; i++) {
      if (looked >= this.options.features && best) break;
      if (draws) {
        const j = i + this.r.int(order.length - i);
        [order[i], order[j]] = [order[j]!, order[i]!];
      }
      const split = this.#splitOf(order[i]!, rows, total, whole);
      if (split === 'constant') continue;
      looked++;
      if (split && split.gain > (best?.gain ?? whole * ROUNDING)) best = split;
    }
    return best;
  }

  #splitOf(
    column: number,
    rows: Uint32Array,
    total: Float64Array,
    whole: number,
  ): Split | 'constant' | undefined {
    const { bins, thresholds } = this.columns[column]!;
    const first = bins[rows[0]!]!;
    if (rows.every((row) => bins[row] === first)) return 'constant';
    const histogram = this.#histogram;
    const width = this.#width;
    histogram.fill(0, 0, (thresholds.length + 1) * width);
    for (const row of rows) this.#add(histogram, bins[row]! * width, row);
    const left = this.#left.fill(0);
    const right = this.#right;
    let best: { readonly bin: number; readonly gain: number } | undefined;
    for (let bin = 0; bin < thresholds.length; bin++) {
      if (histogram[bin * width] === 0) continue;
      for (let k = 0; k < width; k++) {
        left[k]! += histogram[bin * width + k]!;
        right[k] = total[k]! - left[k]!;
      }
      if (left[0]! < this.options.minLeaf) continue;
      if (right[0]! < this.options.minLeaf) break;
      const gain = this.#score(left) + this.#score(right) - whole;
      if (gain > (best?.gain ?? 0)) best = { bin, gain };
    }
    if (!best) return undefined;
    let next = best.bin + 1;
    while (histogram[next * width] === 0) next++;
    return { column, ...best, threshold: (thresholds[best.bin]! + thresholds[next - 1]!) / 2 };
  }
}

/**
 * @param rows the rows to grow on; reordered
 * @param times how often each row counts (a bootstrap sample); once without it
 */
export function growTree(
  columns: readonly BinnedColumn[],
  target: Target,
  rows: Uint32Array,
  times: Uint16Array | undefined,
  options: TreeOptions,
  r: Random,
): Tree {
  return new Grower(columns, target, times, options, r, rows.length).grow(rows);
}

/** The values of the leaf that a row (from `at` in `inputs`) falls into. */
export function leafOf(tree: Tree, inputs: Float32Array, at: number): Float64Array {
  let node = tree[0]!;
  while (node.column >= 0) node = tree[inputs[at + node.column]! > node.threshold ? node.right : node.left]!;
  return node.values;
}
