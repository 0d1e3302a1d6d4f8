/**
 * A column of a study as plain numbers, gathered once per list of trials: what filters, brushes, axes and sorts look at a
 * hundred thousand of per frame. The list stands for its contents: a changed study comes as a new list.
 */
import { canonicalJson, type Json } from '../../json.js';
import type { Trial } from '../trial.js';
import { type Column, cellOf } from './table.js';

/** What each trial of a list shows, in their order. */
export interface Cells {
  /** NaN where a trial shows no number. */
  readonly numbers: Float64Array;
  /** 0: nothing, 1: its number, from 2 on: the words. */
  readonly codes: Uint32Array;
  /** The different values that are no numbers. */
  readonly words: readonly Json[];
}

const NUMBER = 1;
const FIRST_WORD = 2;

const KNOWN = new WeakMap<readonly Trial[], Map<string, Cells>>();

/** `now`: milliseconds since 1970, for how long the running ones have taken. */
export function cellsOf(trials: readonly Trial[], column: Column, now = Date.now()): Cells {
  let columns = KNOWN.get(trials);
  if (!columns) {
    columns = new Map();
    KNOWN.set(trials, columns);
  }
  const key = column.kind === 'duration' ? `${column.id} ${now}` : column.id;
  const known = columns.get(key);
  if (known) return known;
  const cells = gatherCells(trials, (trial) => cellOf(trial, column, now));
  // Of the durations only the newest.
  if (column.kind === 'duration')
    for (const other of columns.keys()) if (other.startsWith(column.id)) columns.delete(other);
  columns.set(key, cells);
  return cells;
}

/** One number per trial, in the order of the trials; NaN where there is none, or something else. */
export const columnNumbers = (trials: readonly Trial[], column: Column): Float64Array =>
  cellsOf(trials, column).numbers;

export function gatherCells(trials: readonly Trial[], read: (trial: Trial) => Json | undefined): Cells {
  const numbers = new Float64Array(trials.length).fill(Number.NaN);
  const codes = new Uint32Array(trials.length);
  const words: Json[] = [];
  // By identity first: most trials share the few lists they choose from.
  const byWord = new Map<Json, number>();
  const byText = new Map<string, number>();
  for (let index = 0; index < trials.length; index++) {
    const cell = read(trials[index] as Trial);
    if (cell === undefined) continue;
    if (typeof cell === 'number') {
      numbers[index] = cell;
      codes[index] = NUMBER;
      continue;
    }
    let code = byWord.get(cell);
    if (code === undefined) {
      const text = canonicalJson(cell);
      code = byText.get(text) ?? FIRST_WORD - 1 + words.push(cell);
      byText.set(text, code);
      byWord.set(cell, code);
    }
    codes[index] = code;
  }
  return { numbers, codes, words };
}

/** 1 where the cell passes, by position; what shows nothing does not. Each word is looked at once. */
export function maskOf({ numbers, codes, words }: Cells, test: (cell: Json) => boolean): Uint8Array {
  const mask = new Uint8Array(codes.length);
  const passes = words.map((word) => (test(word) ? 1 : 0));
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] as number;
    if (code === NUMBER) mask[index] = test(numbers[index] as number) ? 1 : 0;
    else if (code !== 0) mask[index] = passes[code - FIRST_WORD] as number;
  }
  return mask;
}

/** A number per cell, by one per word; `nothing` where there is nothing. */
export function ranksOf(
  { numbers, codes, words }: Cells,
  {
    number,
    word,
    nothing,
  }: {
    readonly number: (value: number) => number;
    readonly word: (place: number) => number;
    readonly nothing: number;
  },
): Float64Array {
  const ofWord = words.map((_, place) => word(place));
  const ranks = new Float64Array(codes.length);
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] as number;
    ranks[index] =
      code === 0
        ? nothing
        : code === NUMBER
          ? number(numbers[index] as number)
          : (ofWord[code - FIRST_WORD] as number);
  }
  return ranks;
}
