/** Parquet files as a table, read by hyparquet row group by row group. */
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { FatalTrainingError } from '../../fatal-error.js';
import type { Cell, Row, TableSource } from './source.js';

const ROWS_PER_CHUNK = 8192;

function toCell(value: unknown): Cell {
  switch (typeof value) {
    case 'number':
    case 'boolean':
    case 'string':
      return value;
    case 'bigint':
      return Number(value);
    case 'undefined':
      return null;
    default:
      if (value === null) return null;
      if (value instanceof Date) return value.getTime();
      throw new TypeError('nested');
  }
}

/** Reads through a file handle of its own each time, so that nothing stays open between passes. */
async function withBuffer<T>(path: string, work: (buffer: AsyncBuffer) => Promise<T>): Promise<T> {
  const handle = await open(path);
  try {
    const { size: byteLength } = await handle.stat();
    return await work({
      byteLength,
      slice: async (start, end = byteLength) => {
        const bytes = new Uint8Array(end - start);
        await handle.read(bytes, 0, bytes.length, start);
        return bytes.buffer;
      },
    });
  } finally {
    await handle.close();
  }
}

export async function openParquet(path: string): Promise<TableSource> {
  const file = basename(path);
  const { names, total } = await withBuffer(path, async (buffer) => {
    const metadata = await parquetMetadataAsync(buffer);
    const [root, ...elements] = metadata.schema;
    const nested = elements.find(({ num_children: children }) => children !== undefined && children > 0);
    if (nested || elements.length !== root?.num_children) {
      throw new FatalTrainingError(
        `${file}: column "${nested?.name}" holds lists or structures. Write it with one value per column.`,
      );
    }
    return { names: elements.map(({ name }) => name), total: Number(metadata.num_rows) };
  });
  const toRow = (object: Record<string, unknown>, line: number): Row => ({
    line,
    cells: names.map((name) => {
      try {
        return toCell(object[name]);
      } catch {
        throw new FatalTrainingError(
          `${file}: column "${name}" holds lists or structures. List it under data.ignore, or write one value per column.`,
        );
      }
    }),
  });
  return {
    kind: 'table',
    file,
    names,
    async *rows() {
      for (let from = 0; from < total; from += ROWS_PER_CHUNK) {
        const objects = await withBuffer(path, (buffer) =>
          parquetReadObjects({
            file: buffer,
            compressors,
            rowStart: from,
            rowEnd: Math.min(total, from + ROWS_PER_CHUNK),
          }),
        );
        yield objects.map((object, i) => toRow(object, from + i + 1));
      }
    },
  };
}
