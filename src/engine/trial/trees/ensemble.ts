/**
 * One tree, a random forest (L. Breiman, "Random Forests", 2001), or gradient boosting (J. Friedman, "Greedy Function
 * Approximation", 2001; second order and λ as T. Chen and C. Guestrin, "XGBoost", 2016; rows per round after
 * J. Friedman, "Stochastic Gradient Boosting", 2002), as rounds that each add trees to a sum of predictions.
 */
import { random } from '../../../core/random.js';
import { type Dataset, inputsOf, type Part } from '../data/dataset.js';
import { rowsUpTo } from '../shuffle.js';
import type { BinnedColumn } from './bins.js';
import { growTree, leafOf, type Tree, type TreeOptions } from './grow.js';
import type { TreeModel } from './schema.js';

/** Deep enough never to matter. */
const UNLIMITED = 1000;
const ROWS_AT_A_TIME = 4096;

export interface Rounds {
  readonly count: number;
  /** Grows the trees of a round, from 1, in order. */
  next(round: number): void;
  /** Row by row: class probabilities, or the value in the target's own units. */
  predictions(part: 'train' | 'validation'): Float64Array;
}

function featuresOf(given: TreeModel['featuresPerSplit'] & {}, columns: number): number {
  const exact =
    given === 'all'
      ? columns
      : given === 'sqrt'
        ? Math.sqrt(columns)
        : given === 'log2'
          ? Math.log2(columns)
          : given * columns;
  return Math.min(columns, Math.max(1, Math.floor(exact)));
}

function optionsOf(model: TreeModel, columns: number): TreeOptions {
  const isForest = model.kind === 'forest';
  const standard = isForest ? (model.task === 'classification' ? 'sqrt' : 1 / 3) : 'all';
  return {
    depth: model.depth ?? (model.kind === 'boosting' ? 6 : UNLIMITED),
    minLeaf: model.minLeaf ?? 1,
    features: featuresOf(model.featuresPerSplit ?? standard, columns),
    l2: model.kind === 'boosting' ? (model.l2 ?? 1) : (model.l2 ?? 0),
  };
}

/** Sums over the trees so far, `width` per row, of both parts. */
class Sums {
  readonly #parts: readonly { readonly part: Part; readonly sums: Float64Array }[];

  constructor(
    private readonly dataset: Dataset,
    readonly width: number,
    start: Float64Array,
  ) {
    const { train, validation } = dataset;
    this.#parts = [train, ...(validation ? [validation] : [])].map((part) => ({
      part,
      sums: Float64Array.from({ length: part.rows * width }, (_, i) => start[i % width]!),
    }));
  }

  of(part: 'train' | 'validation'): Float64Array {
    return this.#parts[part === 'train' ? 0 : 1]?.sums ?? new Float64Array();
  }

  /** Adds the leaves of a tree, times `rate`, from place `first` of each row on. */
  add(tree: Tree, rate: number, first: number): void {
    const { rowSize } = this.dataset;
    for (const { part, sums } of this.#parts) {
      for (let from = 0; from < part.rows; from += ROWS_AT_A_TIME) {
        const rows = Math.min(ROWS_AT_A_TIME, part.rows - from);
        const inputs = inputsOf(part, this.dataset, from, rows);
        for (let i = 0; i < rows; i++) {
          const values = leafOf(tree, inputs, i * rowSize);
          const at = (from + i) * this.width + first;
          for (let k = 0; k < values.length; k++) sums[at + k]! += rate * values[k]!;
        }
      }
    }
  }
}

/** ⌈n · share⌉ rows without replacement, in order (selection sampling). */
function someRows(n: number, share: number, next: () => number): Uint32Array {
  const wanted = Math.ceil(n * share);
  if (wanted === n) return rowsUpTo(n);
  const rows = new Uint32Array(wanted);
  let taken = 0;
  for (let row = 0; taken < wanted; row++) if (next() * (n - row) < wanted - taken) rows[taken++] = row;
  return rows;
}

/** A tree, or trees on bootstrap samples whose predictions are averaged. */
function averaged(
  dataset: Dataset,
  columns: readonly BinnedColumn[],
  model: TreeModel,
  seed: number,
): Rounds {
  const { train, outputs } = dataset;
  const options = optionsOf(model, columns.length);
  const sums = new Sums(dataset, outputs, new Float64Array(outputs));
  const isForest = model.kind === 'forest';
  const target =
    model.task === 'classification'
      ? ({ kind: 'labels', labels: train.labels, classes: outputs } as const)
      : ({ kind: 'values', values: train.targets, weights: undefined } as const);
  let grown = 0;
  return {
    count: isForest ? (model.trees ?? 100) : 1,
    next: (round) => {
      const r = random('tree', seed, round);
      let rows = rowsUpTo(train.rows);
      let times: Uint16Array | undefined;
      if (isForest) {
        times = new Uint16Array(train.rows);
        const draws = Math.ceil(train.rows * (model.subsample ?? 1));
        for (let i = 0; i < draws; i++) times[r.int(train.rows)]!++;
        const drawn = times;
        rows = rows.filter((row) => drawn[row]! > 0);
      }
      sums.add(growTree(columns, target, rows, times, options, r), 1, 0);
      grown++;
    },
    predictions: (part) => sums.of(part).map((sum) => sum / grown),
  };
}

/** Softmax of each row in place of its scores; of one score, the logistic function and its rest. */
function probabilities(scores: Float64Array, width: number, classes: number): Float64Array {
  const rows = scores.length / width;
  const result = new Float64Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    if (width === 1) {
      const p = 1 / (1 + Math.exp(-scores[row]!));
      result.set([1 - p, p], row * 2);
      continue;
    }
    const own = scores.subarray(row * width, (row + 1) * width);
    const top = Math.max(...own);
    let sum = 0;
    for (const score of own) sum += Math.exp(score - top);
    for (const [k, score] of own.entries()) result[row * classes + k] = Math.exp(score - top) / sum;
  }
  return result;
}

function boostedClasses(
  dataset: Dataset,
  columns: readonly BinnedColumn[],
  model: TreeModel,
  seed: number,
): Rounds {
  const { train, outputs: classes } = dataset;
  const options = optionsOf(model, columns.length);
  const rate = model.learningRate ?? 0.1;
  const width = classes === 2 ? 1 : classes;
  const counts = new Float64Array(classes);
  for (const label of train.labels) counts[label]!++;
  // A class that no training row has starts as if it had half a row.
  const logs = counts.map((count) => Math.log(Math.max(count, 0.5) / train.rows));
  const start = width === 1 ? Float64Array.of(logs[1]! - logs[0]!) : logs;
  const sums = new Sums(dataset, width, start);
  return {
    count: model.trees ?? 100,
    next: (round) => {
      const now = probabilities(sums.of('train'), width, classes);
      const r = random('tree', seed, round);
      const rows = someRows(train.rows, model.subsample ?? 1, r.next);
      const trees = Array.from({ length: width }, (_, k) => {
        const own = width === 1 ? 1 : k;
        const values = new Float64Array(train.rows);
        const weights = new Float64Array(train.rows);
        // Friedman 2001, algorithm 6: of K scores one is redundant.
        const factor = width === 1 ? 1 : classes / (classes - 1);
        for (const row of rows) {
          const p = now[row * classes + own]!;
          values[row] = (train.labels[row] === own ? 1 : 0) - p;
          weights[row] = Math.max(1e-16, factor * p * (1 - p));
        }
        return growTree(columns, { kind: 'values', values, weights }, rows.slice(), undefined, options, r);
      });
      for (const [k, tree] of trees.entries()) sums.add(tree, rate, k);
    },
    predictions: (part) => probabilities(sums.of(part), width, classes),
  };
}

function boostedNumbers(
  dataset: Dataset,
  columns: readonly BinnedColumn[],
  model: TreeModel,
  seed: number,
): Rounds {
  const { train } = dataset;
  const options = optionsOf(model, columns.length);
  const rate = model.learningRate ?? 0.1;
  const mean = train.targets.reduce((sum, target) => sum + target, 0) / train.rows;
  const sums = new Sums(dataset, 1, Float64Array.of(mean));
  return {
    count: model.trees ?? 100,
    next: (round) => {
      const now = sums.of('train');
      const values = train.targets.map((target, row) => target - now[row]!);
      const r = random('tree', seed, round);
      const rows = someRows(train.rows, model.subsample ?? 1, r.next);
      const target = { kind: 'values', values, weights: undefined } as const;
      sums.add(growTree(columns, target, rows, undefined, options, r), rate, 0);
    },
    predictions: (part) => sums.of(part).slice(),
  };
}

export function startRounds(
  dataset: Dataset,
  columns: readonly BinnedColumn[],
  model: TreeModel,
  seed: number,
): Rounds {
  if (model.kind !== 'boosting') return averaged(dataset, columns, model, seed);
  const boosted = model.task === 'classification' ? boostedClasses : boostedNumbers;
  return boosted(dataset, columns, model, seed);
}
