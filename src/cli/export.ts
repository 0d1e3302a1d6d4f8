/**
 * `export`: a study as a table (CSV), as JSON, as a page of Markdown or HTML, as a journal or database that Optuna goes on
 * with, or as a folder for MLflow or TensorBoard. Files of other programs can be exported, too.
 */
import { stringify } from 'csv-stringify/sync';
import { htmlReport } from '../core/exchange/html-report.js';
import { markdownSummary } from '../core/exchange/markdown.js';
import { optunaJournal } from '../core/exchange/to-optuna.js';
import type { Json } from '../core/json.js';
import { frontOf } from '../core/study/objectives/front.js';
import type { Study } from '../core/study/trial.js';
import { trialJson } from '../core/study/trial-json.js';
import { writeMlflow } from '../engine/exchange/mlflow.js';
import { MlflowError, sendMlflow } from '../engine/exchange/mlflow-server.js';
import { isDatabaseName, optunaDatabase } from '../engine/exchange/optuna-database.js';
import { parquetTable } from '../engine/exchange/parquet.js';
import { writeTensorBoard } from '../engine/exchange/tensorboard.js';
import { writeWhole } from '../engine/write-whole.js';
import { UsageError, viewStudy } from './open-study.js';
import { ExitCode } from './output.js';

export const EXPORT_FORMATS = [
  'csv',
  'json',
  'parquet',
  'markdown',
  'html',
  'optuna',
  'mlflow',
  'tensorboard',
] as const;
type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportOptions {
  readonly study?: string;
  readonly format: ExportFormat;
  readonly output?: string;
}

/** Every digit, unlike what is shown to people. */
const exact = (value: Json | undefined): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

function csv(study: Study): string {
  const trials = study.trials.map(trialJson);
  const params = Object.keys(study.space);
  const metrics = [...new Set(trials.flatMap(({ values }) => Object.keys(values)))].sort();
  const heading = ['number', 'state', ...params, ...metrics, 'startedAt', 'finishedAt', 'reason'];
  const rows = trials.map((trial) => [
    trial.number,
    trial.state,
    ...params.map((name) => (name in trial.params ? exact(trial.params[name]) : '')),
    ...metrics.map((metric) => trial.values[metric] ?? ''),
    trial.startedAt ?? '',
    trial.finishedAt ?? '',
    trial.reason ?? '',
  ]);
  return stringify([heading, ...rows]);
}

function json(study: Study): string {
  const trials = study.trials.map((trial) => ({
    ...trialJson(trial),
    sampler: trial.suggestion?.sampler,
    suggestion: trial.suggestion?.reason,
    attributes: trial.attributes,
    // Non-finite numbers as null, as everywhere in our JSON.
    reports: trial.reports.map(({ step, metrics }) => ({ step, metrics })),
  }));
  const { name, objectives, space, settings, config, status } = study;
  const found = frontOf(study);
  const front = found && { front: found.trials.map(({ number }) => number), hypervolume: found.hypervolume };
  const all = { study: name, objectives, space, settings, config, status, ...front, trials };
  return `${JSON.stringify(all, null, 2)}\n`;
}

const WRITERS = {
  csv,
  json,
  markdown: markdownSummary,
  html: htmlReport,
  optuna: optunaJournal,
  parquet: parquetTable,
} as const;
const FOLDERS = { mlflow: writeMlflow, tensorboard: writeTensorBoard } as const;

async function send(study: Study, url: string): Promise<void> {
  try {
    const count = await sendMlflow(study, url);
    console.log(`${count} trials of ${study.name} were sent to ${url}.`);
  } catch (error) {
    if (!(error instanceof MlflowError)) throw error;
    throw new UsageError(error.message, ExitCode.failed);
  }
}

export async function exportStudy(config: string, options: ExportOptions): Promise<void> {
  const { study } = await viewStudy(config, options.study);
  const { format, output } = options;
  if (format === 'mlflow' || format === 'tensorboard') {
    if (output === undefined) throw new UsageError(`${format} takes a folder: --output <folder>.`);
    if (format === 'mlflow' && /^https?:\/\//.test(output)) {
      await send(study, output);
      return;
    }
    const count = await FOLDERS[format](study, output);
    console.log(`${output} holds ${count} trials of ${study.name}.`);
    return;
  }
  const database = format === 'optuna' && output !== undefined && isDatabaseName(output);
  const content = database ? await optunaDatabase(study) : WRITERS[format](study);
  if (output === undefined) process.stdout.write(content);
  else await writeWhole(output, content);
}
