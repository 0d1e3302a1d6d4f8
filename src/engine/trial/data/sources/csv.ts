/** CSV and TSV files, also gzipped, as a table of texts. Errors name file and line. */
import { basename } from 'node:path';
import { CsvError, parse } from 'csv-parse';
import { FatalTrainingError } from '../../fatal-error.js';
import { streamBytes } from './bytes.js';
import type { Row, TableSource } from './source.js';

const ROWS_PER_CHUNK = 4096;

/** A number as most of Europe writes it, where the comma separates no columns. */
const DECIMAL_COMMA = /^[-+]?\d*,\d+(?:[eE][-+]?\d+)?$/;

/** The separator that splits the header line most often. */
function separatorOf(header: string): string {
  const counted = [',', ';', '\t'].map((separator) => ({ separator, count: header.split(separator).length }));
  return counted.reduce((best, next) => (next.count > best.count ? next : best)).separator;
}

async function firstLine(path: string): Promise<string> {
  const stream = await streamBytes(path);
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
    if (/\n/.test(text)) break;
  }
  stream.destroy();
  return text.slice(0, text.search(/\r?\n|$/));
}

async function* records(path: string, delimiter: string): AsyncGenerator<readonly Row[]> {
  const file = basename(path);
  const parser = parse({
    delimiter,
    bom: true,
    trim: true,
    skip_empty_lines: true,
    info: true,
    cast: delimiter === ',' ? false : (cell) => (DECIMAL_COMMA.test(cell) ? cell.replace(',', '.') : cell),
  });
  const stream = await streamBytes(path);
  stream.on('error', (error) => parser.destroy(error));
  stream.pipe(parser);
  let rows: Row[] = [];
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      rows.push({ cells: record, line: info.lines });
      if (rows.length < ROWS_PER_CHUNK) continue;
      yield rows;
      rows = [];
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new FatalTrainingError(
      `${file}: ${error.message}. Correct that line; all rows need the header's columns.`,
    );
  } finally {
    stream.destroy();
  }
  if (rows.length > 0) yield rows;
}

/** @throws FatalTrainingError for a header that cannot be used; the file system's error where it cannot be read. */
export async function openCsv(path: string): Promise<TableSource> {
  const file = basename(path);
  const delimiter = separatorOf(await firstLine(path));
  let header: Row | undefined;
  for await (const [first] of records(path, delimiter)) {
    header = first;
    break;
  }
  const names = (header?.cells ?? []).map(String);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new FatalTrainingError(
      `${file}:1: two columns are named "${twice}". Every column needs its own name.`,
    );
  }
  return {
    kind: 'table',
    file,
    names,
    async *rows() {
      let isFirst = true;
      for await (const rows of records(path, delimiter)) {
        yield isFirst ? rows.slice(1) : rows;
        isFirst = false;
      }
    },
  };
}
