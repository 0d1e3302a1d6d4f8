/**
 * What the table's rows are: the trials that pass the filter in the order of the sorts, and with a group before each of
 * its trials a row that says what they share. Work is done only for what has changed. Draws nothing.
 */
import type { Json } from '../../../src/core/json.js';
import { type Sort, sortTrials } from '../../../src/core/study/table/sorting.js';
import { type Column, groupTrials } from '../../../src/core/study/table/table.js';
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
  #all: readonly Trial[] | undefined;
  #allKey = '';
  #sorted: readonly Trial[] = [];
  /** The numbers of the sorted, apart from the trials: passing over one must not touch it. */
  #numbers = new Uint32Array(0);

  /**
   * `all`: every trial by its number, of which `trials` pass the filter. Both are new arrays whenever they differ;
   * columns are told apart by their ids.
   */
  arranged(
    all: readonly Trial[],
    trials: readonly Trial[],
    columns: readonly Column[],
    sorts: readonly Sort[],
    group: string | undefined,
  ): readonly TableRow[] {
    const allKey = JSON.stringify([sorts, columns.map(({ id }) => id)]);
    const key = JSON.stringify([allKey, group]);
    if (all !== this.#all || allKey !== this.#allKey) {
      this.#all = all;
      this.#allKey = allKey;
      this.#sorted = sortTrials(all, sorts, columns, Date.now());
      const sorted = this.#sorted;
      this.#numbers = new Uint32Array(sorted.length);
      for (let row = 0; row < sorted.length; row++) this.#numbers[row] = (sorted[row] as Trial).number;
    } else if (trials === this.#trials && key === this.#key) return this.#rows;
    this.#trials = trials;
    this.#key = key;
    const sorted = this.#passing(all, trials);
    const by = columns.find(({ id }) => id === group);
    this.#rows = by
      ? groupTrials(sorted, by).flatMap((one): TableRow[] => [{ kind: 'group', ...one }, ...one.trials])
      : sorted;
    return this.#rows;
  }

  /** Sorted once, however often the filter changes: a brush being drawn changes it with every frame. */
  #passing(all: readonly Trial[], trials: readonly Trial[]): readonly Trial[] {
    if (trials.length === all.length) return this.#sorted;
    const passes = new Uint8Array(all.length);
    for (const { number } of trials) passes[number] = 1;
    const passing: Trial[] = [];
    for (const number of this.#numbers) if (passes[number] === 1) passing.push(all[number] as Trial);
    return passing;
  }
}
