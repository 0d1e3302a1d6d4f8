/** `best`, `list` and `show`: what a study found, for people or as JSON. */

import { resolve } from 'node:path';
import { environmentChange } from '../core/analysis/environment-turn.js';
import { formatBytes, formatValue, NOTHING } from '../core/format.js';
import type { Json } from '../core/json.js';
import { prunerText } from '../core/pruners/names.js';
import { bestTrial, isExcluded, mergedStudy } from '../core/study/best.js';
import { paretoFront } from '../core/study/objectives/pareto.js';
import { shownState } from '../core/study/pause.js';
import { journalFile, trialFolder } from '../core/study/places.js';
import { runningMs } from '../core/study/stop.js';
import { parseFilter, passing } from '../core/study/table/filter.js';
import { columnsOf, shortNames } from '../core/study/table/table.js';
import type { Study, Trial } from '../core/study/trial.js';
import { type BestJson, bestJson, trialJson } from '../core/study/trial-json.js';
import { isForeignFile } from '../engine/exchange/open-foreign.js';
import { folderBytes, type StudyBytes, studyBytes } from '../engine/studies/sizes.js';
import { studyNames } from '../engine/studies/study-store.js';
import { INTERRUPTED, isInterrupted, trialOf, UsageError, viewStudy } from './open-study.js';
import { ExitCode, textTable } from './output.js';
import { describeBest, number } from './report.js';

interface Options {
  readonly study?: string;
  readonly json?: boolean;
}

const print = (value: unknown): void => console.log(JSON.stringify(value, null, 2));

const NO_STUDY: BestJson = { study: null, trial: null, baseline: null };

export async function best(config: string, options: Options): Promise<void> {
  if (
    options.json &&
    options.study === undefined &&
    !isForeignFile(config) &&
    (await studyNames(resolve(config))).length === 0
  ) {
    // A program that asks too early gets an answer, too.
    print(NO_STUDY);
    process.exitCode = ExitCode.failed;
    return;
  }
  const { study } = await viewStudy(config, options.study);
  if (options.json) print(bestJson(study));
  else console.log(describeBest(study));
  if (!bestTrial(study)) process.exitCode = ExitCode.failed;
}

export interface ListOptions extends Options {
  /** Only the trials of which this holds: the filter of the table, `val_accuracy > 0.9 and optimizer = adam`. */
  readonly where?: string;
}

export async function list(config: string, options: ListOptions): Promise<void> {
  const { study } = await viewStudy(config, options.study);
  const trials = options.where === undefined ? study.trials : trialsWhere(study, options.where);
  if (options.json) {
    print(trials.map(trialJson));
    return;
  }
  const interrupted = await cutOff(config, study);
  const stateOf = (trial: Trial): string =>
    interrupted && trial.state === 'running' ? INTERRUPTED : shownState(trial);
  const params = Object.keys(study.space);
  const labels = shortNames(params);
  const metrics = study.objectives.map(({ metric }) => metric);
  const winners = new Set(paretoFront(mergedStudy(study)).map(({ number }) => number));
  const rows = trials.map((trial) => [
    `${trial.number}${winners.has(trial.number) ? ' *' : ''}`,
    isExcluded(trial) ? `${stateOf(trial)}, excluded` : stateOf(trial),
    ...metrics.map((metric) => number(trialJson(trial).values[metric])),
    ...params.map((name) => (name in trial.params ? formatValue(trial.params[name]) : NOTHING)),
  ]);
  console.log(
    textTable([['trial', 'state', ...metrics, ...params.map((name) => labels.get(name) ?? name)], ...rows]),
  );
  if (options.where !== undefined) console.log(`${trials.length} of ${study.trials.length} trials.`);
}

const cutOff = async (config: string, study: Study): Promise<boolean> =>
  !isForeignFile(config) && (await isInterrupted(study, journalFile(resolve(config), study.name)));

function trialsWhere(study: Study, where: string): readonly Trial[] {
  const parsed = parseFilter(where, columnsOf(study));
  if (parsed.kind === 'error') {
    throw new UsageError(`--where: ${parsed.message}\n  ${where}\n  ${' '.repeat(parsed.offset)}^`);
  }
  return passing(study.trials, [parsed.mask]);
}

export async function show(
  config: string,
  options: ListOptions & { readonly trial?: number },
): Promise<void> {
  if (options.where !== undefined) return list(config, options);
  const { study } = await viewStudy(config, options.study);
  if (options.trial === undefined) {
    const bytes = isForeignFile(config)
      ? undefined
      : await studyBytes(journalFile(resolve(config), study.name));
    if (options.json)
      print({
        ...bestJson(study),
        status: study.status,
        settings: study.settings,
        space: study.space,
        bytes,
      });
    else console.log(describeStudy(study, bytes, await cutOff(config, study)));
    return;
  }
  const trial = trialOf(study, options.trial);
  if (options.json) {
    print({ ...trialJson(trial), reports: trial.reports, attributes: trial.attributes });
    return;
  }
  console.log(describeTrial(study, trial));
  if (isForeignFile(config)) return;
  const folder = trialFolder(journalFile(resolve(config), study.name), trial.number);
  const bytes = await folderBytes(folder);
  if (bytes > 0) console.log(`${formatBytes(bytes)} of files in ${folder}`);
}

function describeStudy(study: Study, bytes: StudyBytes | undefined, interrupted: boolean): string {
  const { status, settings } = study;
  const moved = environmentChange(study);
  const counts = new Map<string, number>();
  for (const { state } of study.trials) counts.set(state, (counts.get(state) ?? 0) + 1);
  const stop = Object.entries(settings.stop).map(([name, value]) => `${name} ${value}`);
  return [
    `Study      ${study.name} of ${study.config.file}`,
    `Status     ${interrupted ? INTERRUPTED : status.kind}${'reason' in status ? `: ${status.reason}` : ''}`,
    `Objective  ${study.objectives.map(({ metric, direction }) => `${direction} ${metric}`).join(', ')}`,
    `Search     sampler ${settings.sampler}, pruner ${prunerText(settings.pruner)}, seed ${settings.seed}`,
    `Stop       ${stop.join(', ') || 'never'}`,
    ...[...(settings.constraints ?? []), ...(settings.outcomeConstraints ?? [])].map(
      ({ text }) => `Constraint ${text}`,
    ),
    ...(study.earlier ? [`Learns from ${study.earlier.length} trials of other studies`] : []),
    `Trials     ${[...counts].map(([state, count]) => `${count} ${state}`).join(', ') || 'none yet'}`,
    ...(bytes
      ? [`On disk    journal ${formatBytes(bytes.journal)}, files of trials ${formatBytes(bytes.trials)}`]
      : []),
    ...(moved === undefined ? [] : [`Ran on     ${moved}`]),
    `Time       ${(runningMs(study, Date.now()) / 1000).toFixed(0)} s`,
    '',
    describeBest(study),
  ].join('\n');
}

function describeMarks({ marks }: Trial): readonly string[] {
  if (!marks) return [];
  return [
    ...(marks.excluded === undefined ? [] : [`Excluded: ${marks.excluded}`]),
    ...(marks.starred ? ['Starred'] : []),
    ...(marks.tags ? [`Tags: ${marks.tags.join(', ')}`] : []),
    ...(marks.note === undefined ? [] : [`Note: ${marks.note}`]),
  ];
}

function describeTrial(study: Study, trial: Trial): string {
  const rows = Object.keys(study.space).map((name) => [
    name,
    name in trial.params ? formatValue(trial.params[name]) : `${NOTHING} (inactive)`,
    formatValue(study.baseline[name]),
  ]);
  const values = Object.entries(trialJson(trial).values).map(([metric, value]) => [metric, number(value)]);
  return [
    `Trial ${trial.number} of ${study.name}: ${shownState(trial)}`,
    ...(trial.reason === undefined ? [] : [trial.reason]),
    ...describeMarks(trial),
    `Suggested by ${trial.suggestion?.sampler ?? '?'}: ${trial.suggestion?.reason ?? ''}`,
    '',
    textTable([['parameter', 'value', 'in the file'], ...rows]),
    '',
    ...(values.length === 0 ? [] : [textTable([['metric', 'value'], ...values]), '']),
    textTable(Object.entries(trial.attributes).map(([name, value]) => [name, attributeText(name, value)])),
    '',
    `${trial.reports.length} ${trial.reports.length === 1 ? 'report' : 'reports'}`,
  ].join('\n');
}

const attributeText = (name: string, value: Json): string =>
  typeof value === 'number' && name === 'peakMemory'
    ? formatBytes(value)
    : String(typeof value === 'object' ? JSON.stringify(value) : value);
