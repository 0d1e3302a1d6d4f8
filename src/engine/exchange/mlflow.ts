/**
 * A study in MLflow's file layout (mlflow/store/tracking/file_store.py): an experiment folder with a run per trial, its
 * parameters, metrics by step, and tags. `mlflow ui --backend-store-uri <folder>` shows it.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stringify } from 'yaml';
import type { Json } from '../../core/json.js';
import { isFinished } from '../../core/study/reduce.js';
import type { Study, Trial } from '../../core/study/trial.js';

/** mlflow.entities.RunStatus. */
const STATUS = { running: 1, waiting: 2, complete: 3, failed: 4, pruned: 5 } as const;
/** mlflow.entities.SourceType.LOCAL */
const LOCAL = 4;

const hex = (...parts: readonly (string | number)[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/**
 * A name as MLflow allows it (mlflow/utils/validation.py): letters, digits and few signs, and the same after its path
 * was made normal. Colons are for no file of Windows.
 */
const nameOf = (name: string): string =>
  name
    .replace(/[^\p{L}\p{N}_\-. /]/gu, '_')
    .split('/')
    .map((part) => (/^\.*$/.test(part) ? '_' : part))
    .join('/');

/** File names of names: where one would be a folder for another, its slashes are underscores. */
function fileNames(names: Iterable<string>): ReadonlyMap<string, string> {
  const all = [...names].map((name) => [name, nameOf(name)] as const);
  const files = new Set(all.map(([, file]) => file));
  const blocked = (file: string): boolean =>
    [...file.matchAll(/\//g)].some(({ index }) => files.has(file.slice(0, index)));
  return new Map(all.map(([name, file]) => [name, blocked(file) ? file.replaceAll('/', '_') : file]));
}

/** Every text in quotes: PyYAML reads YAML 1.1, where a bare `on` or `2026-11-20` is none. */
const yaml = (value: object): string =>
  stringify(value, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' });

const textOf = (value: Json | undefined): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

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
  const experiment = String(BigInt(`0x${hex('experiment', study.config.file, study.name).slice(0, 15)}`));
  const place = join(resolve(folder), experiment);
  const times = study.trials.flatMap(({ startedAt }) =>
    startedAt === undefined ? [] : [Date.parse(startedAt)],
  );
  const created = times.length > 0 ? Math.min(...times) : 0;
  await write(
    join(place, 'meta.yaml'),
    yaml({
      artifact_location: pathToFileURL(place).href,
      creation_time: created,
      experiment_id: experiment,
      last_update_time: Math.max(created, ...times),
      lifecycle_stage: 'active',
      name: study.name,
    }),
  );
  await writeTags(place, {
    'mlflow.note.content': study.marks?.note,
    'sweetspot.tags': study.marks?.tags?.join(', '),
  });
  await writeDefault(resolve(folder), created);
  const runs = study.trials.filter(({ state }) => state !== 'waiting');
  for (const trial of runs) await writeRun(study, trial, experiment, place);
  return runs.length;
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

async function writeTags(place: string, tags: Readonly<Record<string, string | undefined>>): Promise<void> {
  for (const [tag, text] of Object.entries(tags)) {
    if (text !== undefined) await write(join(place, 'tags', tag), text);
  }
}

async function writeRun(study: Study, trial: Trial, experiment: string, place: string): Promise<void> {
  const id = hex('run', study.config.file, study.name, trial.number).slice(0, 32);
  const run = join(place, id);
  const started = Date.parse(trial.startedAt ?? '') || 0;
  const ended = isFinished(trial.state) ? Date.parse(trial.finishedAt ?? '') || started : null;
  const name = `${study.name}-${trial.number}`;
  await write(
    join(run, 'meta.yaml'),
    yaml({
      artifact_uri: pathToFileURL(join(run, 'artifacts')).href,
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
      status: STATUS[trial.state],
      tags: [],
      user_id: '',
    }),
  );
  await mkdir(join(run, 'artifacts'), { recursive: true });
  const params = fileNames(Object.keys(study.space));
  for (const [param, value] of Object.entries(trial.params)) {
    await write(join(run, 'params', params.get(param) ?? nameOf(param)), textOf(value));
  }
  const lines = metricLines(trial, started, ended);
  for (const [metric, file] of fileNames(lines.keys())) {
    await write(join(run, 'metrics', file), (lines.get(metric) ?? []).join(''));
  }
  const { starred, tags, note, excluded } = trial.marks ?? {};
  await writeTags(run, {
    'mlflow.runName': name,
    'mlflow.source.name': study.config.file,
    'mlflow.source.type': 'LOCAL',
    'mlflow.note.content': note,
    'sweetspot.trial': String(trial.number),
    'sweetspot.state': trial.state,
    'sweetspot.sampler': trial.suggestion?.sampler,
    'sweetspot.suggestion': trial.suggestion?.reason,
    'sweetspot.reason': trial.reason,
    'sweetspot.starred': starred ? 'yes' : undefined,
    'sweetspot.tags': tags?.join(', '),
    'sweetspot.excluded': excluded,
  });
}

/** `timestamp value step`, a line each. Steps have no times of their own: they are spread evenly over the trial. */
function metricLines(
  trial: Trial,
  started: number,
  ended: number | null,
): ReadonlyMap<string, readonly string[]> {
  const lines = new Map<string, string[]>();
  const { reports, values } = trial;
  const each = ((ended ?? started) - started) / Math.max(1, reports.length);
  const add = (metric: string, at: number, value: number, step: number): void => {
    const list = lines.get(metric) ?? [];
    list.push(`${Math.round(at)} ${numberOf(value)} ${step}\n`);
    lines.set(metric, list);
  };
  for (const [index, { step, metrics }] of reports.entries()) {
    for (const [metric, value] of Object.entries(metrics))
      add(metric, started + (index + 1) * each, value, step);
  }
  const last = reports.at(-1);
  for (const [metric, value] of Object.entries(values)) {
    // The end result, where the last report does not say it already.
    if (!Object.is(last?.metrics[metric], value)) add(metric, ended ?? started, value, (last?.step ?? 0) + 1);
  }
  return lines;
}
