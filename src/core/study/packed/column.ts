/**
 * A column of JSON values as arrays of numbers: how many trials travel as one message without being printed and read
 * as text, and how they are kept without an object each. Any list of JSON values (with non-finite numbers, and gaps)
 * goes in and comes out as it was; knows nothing of trials.
 */
import type { Json } from '../../json.js';
import { parseJson, printJson } from '../journal/line.js';

/** Plain data and typed arrays, so that it can be posted; what it says of each row depends on the kind. */
export type PackedColumn =
  /** undefined in every row. */
  | { readonly kind: 'none' }
  /** `absent`: 1 where the row is undefined; left out where none is. */
  | { readonly kind: 'numbers'; readonly numbers: Float64Array; readonly absent?: Uint8Array }
  /** ISO 8601 with milliseconds, in UTC, as milliseconds since 1970; NaN where the row is undefined. */
  | { readonly kind: 'times'; readonly ms: Float64Array }
  /** `words`: the different values as JSON (journal/line.ts), numbered from 1; 0 stands for undefined. */
  | { readonly kind: 'words'; readonly codes: Uint16Array; readonly words: string }
  /** Lists of numbers, one after another; `lengths` counts from 1, 0 stands for undefined. */
  | { readonly kind: 'lists'; readonly lengths: Uint16Array; readonly numbers: Float64Array }
  /** `shapes`: the different lists of keys, numbered from 1; 0 stands for undefined. One column for each of `names`. */
  | {
      readonly kind: 'objects';
      readonly codes: Uint16Array;
      readonly shapes: readonly (readonly string[])[];
      readonly names: readonly string[];
      readonly columns: readonly PackedColumn[];
    };

/** Rows that one column can hold: codes have 16 bits. */
export const MOST_ROWS = 1 << 15;
/** Objects with more different keys than this are not taken apart: each key is a column as long as all. */
const MOST_KEYS = 64;
/** Lists that repeat themselves are kept once each; beyond so many different ones they do not. */
const MOST_LISTS = 256;

/** @param rows at most MOST_ROWS; undefined where there is nothing. */
export function packColumn(rows: readonly (Json | undefined)[]): PackedColumn {
  let type: CellType | undefined;
  for (const row of rows) {
    if (row === undefined) continue;
    const own = typeOf(row);
    if (own !== (type ?? own)) return packWords(rows);
    type = own;
  }
  switch (type) {
    case undefined:
      return { kind: 'none' };
    case 'number':
      return packNumbers(rows as readonly (number | undefined)[]);
    case 'text':
      return packTimes(rows as readonly (string | undefined)[]) ?? packWords(rows);
    case 'numbers':
      return packLists(rows as readonly (readonly number[] | undefined)[]);
    case 'object':
      return packObjects(rows as readonly (Readonly<Record<string, Json>> | undefined)[]);
    case 'other':
      return packWords(rows);
    default:
      return type satisfies never;
  }
}

type CellType = 'number' | 'text' | 'numbers' | 'object' | 'other';

function typeOf(cell: Json): CellType {
  if (typeof cell === 'number') return 'number';
  if (typeof cell === 'string') return 'text';
  if (typeof cell !== 'object' || cell === null) return 'other';
  if (!Array.isArray(cell)) return 'object';
  for (const one of cell) if (typeof one !== 'number') return 'other';
  return 'numbers';
}

function packNumbers(rows: readonly (number | undefined)[]): PackedColumn {
  const numbers = new Float64Array(rows.length);
  let absent: Uint8Array | undefined;
  for (let row = 0; row < rows.length; row++) {
    const number = rows[row];
    if (number === undefined) {
      absent ??= new Uint8Array(rows.length);
      absent[row] = 1;
    } else numbers[row] = number;
  }
  return absent ? { kind: 'numbers', numbers, absent } : { kind: 'numbers', numbers };
}

function packTimes(rows: readonly (string | undefined)[]): PackedColumn | undefined {
  const ms = new Float64Array(rows.length);
  for (let row = 0; row < rows.length; row++) {
    const text = rows[row];
    const time = text === undefined ? Number.NaN : timeOf(text);
    if (text !== undefined && Number.isNaN(time)) return undefined;
    ms[row] = time;
  }
  return { kind: 'times', ms };
}

/** Digits stand where this has a zero. */
const ISO = '0000-00-00T00:00:00.000Z';

/** Milliseconds since 1970 where the text is what toISOString makes of them, else NaN. */
function timeOf(text: string): number {
  if (text.length !== ISO.length) return Number.NaN;
  for (let at = 0; at < ISO.length; at++) {
    const own = text.charCodeAt(at);
    const wanted = ISO.charCodeAt(at);
    if (wanted === ZERO ? own < ZERO || own > ZERO + 9 : own !== wanted) return Number.NaN;
  }
  const ms = Date.parse(text);
  // 30 February and 24 o'clock are read, too, but as another day.
  const doubtful = text.slice(8, 10) > '28' || text.slice(11, 13) > '23';
  return doubtful && !Number.isNaN(ms) && new Date(ms).toISOString() !== text ? Number.NaN : ms;
}

const ZERO = 48;

function packWords(rows: readonly (Json | undefined)[]): PackedColumn {
  const codes = new Uint16Array(rows.length);
  const words: Json[] = [];
  // By identity first, which for a text is the text: most trials share the few values they choose from.
  const known = new Map<Json, number>();
  const byText = new Map<string, number>();
  for (let row = 0; row < rows.length; row++) {
    const word = rows[row];
    if (word === undefined) continue;
    let code = known.get(word);
    if (code === undefined) {
      const text = typeof word === 'object' && word !== null ? printJson(word) : undefined;
      code = (text === undefined ? undefined : byText.get(text)) ?? words.push(word);
      known.set(word, code);
      if (text !== undefined) byText.set(text, code);
    }
    codes[row] = code;
  }
  return { kind: 'words', codes, words: printJson(words) };
}

function packLists(rows: readonly (readonly number[] | undefined)[]): PackedColumn {
  const seen = new Set<readonly number[]>();
  const different = new Set<string>();
  let count = 0;
  let longest = 0;
  for (const row of rows) {
    if (!row) continue;
    count += row.length;
    longest = Math.max(longest, row.length);
    if (different.size > MOST_LISTS || seen.has(row)) continue;
    seen.add(row);
    different.add(row.join());
  }
  if (different.size <= MOST_LISTS || longest >= 0xffff) return packWords(rows);
  const lengths = new Uint16Array(rows.length);
  const numbers = new Float64Array(count);
  let at = 0;
  for (let row = 0; row < rows.length; row++) {
    const list = rows[row];
    if (!list) continue;
    lengths[row] = list.length + 1;
    for (const number of list) numbers[at++] = number;
  }
  return { kind: 'lists', lengths, numbers };
}

interface Shape {
  readonly code: number;
  readonly names: readonly string[];
  /** Of each name, the column that is being filled. */
  readonly cells: readonly (Json | undefined)[][];
}

function hasShape(object: Readonly<Record<string, Json>>, { names }: Shape): boolean {
  let seen = 0;
  for (const name in object) if (name !== names[seen++]) return false;
  return seen === names.length;
}

function packObjects(rows: readonly (Readonly<Record<string, Json>> | undefined)[]): PackedColumn {
  const codes = new Uint16Array(rows.length);
  const shapes: Shape[] = [];
  const known = new Map<string, Shape>();
  const columns = new Map<string, (Json | undefined)[]>();
  let shape: Shape | undefined;
  for (let row = 0; row < rows.length; row++) {
    const object = rows[row];
    if (!object) continue;
    if (!shape || !hasShape(object, shape)) {
      const names = Object.keys(object);
      const key = JSON.stringify(names);
      shape = known.get(key);
      if (!shape) {
        for (const name of names) if (!columns.has(name)) columns.set(name, new Array(rows.length));
        if (columns.size > MOST_KEYS) return packWords(rows);
        shape = { code: shapes.length + 1, names, cells: names.map((name) => columns.get(name) ?? []) };
        shapes.push(shape);
        known.set(key, shape);
      }
    }
    codes[row] = shape.code;
    const { names, cells } = shape;
    for (let k = 0; k < names.length; k++)
      (cells[k] as (Json | undefined)[])[row] = object[names[k] as string];
  }
  return {
    kind: 'objects',
    codes,
    shapes: shapes.map(({ names }) => names),
    names: [...columns.keys()],
    columns: [...columns.values()].map(packColumn),
  };
}

/** Reads a packed column row by row. Equal words are the same object in all rows. */
export abstract class ColumnReader {
  abstract at(row: number): Json | undefined;

  /** The number of a row that holds one, or begins a list; else NaN. */
  numberAt(row: number): number {
    const cell = this.at(row);
    const number = Array.isArray(cell) ? cell[0] : cell;
    return typeof number === 'number' ? number : Number.NaN;
  }

  /** Of a row that holds a time as ISO 8601, the milliseconds since 1970; else NaN. */
  timeAt(row: number): number {
    const cell = this.at(row);
    return typeof cell === 'string' ? Date.parse(cell) : Number.NaN;
  }

  /** The keys of a row that holds an object: the same list for rows that have the same. */
  keysAt(_row: number): readonly string[] {
    return NO_KEYS;
  }

  /** The values under a key of objects; undefined where no row has it. */
  under(_name: string): ColumnReader | undefined {
    return undefined;
  }
}

const NO_KEYS: readonly string[] = [];

/** @throws SyntaxError when the words are not what packColumn wrote. */
export function readColumn(column: PackedColumn): ColumnReader {
  switch (column.kind) {
    case 'none':
      return NOTHING;
    case 'numbers':
      return new NumbersReader(column.numbers, column.absent);
    case 'times':
      return new TimesReader(column.ms);
    case 'words':
      return new WordsReader(column.codes, parseJson(column.words) as readonly Json[]);
    case 'lists':
      return new ListsReader(column.lengths, column.numbers);
    case 'objects':
      return new ObjectsReader(
        column.codes,
        column.shapes,
        new Map(column.names.map((name, index) => [name, readColumn(column.columns[index] as PackedColumn)])),
      );
    default:
      return column satisfies never;
  }
}

class NothingReader extends ColumnReader {
  at(): undefined {
    return undefined;
  }
}

const NOTHING = new NothingReader();

class NumbersReader extends ColumnReader {
  constructor(
    private readonly numbers: Float64Array,
    private readonly absent: Uint8Array | undefined,
  ) {
    super();
  }

  at(row: number): number | undefined {
    return this.absent?.[row] === 1 ? undefined : this.numbers[row];
  }

  override numberAt(row: number): number {
    return this.absent?.[row] === 1 ? Number.NaN : (this.numbers[row] as number);
  }
}

class TimesReader extends ColumnReader {
  constructor(private readonly ms: Float64Array) {
    super();
  }

  at(row: number): string | undefined {
    const ms = this.ms[row] as number;
    return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
  }

  override timeAt(row: number): number {
    return this.ms[row] as number;
  }
}

class WordsReader extends ColumnReader {
  constructor(
    private readonly codes: Uint16Array,
    private readonly words: readonly (Json | undefined)[],
  ) {
    super();
  }

  at(row: number): Json | undefined {
    return this.words[(this.codes[row] as number) - 1];
  }

  override keysAt(row: number): readonly string[] {
    return Object.keys(this.at(row) ?? {});
  }

  override under(name: string): ColumnReader {
    return new WordsReader(
      this.codes,
      this.words.map((word) => memberOf(word, name)),
    );
  }
}

const memberOf = (word: Json | undefined, name: string): Json | undefined =>
  typeof word === 'object' && word !== null && !Array.isArray(word)
    ? (word as Readonly<Record<string, Json>>)[name]
    : undefined;

class ListsReader extends ColumnReader {
  readonly #starts: Uint32Array;

  constructor(
    private readonly lengths: Uint16Array,
    private readonly numbers: Float64Array,
  ) {
    super();
    this.#starts = new Uint32Array(lengths.length);
    let at = 0;
    for (let row = 0; row < lengths.length; row++) {
      this.#starts[row] = at;
      at += Math.max(0, (lengths[row] as number) - 1);
    }
  }

  at(row: number): readonly number[] | undefined {
    const length = (this.lengths[row] as number) - 1;
    if (length < 0) return undefined;
    const from = this.#starts[row] as number;
    return Array.from(this.numbers.subarray(from, from + length));
  }

  override numberAt(row: number): number {
    const filled = (this.lengths[row] as number) > 1;
    return filled ? (this.numbers[this.#starts[row] as number] as number) : Number.NaN;
  }
}

class ObjectsReader extends ColumnReader {
  readonly #codes: Uint16Array;
  readonly #keys: readonly (readonly string[])[];
  readonly #shapes: readonly (readonly (readonly [string, ColumnReader])[])[];
  readonly #columns: ReadonlyMap<string, ColumnReader>;

  constructor(
    codes: Uint16Array,
    shapes: readonly (readonly string[])[],
    columns: ReadonlyMap<string, ColumnReader>,
  ) {
    super();
    this.#codes = codes;
    this.#keys = shapes;
    this.#columns = columns;
    this.#shapes = shapes.map((names) => names.map((name) => [name, columns.get(name) ?? NOTHING] as const));
  }

  at(row: number): Readonly<Record<string, Json>> | undefined {
    const shape = this.#shapes[(this.#codes[row] as number) - 1];
    if (!shape) return undefined;
    const object: Record<string, Json> = {};
    for (const [name, column] of shape) object[name] = column.at(row) as Json;
    return object;
  }

  override keysAt(row: number): readonly string[] {
    return this.#keys[(this.#codes[row] as number) - 1] ?? NO_KEYS;
  }

  override under(name: string): ColumnReader | undefined {
    return this.#columns.get(name);
  }
}
