/** `export`: all trials of a study as CSV (one row a trial) or JSON (with every report). */
import { writeFile } from 'node:fs/promises';
import { stringify } from 'csv-stringify/sync';
import type { Json } from '../core/json.js';
import type { Study } from '../core/study/trial.js';
import { trialJson } from '../core/study/trial-json.js';
import { openStudy } from './open-study.js';

export interface ExportOptions {
  readonly study?: string;
  readonly format: 'csv' | 'json';
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
  return `${JSON.stringify({ study: name, objectives, space, settings, config, status, trials }, null, 2)}\n`;
}

export async function exportStudy(config: string, options: ExportOptions): Promise<void> {
  const { reducer } = await openStudy(config, options.study);
  const text = options.format === 'csv' ? csv(reducer.study) : json(reducer.study);
  if (options.output === undefined) process.stdout.write(text);
  else await writeFile(options.output, text);
}
