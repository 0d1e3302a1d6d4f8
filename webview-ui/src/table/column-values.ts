/** What a column's filter offers: the ends of its numbers, or its values with how many trials have each. Pure. */
import { canonicalJson, type Json } from '../../../src/core/json.js';
import { columnNumbers } from '../../../src/core/study/table/columns.js';
import { type Column, cellOf } from '../../../src/core/study/table/table.js';
import type { Trial } from '../../../src/core/study/trial.js';

export type ColumnValues =
  | { readonly kind: 'range'; readonly low: number; readonly high: number }
  | { readonly kind: 'values'; readonly values: readonly { readonly value: Json; readonly count: number }[] };

/** More different values than this are no list to choose from. */
const MOST_VALUES = 40;

export const canFilter = ({ kind }: Column): boolean => kind !== 'curve' && kind !== 'reason';

/** Numbers in few different values are offered one by one. undefined: nothing to choose between. */
export function columnValues(trials: readonly Trial[], column: Column): ColumnValues | undefined {
  const counts = new Map<string, { value: Json; count: number }>();
  for (const trial of trials) {
    if (column.kind === 'duration' || column.kind === 'number') break;
    const value = cellOf(trial, column, 0);
    if (value === undefined || value === null) continue;
    const key = canonicalJson(value);
    const known = counts.get(key);
    if (known) known.count++;
    else if (counts.size <= MOST_VALUES) counts.set(key, { value, count: 1 });
    if (counts.size > MOST_VALUES) break;
  }
  const few = column.numeric ? 12 : MOST_VALUES;
  if (counts.size > 0 && counts.size <= few && column.kind !== 'objective' && column.kind !== 'metric') {
    const values = [...counts.values()].sort((a, b) => b.count - a.count);
    return { kind: 'values', values };
  }
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const number of columnNumbers(trials, column)) {
    if (!Number.isFinite(number)) continue;
    low = Math.min(low, number);
    high = Math.max(high, number);
  }
  return low <= high ? { kind: 'range', low, high } : undefined;
}
