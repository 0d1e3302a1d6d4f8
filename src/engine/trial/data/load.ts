/** Finds, reads and prepares the data that a declarative config names; kept from trial to trial where nothing differs. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { placeOf } from '../config-lines.js';
import type { Task } from '../declarative/metrics.js';
import { FatalTrainingError } from '../fatal-error.js';
import type { Session } from '../session.js';
import { readCsv } from './csv.js';
import { type Dataset, prepareDataset } from './dataset.js';
import type { DataConfig } from './schema.js';

let cached: { readonly key: string; readonly dataset: Dataset } | undefined;

/**
 * @param seed of the split
 * @throws FatalTrainingError for data that is not there or cannot be trained on
 */
export async function loadDataset(
  { spec, configFolder }: Session,
  data: DataConfig,
  task: Task,
  seed: number,
): Promise<Dataset> {
  const path = resolve(configFolder, data.csv);
  try {
    const { mtimeMs, size } = await stat(path);
    const key = JSON.stringify([path, mtimeMs, size, data, task, seed]);
    if (cached?.key === key) return cached.dataset;
    const table = await readCsv(path);
    cached = { key, dataset: prepareDataset(table, data, task, path, seed) };
    return cached.dataset;
  } catch (error) {
    if (error instanceof FatalTrainingError) throw error;
    const place = placeOf(spec.configFile, spec.configText, ['data', 'csv']);
    const why =
      error instanceof Error && 'code' in error && error.code === 'ENOENT'
        ? 'there is no file'
        : 'cannot read';
    throw new FatalTrainingError(
      `${place}${why} "${path}" (data.csv: ${data.csv}). Correct the path, which is relative to the config's folder, or put the file there.`,
    );
  }
}
