/**
 * A checkpoint as one file in the safetensors format (a JSON header with each array's type, shape and place, then the
 * numbers), which Python reads too. Written whole or not at all.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseJson, printJson } from '../../../core/study/journal/line.js';
import { writeWhole } from '../../write-whole.js';

export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

export interface CheckpointFile {
  /** What is no array; non-finite numbers are kept. */
  readonly notes: unknown;
  readonly arrays: readonly NamedArray[];
}

interface Entry {
  readonly dtype: 'F32' | 'I32';
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Bytes of the header's length. */
const LENGTH = 8;
const NOTES = 'sweetspot';

export async function writeCheckpoint(path: string, { notes, arrays }: CheckpointFile): Promise<void> {
  let at = 0;
  const entries = arrays.map(({ name, shape, values }): [string, Entry] => {
    const dtype = values instanceof Float32Array ? 'F32' : 'I32';
    const begin = at;
    at += values.byteLength;
    return [name, { dtype, shape, data_offsets: [begin, at] }];
  });
  const text = JSON.stringify({
    __metadata__: { [NOTES]: printJson(notes) },
    ...Object.fromEntries(entries),
  });
  // Numbers begin at a multiple of eight bytes.
  const header = Buffer.from(text.padEnd(text.length + ((8 - (Buffer.byteLength(text) % 8)) % 8)));
  const length = Buffer.alloc(LENGTH);
  length.writeBigUInt64LE(BigInt(header.length));
  await mkdir(dirname(path), { recursive: true });
  const numbers = arrays.map(
    ({ values }) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  );
  await writeWhole(path, [length, header, ...numbers]);
}

/** Undefined where there is none, or it cannot be read: then the training begins anew. */
export async function readCheckpoint(path: string): Promise<CheckpointFile | undefined> {
  try {
    const bytes = await readFile(path);
    const start = LENGTH + Number(bytes.readBigUInt64LE());
    const header = JSON.parse(bytes.subarray(LENGTH, start).toString());
    const { __metadata__: metadata, ...entries } = header as {
      __metadata__: Record<string, string>;
    } & Record<string, Entry>;
    const arrays = Object.entries(entries as Record<string, Entry>).map(
      ([name, { dtype, shape, data_offsets }]) => {
        const [begin, end] = data_offsets;
        if (start + end > bytes.length) throw new RangeError('cut short');
        const own = new Uint8Array(bytes.subarray(start + begin, start + end)).buffer;
        return { name, shape, values: dtype === 'F32' ? new Float32Array(own) : new Int32Array(own) };
      },
    );
    return { notes: parseJson(metadata[NOTES] ?? 'null'), arrays };
  } catch {
    return undefined;
  }
}
