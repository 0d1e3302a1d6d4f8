/**
 * A study in MLflow's file layout (mlflow/store/tracking/file_store.py): an experiment folder with a run per trial, its
 * parameters, metrics by step, and tags. `mlflow ui --backend-store-uri <folder>` shows it.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse, stringify } from 'yaml';
import type { Study } from '../../core/study/trial.js';
import { experimentName, experimentOf, experimentTags, type MlflowRun, runsOf } from './mlflow-run.js';

/** mlflow.entities.RunStatus. */
const STATUS = { running: 1, waiting: 2, complete: 3, failed: 4, pruned: 5 } as const;
/** mlflow.entities.SourceType.LOCAL */
const LOCAL = 4;

/** Every text in quotes: PyYAML reads YAML 1.1, where a bare `on` or `2026-11-20` is none. */
const yaml = (value: object): string =>
  stringify(value, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' });

/** As MLflow reads them. */
const numberOf = (value: number): string =>
  Number.isNaN(value) ? 'nan' : Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf';

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

/** Writes into `folder`, the tracking store; runs that are there already are written anew. Returns the number of runs. */
export async function writeMlflow(study: Study, folder: string): Promise<number> {
  // MLflow takes whole numbers; the same study gets the same one.
  const experiment = String(BigInt(`0x${experimentOf(study).slice(0, 15)}`));
  const place = join(resolve(folder), experiment);
  const times = study.trials.flatMap(({ startedAt }) =>
    startedAt === undefined ? [] : [Date.parse(startedAt)],
  );
  const created = times.length > 0 ? Math.min(...times) : 0;
  await writeDefault(resolve(folder), created);
  const others = await otherNames(resolve(folder), experiment);
  let attempt = 1;
  while (others.has(experimentName(study, attempt))) attempt++;
  await write(
    join(place, 'meta.yaml'),
    yaml({
      artifact_location: pathToFileURL(place).href,
      creation_time: created,
      experiment_id: experiment,
      last_update_time: Math.max(created, ...times),
      lifecycle_stage: 'active',
      name: experimentName(study, attempt),
    }),
  );
  await writeTags(place, experimentTags(study));
  const runs = runsOf(study);
  for (const run of runs) await writeRun(run, experiment, join(place, run.id));
  return runs.length;
}

/** Names of the other experiments, deleted ones included. */
async function otherNames(store: string, experiment: string): Promise<ReadonlySet<string>> {
  const folders = [store, join(store, '.trash')].map(async (folder) => {
    const ids = await readdir(folder).catch(() => []);
    return ids.filter((id) => id !== experiment).map((id) => join(folder, id, 'meta.yaml'));
  });
  const names = (await Promise.all(folders)).flat().map((meta) =>
    readFile(meta, 'utf8')
      .then((text) => (parse(text, { version: '1.1' }) as { readonly name?: unknown }).name)
      // Whatever else lies there.
      .catch(() => undefined),
  );
  return new Set((await Promise.all(names)).map(String));
}

/** The experiment of runs that name none: MLflow makes it with a new store, and misses it in one that it finds. */
async function writeDefault(store: string, created: number): Promise<void> {
  const place = join(store, '0');
  if (existsSync(place)) return;
  await write(
    join(place, 'meta.yaml'),
    yaml({
      artifact_location: pathToFileURL(place).href,
      creation_time: created,
      experiment_id: '0',
      last_update_time: created,
      lifecycle_stage: 'active',
      name: 'Default',
    }),
  );
}

async function writeTags(place: string, tags: ReadonlyMap<string, string>): Promise<void> {
  for (const [tag, text] of tags) await write(join(place, 'tags', tag), text);
}

async function writeRun(run: MlflowRun, experiment: string, place: string): Promise<void> {
  const { id, name, state, started, ended, params, metrics, tags } = run;
  await write(
    join(place, 'meta.yaml'),
    yaml({
      artifact_uri: pathToFileURL(join(place, 'artifacts')).href,
      end_time: ended,
      entry_point_name: '',
      experiment_id: experiment,
      lifecycle_stage: 'active',
      run_id: id,
      run_name: name,
      run_uuid: id,
      source_name: '',
      source_type: LOCAL,
      source_version: '',
      start_time: started,
      status: STATUS[state],
      tags: [],
      user_id: '',
    }),
  );
  // MLflow 3.11 finds no run without all of them, whatever is in them.
  for (const part of ['artifacts', 'metrics', 'params']) await mkdir(join(place, part), { recursive: true });
  for (const [param, value] of params) await write(join(place, 'params', param), value);
  for (const [metric, all] of metrics) {
    const lines = all.map(({ timestamp, value, step }) => `${timestamp} ${numberOf(value)} ${step}\n`);
    await write(join(place, 'metrics', metric), lines.join(''));
  }
  await writeTags(place, tags);
}
