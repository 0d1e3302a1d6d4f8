/**
 * JSON lines (one object a line, also gzipped) as a table. Lists and objects inside are spread into columns such as
 * `pixels.0` and `address.city`; a key that some lines lack is missing there.
 */
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { FatalTrainingError } from '../../fatal-error.js';
import { streamBytes } from './bytes.js';
import type { Cell, Row, TableSource } from './source.js';

const ROWS_PER_CHUNK = 4096;

function spread(value: unknown, name: string, into: Map<string, Cell>): void {
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) spread(inner, name ? `${name}.${key}` : key, into);
  } else {
    into.set(name, (value ?? null) as Cell);
  }
}

async function* objects(
  path: string,
): AsyncGenerator<{ readonly cells: ReadonlyMap<string, Cell>; readonly line: number }> {
  const input = await streamBytes(path);
  let line = 0;
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line++;
      if (text.trim() === '') continue;
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch (error) {
        throw new FatalTrainingError(
          `${basename(path)}:${line}: ${(error as Error).message}. Each line must be a JSON object.`,
        );
      }
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        throw new FatalTrainingError(
          `${basename(path)}:${line}: this is no JSON object, such as {"size": 3, "label": "cat"}.`,
        );
      }
      const cells = new Map<string, Cell>();
      spread(value, '', cells);
      yield { cells, line };
    }
  } finally {
    input.destroy();
  }
}

/** Reads the file once for the names of its columns, in the order in which they first occur. */
export async function openJsonLines(path: string): Promise<TableSource> {
  const names = new Set<string>();
  for await (const { cells } of objects(path)) for (const name of cells.keys()) names.add(name);
  const ordered = [...names];
  return {
    kind: 'table',
    file: basename(path),
    names: ordered,
    async *rows() {
      let rows: Row[] = [];
      for await (const { cells, line } of objects(path)) {
        rows.push({ cells: ordered.map((name) => cells.get(name) ?? null), line });
        if (rows.length < ROWS_PER_CHUNK) continue;
        yield rows;
        rows = [];
      }
      if (rows.length > 0) yield rows;
    },
  };
}
