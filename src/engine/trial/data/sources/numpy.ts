/**
 * NumPy's .npy and .npz files. Format: "NumPy Enhancement Proposal 1", versions 1 to 3; little and big endian numbers
 * and booleans, in C or Fortran order, and fixed-width texts as labels. No Python objects: those would run code.
 */
import { basename } from 'node:path';
import { unzipSync } from 'fflate';
import { didYouMean } from '../../../../core/annotation/nearest.js';
import { FatalTrainingError } from '../../fatal-error.js';
import { readBytes } from './bytes.js';
import type { Numbers } from './source.js';

export interface NumpyArray {
  readonly shape: readonly number[];
  readonly values: Numbers | readonly string[];
}

type Reader = (view: DataView, offset: number, little: boolean) => number;

interface Type {
  readonly bytes: number;
  readonly create: (length: number) => Numbers;
  readonly read: Reader;
}

const TYPES: Readonly<Record<string, Type>> = {
  b1: { bytes: 1, create: (n) => new Uint8Array(n), read: (v, o) => v.getUint8(o) },
  u1: { bytes: 1, create: (n) => new Uint8Array(n), read: (v, o) => v.getUint8(o) },
  i1: { bytes: 1, create: (n) => new Int8Array(n), read: (v, o) => v.getInt8(o) },
  u2: { bytes: 2, create: (n) => new Uint16Array(n), read: (v, o, l) => v.getUint16(o, l) },
  i2: { bytes: 2, create: (n) => new Int16Array(n), read: (v, o, l) => v.getInt16(o, l) },
  u4: { bytes: 4, create: (n) => new Uint32Array(n), read: (v, o, l) => v.getUint32(o, l) },
  i4: { bytes: 4, create: (n) => new Int32Array(n), read: (v, o, l) => v.getInt32(o, l) },
  u8: { bytes: 8, create: (n) => new Float64Array(n), read: (v, o, l) => Number(v.getBigUint64(o, l)) },
  i8: { bytes: 8, create: (n) => new Float64Array(n), read: (v, o, l) => Number(v.getBigInt64(o, l)) },
  f2: { bytes: 2, create: (n) => new Float32Array(n), read: (v, o, l) => halfToNumber(v.getUint16(o, l)) },
  f4: { bytes: 4, create: (n) => new Float32Array(n), read: (v, o, l) => v.getFloat32(o, l) },
  f8: { bytes: 8, create: (n) => new Float64Array(n), read: (v, o, l) => v.getFloat64(o, l) },
};

/** IEEE 754 half precision. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Where each element, by its place in C order, lies in Fortran order. */
function fortranOrder(shape: readonly number[]): (i: number) => number {
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((a, b) => a * b, 1));
  return (i) => {
    let rest = i;
    let index = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index += (rest % shape[axis]!) * strides[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return index;
  };
}

/** @throws FatalTrainingError where `bytes` are no such array; `file` is named in it. */
function parseNpy(bytes: Uint8Array, file: string): NumpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || view.getUint32(0) !== 0x934e554d || view.getUint16(4) !== 0x5059) {
    throw new FatalTrainingError(`${file} is no NumPy array (.npy).`);
  }
  const wide = bytes[6]! >= 2;
  const start = wide ? 12 : 10;
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  const header = new TextDecoder().decode(bytes.subarray(start, start + length));
  const descriptor = /'descr':\s*'([<>|=]?)([a-zA-Z])(\d+)'/.exec(header);
  const shape = /'shape':\s*\(([^)]*)\)/
    .exec(header)?.[1]
    ?.split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  if (!descriptor || !shape) {
    throw new FatalTrainingError(
      `${file} holds Python objects or records. Save numbers or texts: np.save(path, array.astype('float32')).`,
    );
  }
  const [, order, letter = '', digits = '0'] = descriptor;
  const little = order !== '>';
  const count = shape.reduce((a, b) => a * b, 1);
  const fortran = /'fortran_order':\s*True/.test(header) && shape.length > 1;
  const at = fortran ? fortranOrder(shape) : (i: number): number => i;
  const data = start + length;
  const width = letter === 'U' ? 4 * Number(digits) : Number(digits);
  if (data + count * width > bytes.length) throw new FatalTrainingError(`${file} is cut short.`);

  if (letter === 'U' || letter === 'S') {
    const values = Array.from({ length: count }, (_, i) => {
      const offset = data + at(i) * width;
      const points = Array.from({ length: Number(digits) }, (_, k) =>
        letter === 'U' ? view.getUint32(offset + 4 * k, little) : view.getUint8(offset + k),
      );
      return String.fromCodePoint(...points.filter((point) => point > 0));
    });
    return { shape, values };
  }
  const type = TYPES[letter + digits];
  if (!type) {
    throw new FatalTrainingError(
      `${file} holds numbers of type ${letter}${digits}, which cannot be read. Save them as float32.`,
    );
  }
  const values = type.create(count);
  for (let i = 0; i < count; i++) values[i] = type.read(view, data + at(i) * type.bytes, little);
  return { shape, values };
}

export const readNpy = async (path: string): Promise<NumpyArray> =>
  parseNpy(await readBytes(path), basename(path));

/** One array of an .npz archive by its name. */
export async function readNpz(path: string, names: readonly string[]): Promise<readonly NumpyArray[]> {
  const file = basename(path);
  const wanted = new Set(names.map((name) => `${name}.npy`));
  const seen: string[] = [];
  let entries: Readonly<Record<string, Uint8Array>>;
  try {
    entries = unzipSync(await readBytes(path), {
      filter: ({ name }) => {
        seen.push(name.replace(/\.npy$/, ''));
        return wanted.has(name);
      },
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code) throw error;
    throw new FatalTrainingError(`${file} is no NumPy archive (.npz): ${(error as Error).message}.`);
  }
  return names.map((name) => {
    const bytes = entries[`${name}.npy`];
    if (bytes) return parseNpy(bytes, `${file}, array "${name}"`);
    throw new FatalTrainingError(
      `${file} has no array "${name}".${didYouMean(name, seen)} Arrays: ${seen.join(', ')}. Name the inputs with data.inputs and the labels with data.target.`,
    );
  });
}
