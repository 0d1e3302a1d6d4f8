/** What readers of files give, before anything is fitted or split: tables row by row, or arrays whole. */

export type Cell = string | number | boolean | null;

export interface Row {
  readonly cells: readonly Cell[];
  /** From 1, in the file: what an error names. */
  readonly line: number;
}

/** A table that can be gone through any number of times, always in the same order. */
export interface TableSource {
  readonly kind: 'table';
  /** For errors. */
  readonly file: string;
  readonly names: readonly string[];
  rows(): AsyncIterable<readonly Row[]>;
}

/** Examples of one shape with a label or number each. */
export interface ArraySource {
  readonly kind: 'arrays';
  readonly file: string;
  readonly rows: number;
  /** Of one example. */
  readonly shape: readonly number[];
  readonly values: Numbers;
  readonly targets: readonly (string | number)[];
  /** What to divide by where the config does not say: 255 for images. */
  readonly scale: number;
}

export type Numbers =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

const MISSING = new Set(['', '?', 'na', 'n/a', 'nan', 'null', 'none']);

export const isMissing = (cell: Cell): boolean =>
  cell === null || (typeof cell === 'string' ? MISSING.has(cell.trim().toLowerCase()) : Number.isNaN(cell));

/** NaN for texts, those of spaces alone included, which JavaScript takes for 0. */
export const numberOf = (cell: Cell): number => {
  const isBlank = cell === null || (typeof cell === 'string' && cell.trim() === '');
  const value = isBlank ? Number.NaN : Number(cell);
  return Number.isFinite(value) ? value : Number.NaN;
};
