import { mkdir } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { encode as encodePng } from 'fast-png';
import { strToU8, zipSync } from 'fflate';
import { encode as encodeJpeg } from 'jpeg-js';
import { beforeAll, describe, expect, it } from 'vitest';
import { dataFiles, inputsOf } from './support/data-files.js';

const { path, file, dataset, failure } = dataFiles();

/** An .npy file, version 1. */
function npy(descriptor: string, shape: readonly number[], bytes: Uint8Array, fortran = false): Uint8Array {
  const text = `{'descr': '${descriptor}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${shape.join(', ')},), }`;
  const header = strToU8(`${text.padEnd(64 * Math.ceil((text.length + 11) / 64) - 11)}\n`);
  return Uint8Array.from([
    0x93,
    ...strToU8('NUMPY'),
    1,
    0,
    header.length & 255,
    header.length >> 8,
    ...header,
    ...bytes,
  ]);
}
const bytesOf = (values: Float32Array | Float64Array | Int32Array | BigInt64Array): Uint8Array =>
  new Uint8Array(values.buffer);

describe('arrays', () => {
  const values = Float32Array.from({ length: 24 }, (_, i) => i);
  const labels = npy('<i8', [4], bytesOf(BigInt64Array.of(0n, 1n, 0n, 1n)));

  it('come from .npy files of any order, endianness and type', async () => {
    await file('y.npy', labels);
    await file('x.npy', npy('<f4', [4, 2, 3], bytesOf(values)));
    const data = await dataset({ npy: 'x.npy', labels: 'y.npy' });
    expect(data).toMatchObject({ shape: [2, 3], rowSize: 6, classes: ['0', '1'] });
    expect(data.train.inputs).toEqual(values);

    const big = Buffer.alloc(24 * 4);
    for (const [i, value] of values.entries()) big.writeFloatBE(value, 4 * i);
    await file('big.npy', npy('>f4', [4, 2, 3], big));
    expect((await dataset({ npy: 'big.npy', labels: 'y.npy' })).train.inputs).toEqual(values);

    // [4, 6] with its columns one after another.
    const columns = Float64Array.from({ length: 24 }, (_, k) => values[(k % 4) * 6 + Math.floor(k / 4)]!);
    await file('fortran.npy', npy('<f8', [4, 6], bytesOf(columns), true));
    expect((await dataset({ npy: 'fortran.npy', labels: 'y.npy' })).train.inputs).toEqual(values);
    await file('half.npy', npy('<f2', [4, 1], Uint8Array.of(0, 0x3c, 0, 0xc0, 0, 0x38, 1, 0)));
    expect([...(await dataset({ npy: 'half.npy', labels: 'y.npy' })).train.inputs]).toEqual([
      1,
      -2,
      0.5,
      2 ** -24,
    ]);
  });

  it('come from an .npz archive by name, with texts as classes', async () => {
    const names = Int32Array.from(
      ['on', 'no', 'on', 'no'].flatMap((word) => [...word].map((c) => c.codePointAt(0)!)),
    );
    await file(
      'both.npz',
      zipSync({ 'x.npy': npy('<f4', [4, 6], bytesOf(values)), 'kind.npy': npy('<U2', [4], bytesOf(names)) }),
    );
    const data = await dataset({ npz: 'both.npz', target: 'kind', standardize: true });
    expect(data.classes).toEqual(['no', 'on']);
    expect(inputsOf(data.train, 0, data)[0]).toBeCloseTo(-9 / Math.sqrt(45), 6);
    expect(await failure({ npz: 'both.npz' })).toMatch(/no array "y".*Arrays: x, kind/);
  });

  it('come from gzipped IDX files, images with a channel and between 0 and 1', async () => {
    const images = Uint8Array.from([
      0,
      0,
      8,
      3,
      0,
      0,
      0,
      4,
      0,
      0,
      0,
      2,
      0,
      0,
      0,
      2,
      ...Array.from({ length: 16 }, (_, i) => i * 17),
    ]);
    await file('images-idx3-ubyte.gz', gzipSync(images));
    await file('labels-idx1-ubyte', Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 4, 7, 9, 9, 7]));
    const data = await dataset({ idx: 'images-idx3-ubyte.gz', labels: 'labels-idx1-ubyte' });
    expect(data).toMatchObject({ shape: [2, 2, 1], classes: ['7', '9'] });
    expect(data.train.inputs[15]).toBe(1);
    expect([...data.train.labels]).toEqual([0, 1, 1, 0]);
    expect(await failure({ idx: 'labels-idx1-ubyte', labels: 'images-idx3-ubyte.gz' })).toMatch(
      /4 examples, but there are 16 labels/,
    );
  });

  it('say what they are not', async () => {
    await file('not.npy', 'x,y\n1,2\n');
    await file('y.npy', labels);
    expect(await failure({ npy: 'not.npy', labels: 'y.npy' })).toBe('not.npy is no NumPy array (.npy).');
    await file('objects.npy', npy('|O', [4], new Uint8Array(4)));
    expect(await failure({ npy: 'objects.npy', labels: 'y.npy' })).toMatch(/Python objects/);
  });
});

describe('a folder of images', () => {
  const rgb = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255];
  beforeAll(async () => {
    await file(
      'pictures/cat/1.png',
      encodePng({ width: 2, height: 2, channels: 3, data: Uint8Array.from(rgb) }),
    );
    await file(
      'pictures/cat/2.png',
      encodePng({ width: 4, height: 4, channels: 1, data: new Uint8Array(16).fill(51) }),
    );
    const grey = Buffer.alloc(8 * 8 * 4, 128);
    await file('pictures/dog/a.jpg', encodeJpeg({ width: 8, height: 8, data: grey }, 95).data);
    await file('pictures/dog/b.JPEG', encodeJpeg({ width: 8, height: 8, data: grey }, 95).data);
    await file('pictures/notes.txt', 'ignored');
  });

  it('is a class per folder, PNG and JPEG, at one size, between 0 and 1', async () => {
    const data = await dataset({ images: 'pictures' });
    expect(data).toMatchObject({ shape: [2, 2, 3], classes: ['cat', 'dog'] });
    expect(inputsOf(data.train, 0, data)).toEqual(rgb.map((value) => value / 255));
    expect(inputsOf(data.train, 1, data)[0]).toBeCloseTo(0.2, 6);
    expect(inputsOf(data.train, 2, data)[0]).toBeCloseTo(128 / 255, 1);
    expect([...data.train.labels]).toEqual([0, 0, 1, 1]);
  });

  it('can be brought to another size and to grey', async () => {
    const data = await dataset({ images: 'pictures', size: [1, 1], channels: 1 });
    expect(data.shape).toEqual([1, 1, 1]);
    const mean = (0.299 + 0.587 + 0.114 + 1) / 4;
    expect(inputsOf(data.train, 0, data)[0]).toBeCloseTo(mean, 5);
  });

  it('names the image that cannot be read', async () => {
    await file('broken/cat/1.png', 'no picture');
    await file('broken/dog/1.png', 'no picture');
    expect(await failure({ images: 'broken' })).toMatch(/cat.1\.png: this image cannot be read/);
    await mkdir(path('none'), { recursive: true });
    expect(await failure({ images: 'none' })).toMatch(/one folder per class, such as none\/cat\/1\.png/);
  });
});
