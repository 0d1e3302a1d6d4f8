/** Files of data in a folder of their own, and what the loader makes of them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Dataset, Part } from '../../../src/engine/trial/data/dataset.js';
import { type LoadedData, loadData } from '../../../src/engine/trial/data/load.js';
import { dataConflict, dataForm } from '../../../src/engine/trial/data/schema.js';
import { rehearse } from './rehearsal.js';

/** To be called once by a test file: the folder is there while its tests run. */
export function dataFiles() {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sweetspot-data-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const load = (
    data: object,
    task: 'classification' | 'regression' = 'classification',
    seed = 1,
  ): Promise<LoadedData> => {
    const text = `data: ${JSON.stringify(data)}`;
    const { session } = rehearse(join(folder, 'model.yaml'), text);
    const parsed = dataForm.parse(data);
    expect(dataConflict(parsed)).toBeUndefined();
    return loadData(session, parsed, task, seed);
  };
  const dataset = async (...given: Parameters<typeof load>): Promise<Dataset> =>
    (await load(...given)).dataset(0);
  return {
    path: (name: string): string => join(folder, name),
    file: async (name: string, content: string | Uint8Array): Promise<void> => {
      await mkdir(join(folder, name, '..'), { recursive: true });
      await writeFile(join(folder, name), content);
    },
    load,
    dataset,
    /** The message that the loader refuses it with. */
    failure: async (...given: Parameters<typeof load>): Promise<string> => {
      const error: unknown = await dataset(...given).catch((e: unknown) => e);
      expect(error).toMatchObject({ name: 'FatalTrainingError' });
      return (error as Error).message;
    },
  };
}

export const inputsOf = (part: Part | undefined, index: number, { rowSize }: Dataset): number[] => [
  ...part!.inputs.subarray(index * rowSize, (index + 1) * rowSize),
];

/** `n` lines of a table with a number, a colour and a class. */
export const table = (n: number): string =>
  `x,colour,y\n${Array.from({ length: n }, (_, i) => `${i},${['red', 'green', 'blue'][i % 3]},${'ab'[i % 2]}`).join('\n')}\n`;
