/**
 * A column of a study as plain numbers, gathered once per list of trials: what brushing, axes and sorting look at a
 * hundred thousand of per frame. The list stands for its contents: a changed study comes as a new list.
 */
import { type Column, cellOf } from './table.js';
import type { Trial } from './trial.js';

const KNOWN = new WeakMap<readonly Trial[], Map<string, Float64Array>>();

/** One number per trial, in the order of the trials; NaN where there is none, or something else. */
export function columnNumbers(trials: readonly Trial[], column: Column): Float64Array {
  let columns = KNOWN.get(trials);
  if (!columns) {
    columns = new Map();
    KNOWN.set(trials, columns);
  }
  const known = columns.get(column.id);
  if (known) return known;
  const numbers = new Float64Array(trials.length);
  const now = Date.now();
  for (let index = 0; index < trials.length; index++) {
    const cell = cellOf(trials[index] as Trial, column, now);
    numbers[index] = typeof cell === 'number' ? cell : Number.NaN;
  }
  columns.set(column.id, numbers);
  return numbers;
}
