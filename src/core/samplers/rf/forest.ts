/**
 * The random forest that predicts results with an uncertainty: regression trees on bootstrap samples, each split at a
 * place drawn between the two neighbouring values, mean and variance over all trees by the law of total variance.
 * Hutter, Hoos and Leyton-Brown, "Sequential model-based optimization for general algorithm configuration", LION 2011,
 * and Hutter, Xu, Hoos and Leyton-Brown, "Algorithm runtime prediction", Artif. Intell. 206 (2014), section 4.3. An
 * inactive parameter has a value of its own, outside the range, as in SMAC3: one forest covers a conditional space.
 * (The forest of ../../analysis is another one: for integrals over the space, not for search.)
 */
import type { Random } from '../../random.js';
import type { Axis } from '../unit-space.js';

const TREES = 10;
/** Share of the axes a split may choose from, and the size from which a node is split: SMAC's. */
const AXIS_SHARE = 5 / 6;
const SPLIT_FROM = 3;
/** Coordinate of an inactive parameter that is a number. */
const INACTIVE = -1;

interface Tree {
  /** Per node: the axis it splits, -1 for a leaf. */
  readonly axis: number[];
  /** Numbers below go to the first child. */
  readonly cut: number[];
  /** Choices that go to the first child. */
  readonly choices: (ReadonlySet<number> | undefined)[];
  /** The first child; the second follows it. */
  readonly child: number[];
  readonly mean: number[];
  readonly variance: number[];
}

export class Forest {
  readonly #trees: readonly Tree[];

  /** @param rows one number per axis, NaN where inactive @param y one per row, finite */
  constructor(
    readonly axes: readonly Axis[],
    rows: readonly Float64Array[],
    y: Float64Array,
    source: Random,
  ) {
    const filled = rows.map((row) => row.map((u, j) => this.#coordinate(j, u)));
    const table = tableOf(axes, filled);
    this.#trees = Array.from({ length: TREES }, () => grow(axes, table, y, source));
  }

  #coordinate(j: number, u: number): number {
    if (!Number.isNaN(u)) return u;
    const axis = this.axes[j] as Axis;
    return axis.kind === 'category' ? axis.size : INACTIVE;
  }

  /** Mean and variance at x; NaN in x marks an inactive parameter. */
  predict(x: Float64Array): { readonly mean: number; readonly variance: number } {
    let [sum, squares, within] = [0, 0, 0];
    for (const tree of this.#trees) {
      let node = 0;
      for (let j = tree.axis[0] as number; j >= 0; j = tree.axis[node] as number) {
        const u = this.#coordinate(j, x[j] as number);
        const choices = tree.choices[node];
        const first = choices ? choices.has(u) : u < (tree.cut[node] as number);
        node = (tree.child[node] as number) + (first ? 0 : 1);
      }
      const mean = tree.mean[node] as number;
      sum += mean;
      squares += mean * mean;
      within += tree.variance[node] as number;
    }
    const mean = sum / TREES;
    return { mean, variance: Math.max(0, squares / TREES - mean * mean) + within / TREES };
  }
}

/** Rows by columns, and of each column that has an order the rows from its least value on. */
interface Table {
  readonly count: number;
  readonly columns: readonly Float64Array[];
  readonly sorted: readonly (Int32Array | undefined)[];
}

function tableOf(axes: readonly Axis[], rows: readonly Float64Array[]): Table {
  const columns = axes.map((_, j) => Float64Array.from(rows, (row) => row[j] as number));
  const sorted = axes.map(({ kind }, j) => {
    const column = columns[j] as Float64Array;
    if (kind === 'category') return undefined;
    return Int32Array.from(rows.keys()).sort((a, b) => (column[a] as number) - (column[b] as number));
  });
  return { count: rows.length, columns, sorted };
}

/**
 * The rows of a sample, each as often as it was drawn, in the order of every axis. A node is a stretch from `from` to
 * `to`, the same in all orders: dividing it keeps them, so that nothing is sorted twice.
 */
class Sample {
  /** In no particular order. */
  readonly members: Int32Array;
  readonly orders: readonly (Int32Array | undefined)[];
  readonly #first: Uint8Array;
  readonly #spare: Int32Array;

  constructor({ count, sorted }: Table, source: Random) {
    const times = new Int32Array(count);
    for (let k = 0; k < count; k++) {
      const i = source.int(count);
      times[i] = (times[i] as number) + 1;
    }
    const drawn = (order: Iterable<number>): Int32Array => {
      const result = new Int32Array(count);
      let at = 0;
      for (const i of order) for (let k = times[i] as number; k > 0; k--) result[at++] = i;
      return result;
    };
    this.members = drawn(times.keys());
    this.orders = sorted.map((order) => order && drawn(order));
    this.#first = new Uint8Array(count);
    this.#spare = new Int32Array(count);
  }

  /** Rows that `isFirst` come first in the stretch; where the others begin. */
  divide(from: number, to: number, isFirst: (row: number) => boolean): number {
    for (let k = from; k < to; k++) {
      const row = this.members[k] as number;
      this.#first[row] = isFirst(row) ? 1 : 0;
    }
    for (const order of this.orders) if (order) this.#partition(order, from, to);
    return this.#partition(this.members, from, to);
  }

  #partition(order: Int32Array, from: number, to: number): number {
    let [at, others] = [from, 0];
    for (let k = from; k < to; k++) {
      const row = order[k] as number;
      if (this.#first[row] === 1) order[at++] = row;
      else this.#spare[others++] = row;
    }
    for (let k = 0; k < others; k++) order[at + k] = this.#spare[k] as number;
    return at;
  }
}

function grow(axes: readonly Axis[], table: Table, y: Float64Array, source: Random): Tree {
  const tree: Tree = { axis: [], cut: [], choices: [], child: [], mean: [], variance: [] };
  const leaf = (): number => {
    tree.axis.push(-1);
    tree.cut.push(0);
    tree.choices.push(undefined);
    tree.child.push(-1);
    tree.mean.push(0);
    tree.variance.push(0);
    return tree.axis.length - 1;
  };
  const sample = new Sample(table, source);
  const open: [node: number, from: number, to: number][] = [[leaf(), 0, table.count]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [node, from, to] = next;
    const size = to - from;
    let mean = 0;
    for (let k = from; k < to; k++) mean += (y[sample.members[k] as number] as number) / size;
    let variance = 0;
    for (let k = from; k < to; k++)
      variance += ((y[sample.members[k] as number] as number) - mean) ** 2 / size;
    tree.mean[node] = mean;
    tree.variance[node] = variance;
    if (size < SPLIT_FROM || !(variance > 1e-14)) continue;
    const split = bestSplit(axes, table, y, { sample, from, to, total: mean * size }, source);
    if (!split) continue;
    const { axis, cut, choices } = split;
    const column = table.columns[axis] as Float64Array;
    const middle = sample.divide(from, to, (row) => {
      const u = column[row] as number;
      return choices ? choices.has(u) : u < cut;
    });
    tree.axis[node] = axis;
    tree.cut[node] = cut;
    tree.choices[node] = choices;
    const child = leaf();
    leaf();
    tree.child[node] = child;
    open.push([child, from, middle], [child + 1, middle, to]);
  }
  return tree;
}

interface Split {
  readonly axis: number;
  readonly cut: number;
  readonly choices?: ReadonlySet<number>;
}

interface Stretch {
  readonly sample: Sample;
  readonly from: number;
  readonly to: number;
  /** Of the results in it. */
  readonly total: number;
}

/** The split that leaves the least squared error among axes drawn at random; of equal ones the first drawn. */
function bestSplit(
  axes: readonly Axis[],
  { columns }: Table,
  y: Float64Array,
  { sample, from, to, total }: Stretch,
  source: Random,
): Split | undefined {
  const order = [...axes.keys()];
  const count = Math.max(1, Math.round(AXIS_SHARE * order.length));
  const size = to - from;
  let most = -Infinity;
  let found: Split | undefined;
  const isBetter = (left: number, n: number): boolean => {
    const gain = (left * left) / n + (total - left) ** 2 / (size - n);
    if (!(gain > most)) return false;
    most = gain;
    return true;
  };
  for (let k = 0; k < order.length; k++) {
    // Beyond its share a node looks on only as long as nothing divides it.
    if (k >= count && found) break;
    const other = k + source.int(order.length - k);
    [order[k], order[other]] = [order[other] as number, order[k] as number];
    const j = order[k] as number;
    const column = columns[j] as Float64Array;
    const sorted = sample.orders[j];
    let left = 0;
    if (!sorted) {
      // Choices stand in the order of their mean results: the best division of them is a cut there (Breiman et al. 1984).
      const choices = choiceSums(sample.members.subarray(from, to), column, y);
      let n = 0;
      for (let c = 0; c + 1 < choices.length; c++) {
        const { sum, count: own, mean } = choices[c] as ChoiceSum;
        left += sum;
        n += own;
        if (!((choices[c + 1] as ChoiceSum).mean > mean) || !isBetter(left, n)) continue;
        found = { axis: j, cut: 0, choices: new Set(choices.slice(0, c + 1).map(({ choice }) => choice)) };
      }
      continue;
    }
    for (let i = from; i + 1 < to; i++) {
      const row = sorted[i] as number;
      left += y[row] as number;
      const [a, b] = [column[row] as number, column[sorted[i + 1] as number] as number];
      if (!(b > a) || !isBetter(left, i + 1 - from)) continue;
      const cut = Math.max(a + (b - a) * source.next(), Math.min(b, a + (b - a) * 1e-9));
      found = { axis: j, cut: cut > a ? cut : b };
    }
  }
  return found;
}

interface ChoiceSum {
  readonly choice: number;
  readonly sum: number;
  readonly count: number;
  readonly mean: number;
}

/** Of each choice that occurs, from the least mean result on. */
function choiceSums(rows: Int32Array, column: Float64Array, y: Float64Array): readonly ChoiceSum[] {
  const sums = new Map<number, [sum: number, count: number]>();
  for (const i of rows) {
    const own = sums.get(column[i] as number);
    if (own) {
      own[0] += y[i] as number;
      own[1]++;
    } else sums.set(column[i] as number, [y[i] as number, 1]);
  }
  return [...sums]
    .map(([choice, [sum, count]]) => ({ choice, sum, count, mean: sum / count }))
    .sort((a, b) => a.mean - b.mean || a.choice - b.choice);
}
