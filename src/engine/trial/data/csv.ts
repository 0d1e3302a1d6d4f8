/**
 * Reads a CSV file (also gzipped) into columns of numbers or categories. What the columns mean for a model is
 * dataset.ts. Errors name file, line and column.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse/sync';
import { FatalTrainingError } from '../fatal-error.js';

export type Column =
  | { readonly kind: 'numbers'; readonly name: string; readonly values: Float64Array }
  | { readonly kind: 'categories'; readonly name: string; readonly values: readonly string[] };

export interface Table {
  readonly rows: number;
  readonly columns: readonly Column[];
}

const MISSING = new Set(['', '?', 'na', 'n/a', 'nan', 'null', 'none']);
/** More different texts than this in one column are names or free text, not categories. */
const MAX_CATEGORIES = 1000;

interface Row {
  readonly cells: readonly string[];
  readonly line: number;
}

/** The separator that splits the header line most often. */
function separatorOf(text: string): string {
  const header = text.slice(0, text.search(/\r?\n|$/));
  const counted = [',', ';', '\t'].map((separator) => ({ separator, count: header.split(separator).length }));
  return counted.reduce((best, next) => (next.count > best.count ? next : best)).separator;
}

function parseRecords(text: string, file: string): readonly Row[] {
  try {
    const records: Row[] = [];
    parse(text, {
      delimiter: separatorOf(text),
      bom: true,
      trim: true,
      skip_empty_lines: true,
      on_record: (cells: string[], { lines }) => {
        records.push({ cells, line: lines });
        return null;
      },
    });
    return records;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new FatalTrainingError(
      `${file}: ${error.message}. Correct that line; all rows need the header's columns.`,
    );
  }
}

function toColumn(name: string, index: number, records: readonly Row[], file: string): Column {
  const numbers = new Float64Array(records.length);
  let numeric = 0;
  let firstText: Row | undefined;
  for (const [row, record] of records.entries()) {
    const cell = record.cells[index]!;
    if (MISSING.has(cell.toLowerCase())) {
      throw new FatalTrainingError(
        `${file}:${record.line}: column "${name}" has no value ("${cell}"). Fill it in or remove the row.`,
      );
    }
    const value = Number(cell);
    numbers[row] = value;
    if (Number.isFinite(value)) numeric++;
    else firstText ??= record;
  }
  if (!firstText) return { kind: 'numbers', name, values: numbers };
  if (numeric >= records.length * 0.9) {
    throw new FatalTrainingError(
      `${file}:${firstText.line}: column "${name}" holds numbers, but here "${firstText.cells[index]}". Correct it or remove the row.`,
    );
  }
  return { kind: 'categories', name, values: records.map((record) => record.cells[index]!) };
}

/** Sorted different values of a column of categories. Throws where there are too many to be categories. */
export function categoriesOf(name: string, values: readonly string[], file: string): readonly string[] {
  const categories = [...new Set(values)].sort();
  if (categories.length > MAX_CATEGORIES) {
    throw new FatalTrainingError(
      `${basename(file)}: column "${name}" has ${categories.length} different texts: a name or free text rather than a category. Remove the column.`,
    );
  }
  return categories;
}

/** @throws FatalTrainingError for a table that cannot be trained on; the file system's error where it cannot be read. */
export async function readCsv(path: string): Promise<Table> {
  const file = basename(path);
  const bytes = await readFile(path);
  const isGzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const [header, ...records] = parseRecords(
    (isGzipped ? await promisify(gunzip)(bytes) : bytes).toString(),
    file,
  );
  if (!header || records.length === 0) {
    throw new FatalTrainingError(`${file}: there are no rows below the header line.`);
  }
  const twice = header.cells.find((name, i) => header.cells.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new FatalTrainingError(
      `${file}:1: two columns are named "${twice}". Every column needs its own name.`,
    );
  }
  return {
    rows: records.length,
    columns: header.cells.map((name, index) => toColumn(name, index, records, file)),
  };
}
