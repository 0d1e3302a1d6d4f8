/** IDX files, the format of MNIST and its relatives (Y. LeCun, "The MNIST database of handwritten digits"), also gzipped. */
import { basename } from 'node:path';
import { FatalTrainingError } from '../../fatal-error.js';
import { readBytes } from './bytes.js';
import type { Numbers } from './source.js';

const READERS: Readonly<
  Record<number, { bytes: number; create: (n: number) => Numbers; read: (v: DataView, o: number) => number }>
> = {
  8: { bytes: 1, create: (n) => new Uint8Array(n), read: (v, o) => v.getUint8(o) },
  9: { bytes: 1, create: (n) => new Int8Array(n), read: (v, o) => v.getInt8(o) },
  11: { bytes: 2, create: (n) => new Int16Array(n), read: (v, o) => v.getInt16(o) },
  12: { bytes: 4, create: (n) => new Int32Array(n), read: (v, o) => v.getInt32(o) },
  13: { bytes: 4, create: (n) => new Float32Array(n), read: (v, o) => v.getFloat32(o) },
  14: { bytes: 8, create: (n) => new Float64Array(n), read: (v, o) => v.getFloat64(o) },
};

/** Big endian throughout: two zeros, type, number of dimensions, the dimensions, the data in C order. */
export async function readIdx(
  path: string,
): Promise<{ readonly shape: readonly number[]; readonly values: Numbers }> {
  const bytes = await readBytes(path);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = READERS[bytes[2] ?? 0];
  const dimensions = bytes[3] ?? 0;
  if (bytes.length < 4 + 4 * dimensions || view.getUint16(0) !== 0 || !type) {
    throw new FatalTrainingError(`${basename(path)} is no IDX file, such as train-images-idx3-ubyte.`);
  }
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const count = shape.reduce((a, b) => a * b, 1);
  const start = 4 + 4 * dimensions;
  if (bytes.length < start + count * type.bytes)
    throw new FatalTrainingError(`${basename(path)} is cut short.`);
  const values = type.create(count);
  for (let i = 0; i < count; i++) values[i] = type.read(view, start + i * type.bytes);
  return { shape, values };
}
