/**
 * Which training rows make up each batch of an epoch, from the seed, the epoch and, for hard examples, the rows' last
 * losses. Every epoch has as many rows as the training part, so that the strategies cost the same.
 */
import { type Random, random } from '../../../core/random.js';
import { rowsUpTo, shuffle } from '../shuffle.js';

export const BATCH_NAMES = [
  'shuffled',
  'sequential',
  'stratified',
  'balanced',
  'weighted',
  'hardExamples',
] as const;

export interface BatchOptions {
  readonly name: (typeof BATCH_NAMES)[number];
  /** hardExamples: the hardest row is drawn this many times as often as the easiest. */
  readonly pressure: number;
  /** hardExamples: shuffled epochs before the losses count. */
  readonly warmup: number;
}

export interface BatchSource {
  readonly rows: number;
  /** Class of each row; for numbers the part of their range that each falls into. */
  readonly strata: Int32Array;
  /** weighted: how often each row is drawn, relative to the others. */
  readonly weights?: Float64Array | undefined;
  /** hardExamples: the loss of each row when it was last seen; absent before the first epoch's end. */
  readonly losses?: Float64Array | undefined;
}

/** The rows of each stratum, strata in order. */
function byStratum({ strata }: BatchSource): readonly Uint32Array[] {
  const groups = new Map<number, number[]>();
  for (const [row, stratum] of strata.entries()) {
    const group = groups.get(stratum);
    if (group) group.push(row);
    else groups.set(stratum, [row]);
  }
  return [...groups.entries()].sort(([a], [b]) => a - b).map(([, rows]) => Uint32Array.from(rows));
}

/** Every stratum spread evenly over the epoch, so that each batch has its share of it, give or take one row. */
function stratified(source: BatchSource, r: Random): Uint32Array {
  const placed = byStratum(source).flatMap((rows) => {
    const offset = r.next();
    return [...shuffle(rows, r)].map((row, i) => ({ row, at: (i + offset) / rows.length }));
  });
  return Uint32Array.from(
    placed.sort((a, b) => a.at - b.at),
    ({ row }) => row,
  );
}

/** Strata in turn, each from its own shuffled rows, begun again where they run out: small ones are repeated. */
function balanced(source: BatchSource, r: Random): Uint32Array {
  const groups = byStratum(source).map((rows) => ({ rows: shuffle(rows, r), next: 0 }));
  const order = new Uint32Array(source.rows);
  let turn = rowsUpTo(groups.length);
  for (let i = 0; i < source.rows; i++) {
    const place = i % groups.length;
    // Which class comes first changes, so that no class gains where a batch is no multiple of the classes.
    if (place === 0) turn = shuffle(turn, r);
    const group = groups[turn[place]!]!;
    if (group.next === group.rows.length) {
      shuffle(group.rows, r);
      group.next = 0;
    }
    order[i] = group.rows[group.next++]!;
  }
  return order;
}

/** Draws with replacement, by systematic steps through the summed weights: the counts are as even as they can be. */
function drawn(rows: number, weightOf: (row: number) => number, r: Random): Uint32Array {
  let total = 0;
  for (let row = 0; row < rows; row++) total += weightOf(row);
  const order = new Uint32Array(rows);
  const start = r.next();
  let sum = 0;
  let taken = 0;
  for (let row = 0; row < rows; row++) {
    sum += weightOf(row);
    while (taken < rows && (taken + start) * total < sum * rows) order[taken++] = row;
  }
  return shuffle(order, r);
}

/** Loshchilov and Hutter, "Online batch selection for faster training of neural networks", 2015: by rank of the loss. */
function hardFirst(rows: number, losses: Float64Array, pressure: number, r: Random): Uint32Array {
  const rank = new Uint32Array(rows);
  const order = rowsUpTo(rows).sort((a, b) => losses[b]! - losses[a]! || a - b);
  for (const [place, row] of order.entries()) rank[row] = place;
  return drawn(rows, (row) => pressure ** (-rank[row]! / rows), r);
}

/** The rows of one epoch in the order of training; batches are cut from it. @param epoch from 1 */
export function epochOrder(
  { name, pressure, warmup }: BatchOptions,
  source: BatchSource,
  seed: number,
  epoch: number,
): Uint32Array {
  const { rows } = source;
  const r = random('shuffle', seed, epoch);
  switch (name) {
    case 'sequential':
      return rowsUpTo(rows);
    case 'stratified':
      return stratified(source, r);
    case 'balanced':
      return balanced(source, r);
    case 'weighted':
      return drawn(rows, (row) => source.weights?.[row] ?? 1, r);
    case 'hardExamples':
      return source.losses && epoch > warmup
        ? hardFirst(rows, source.losses, pressure, r)
        : shuffle(rowsUpTo(rows), r);
    case 'shuffled':
      return shuffle(rowsUpTo(rows), r);
  }
}

/** The tenth of the sorted targets that each row falls into: strata for numbers. */
export function strataOfNumbers(targets: Float64Array): Int32Array {
  const strata = new Int32Array(targets.length);
  const order = rowsUpTo(targets.length).sort((a, b) => targets[a]! - targets[b]! || a - b);
  for (const [place, row] of order.entries()) strata[row] = Math.floor((10 * place) / targets.length);
  return strata;
}
