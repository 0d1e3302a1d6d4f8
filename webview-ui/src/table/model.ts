/** The trials as rows in the order of a sort: TanStack Table over the columns of core/study/table.ts. Draws nothing. */
import {
  type ColumnDef,
  createTable,
  getCoreRowModel,
  getSortedRowModel,
  type Row,
  type Table,
} from '@tanstack/table-core';
import { type Column, naturalOrder, type Sort, sortKey } from '../../../src/core/study/table.js';
import type { Trial } from '../../../src/core/study/trial.js';

const compare = (a: unknown, b: unknown): number => {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === typeof b) return String(a).localeCompare(String(b), undefined, { numeric: true });
  return typeof a === 'number' ? -1 : 1;
};

const definition = (column: Column): ColumnDef<Trial> => ({
  id: column.id,
  accessorFn: (trial) => sortKey(trial, column, Date.now()),
  sortingFn: (a: Row<Trial>, b: Row<Trial>, id) => compare(a.getValue(id), b.getValue(id)),
  sortUndefined: 'last',
});

export class TrialRows {
  readonly #table: Table<Trial>;
  #columns: readonly Column[] = [];
  #trials: readonly Trial[] = [];
  #definitions: ColumnDef<Trial>[] = [];
  #data: Trial[] = [];

  constructor() {
    this.#table = createTable<Trial>({
      data: [],
      columns: [],
      state: {},
      onStateChange: () => {},
      renderFallbackValue: null,
      getCoreRowModel: getCoreRowModel(),
      getSortedRowModel: getSortedRowModel(),
    });
  }

  /** The trials of this view in the order of `sort`. Work is done only for what has changed since the last call. */
  sorted(trials: readonly Trial[], columns: readonly Column[], sort: Sort): readonly Trial[] {
    if (trials !== this.#trials) {
      this.#trials = trials;
      this.#data = [...naturalOrder(trials)];
    }
    const ids = (list: readonly Column[]): string => list.map(({ id }) => id).join('\n');
    if (ids(columns) !== ids(this.#columns)) {
      this.#columns = columns;
      this.#definitions = columns.map(definition);
    }
    const known = columns.some(({ id }) => id === sort.column);
    this.#table.setOptions((previous) => ({
      ...previous,
      data: this.#data,
      columns: this.#definitions,
      state: {
        ...this.#table.initialState,
        sorting: known ? [{ id: sort.column, desc: sort.descending }] : [],
      },
    }));
    return this.#table.getSortedRowModel().rows.map((row) => row.original);
  }
}
