/**
 * What the table's rows are: the trials that pass the filter in the order of the sorts, and with a group before each of
 * its trials a row that says what they share. Work is done only for what has changed. Draws nothing.
 */
import type { Json } from '../../../src/core/json.js';
import { type Column, groupTrials, type Sort, sortTrials } from '../../../src/core/study/table.js';
import type { Trial } from '../../../src/core/study/trial.js';

export interface GroupRow {
  readonly kind: 'group';
  readonly value: Json | undefined;
  readonly trials: readonly Trial[];
}
export type TableRow = Trial | GroupRow;

export const isGroup = (row: TableRow | undefined): row is GroupRow => row !== undefined && 'kind' in row;

export class TrialRows {
  #trials: readonly Trial[] | undefined;
  #key = '';
  #rows: readonly TableRow[] = [];

  /** `trials` is a new array whenever it differs; columns are told apart by their ids. */
  arranged(
    trials: readonly Trial[],
    columns: readonly Column[],
    sorts: readonly Sort[],
    group: string | undefined,
  ): readonly TableRow[] {
    const key = JSON.stringify([sorts, group, columns.map(({ id }) => id)]);
    if (trials === this.#trials && key === this.#key) return this.#rows;
    this.#trials = trials;
    this.#key = key;
    const sorted = sortTrials(trials, sorts, columns, Date.now());
    const by = columns.find(({ id }) => id === group);
    this.#rows = by
      ? groupTrials(sorted, by).flatMap((one): TableRow[] => [{ kind: 'group', ...one }, ...one.trials])
      : sorted;
    return this.#rows;
  }
}
