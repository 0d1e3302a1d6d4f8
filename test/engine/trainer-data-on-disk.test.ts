/** Tables that are encoded to disk: the same numbers as in memory, and nobody in another's way. */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/engine/trial/data/dataset.js';
import { trainDeclarative } from '../../src/engine/trial/declarative/declarative.js';
import { dataFiles, table } from './support/data-files.js';
import { rehearse } from './support/rehearsal.js';

const { path, file, load, dataset } = dataFiles();

describe('a table larger than memory', () => {
  it('gives the same numbers from disk as from memory, and is encoded once', async () => {
    await file('large.csv', table(300));
    const common = { csv: 'large.csv', target: 'y', validation: 0.2, standardize: true };
    const inMemory = await dataset(common);
    const onDisk = await dataset({ ...common, stream: true });
    expect(onDisk.train).toMatchObject({
      isOnDisk: true,
      rows: inMemory.train.rows,
      labels: inMemory.train.labels,
    });
    const wanted = Uint32Array.of(7, 8, 9, 200, 0);
    const gathered = (data: Dataset): Float32Array[] => {
      const x = new Float32Array(5 * data.rowSize);
      const y = new Float32Array(5 * data.outputs);
      data.train.gather(wanted, x, y);
      return [x, y];
    };
    expect(gathered(onDisk)).toEqual(gathered(inMemory));
    const [name] = await readdir(path('.sweetspot/data'));
    const stored = join(path('.sweetspot/data'), name!, 'train.inputs');
    expect((await readFile(stored)).length).toBe(240 * 4 * 4);
  });

  it('gives its folds side by side, for trials that share a process', async () => {
    await file('folds-on-disk.csv', table(90));
    const common = { csv: 'folds-on-disk.csv', target: 'y', folds: 3 };
    const inMemory = await load(common);
    const onDisk = await load({ ...common, stream: true });
    const inputs = ({ train, rowSize, outputs }: Dataset): Float32Array => {
      const x = new Float32Array(train.rows * rowSize);
      train.gather(
        Uint32Array.from({ length: train.rows }, (_, i) => i),
        x,
        new Float32Array(train.rows * outputs),
      );
      return x;
    };
    const [first, second] = [await onDisk.dataset(0), await onDisk.dataset(1)];
    expect(inputs(first)).toEqual(inputs(await inMemory.dataset(0)));
    expect(inputs(second)).toEqual(inputs(await inMemory.dataset(1)));
  });

  it('leaves alone what other workers are encoding, and keeps but four encodings', async () => {
    await file('many.csv', table(60));
    const others = Array.from({ length: 8 }, (_, pid) => join(path('.sweetspot/data'), `abc.${pid}`));
    for (const other of others) await mkdir(other, { recursive: true });
    for (const seed of [1, 2, 3, 4, 5])
      await dataset({ csv: 'many.csv', target: 'y', validation: 0.2, stream: true }, 'classification', seed);
    const left = await readdir(path('.sweetspot/data'));
    expect(left.filter((name) => name.startsWith('abc.'))).toHaveLength(8);
    expect(left).toHaveLength(8 + 4);
  });

  it('is encoded by a later trial where it could not be by an earlier one', async () => {
    await file('later.csv', table(60));
    await rm(path('.sweetspot'), { recursive: true, force: true });
    await file('.sweetspot', 'in the way');
    const data = await load({ csv: 'later.csv', target: 'y', stream: true });
    await expect(data.dataset(0)).rejects.toThrow();
    await rm(path('.sweetspot'));
    expect((await data.dataset(0)).train.rows).toBe(60);
  });

  it('trains to the same bits as in memory', async () => {
    await file('train.csv', table(120));
    const text = (stream: boolean) => `
data: {csv: train.csv, target: y, validation: 0.25, standardize: true, stream: ${stream}}
model: {task: classification, units: [8]}
training: {epochs: 3}
seed: 1`;
    const run = async (stream: boolean) => {
      const rehearsal = rehearse(path('model.yaml'), text(stream));
      await trainDeclarative(rehearsal.session);
      return rehearsal.reports();
    };
    expect(await run(true)).toEqual(await run(false));
  });
});
