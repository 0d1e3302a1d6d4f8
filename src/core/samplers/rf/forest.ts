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
    this.#trees = Array.from({ length: TREES }, () => {
      const sample = Array.from(rows, () => source.int(rows.length));
      return grow(axes, filled, y, sample, source);
    });
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

function grow(
  axes: readonly Axis[],
  rows: readonly Float64Array[],
  y: Float64Array,
  all: readonly number[],
  source: Random,
): Tree {
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
  const open: [node: number, sample: readonly number[]][] = [[leaf(), all]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [node, sample] = next;
    let mean = 0;
    for (const i of sample) mean += (y[i] as number) / sample.length;
    let variance = 0;
    for (const i of sample) variance += ((y[i] as number) - mean) ** 2 / sample.length;
    tree.mean[node] = mean;
    tree.variance[node] = variance;
    if (sample.length < SPLIT_FROM || !(variance > 1e-14)) continue;
    const split = bestSplit(axes, rows, y, sample, source);
    if (!split) continue;
    const { axis, cut, choices } = split;
    const isFirst = (i: number): boolean => {
      const u = rows[i]?.[axis] as number;
      return choices ? choices.has(u) : u < cut;
    };
    tree.axis[node] = axis;
    tree.cut[node] = cut;
    tree.choices[node] = choices;
    const child = leaf();
    leaf();
    tree.child[node] = child;
    open.push([child, sample.filter(isFirst)], [child + 1, sample.filter((i) => !isFirst(i))]);
  }
  return tree;
}

interface Split {
  readonly axis: number;
  readonly cut: number;
  readonly choices?: ReadonlySet<number>;
}

/** The split that leaves the least squared error among axes drawn at random; of equal ones the first drawn. */
function bestSplit(
  axes: readonly Axis[],
  rows: readonly Float64Array[],
  y: Float64Array,
  sample: readonly number[],
  source: Random,
): Split | undefined {
  const order = [...axes.keys()];
  const count = Math.max(1, Math.round(AXIS_SHARE * order.length));
  const total = sample.reduce((sum, i) => sum + (y[i] as number), 0);
  let most = -Infinity;
  let found: Split | undefined;
  for (let k = 0; k < order.length; k++) {
    // Beyond its share a node looks on only as long as nothing divides it.
    if (k >= count && found) break;
    const other = k + source.int(order.length - k);
    [order[k], order[other]] = [order[other] as number, order[k] as number];
    const j = order[k] as number;
    const at = (i: number): number => rows[i]?.[j] as number;
    // Choices stand in the order of their mean results: the best division of them is a cut there (Breiman et al. 1984).
    const means = (axes[j] as Axis).kind === 'category' ? choiceMeans(sample, at, y) : undefined;
    const key = means ? (i: number): number => means.get(at(i)) as number : at;
    const keys = Float64Array.from(sample, key);
    const sorted = Int32Array.from(sample.keys()).sort((a, b) => (keys[a] as number) - (keys[b] as number));
    let left = 0;
    for (let i = 0; i + 1 < sorted.length; i++) {
      const here = sorted[i] as number;
      left += y[sample[here] as number] as number;
      const [a, b] = [keys[here] as number, keys[sorted[i + 1] as number] as number];
      if (!(b > a)) continue;
      const gain = (left * left) / (i + 1) + (total - left) ** 2 / (sample.length - i - 1);
      if (!(gain > most)) continue;
      most = gain;
      const cut = Math.max(a + (b - a) * source.next(), Math.min(b, a + (b - a) * 1e-9));
      const safe = cut > a ? cut : b;
      found = means
        ? { axis: j, cut: 0, choices: new Set([...means].filter(([, mean]) => mean <= a).map(([c]) => c)) }
        : { axis: j, cut: safe };
    }
  }
  return found;
}

function choiceMeans(
  sample: readonly number[],
  at: (i: number) => number,
  y: Float64Array,
): ReadonlyMap<number, number> {
  const sums = new Map<number, [sum: number, count: number]>();
  for (const i of sample) {
    const [sum, count] = sums.get(at(i)) ?? [0, 0];
    sums.set(at(i), [sum + (y[i] as number), count + 1]);
  }
  return new Map([...sums].map(([choice, [sum, count]]) => [choice, sum / count]));
}
