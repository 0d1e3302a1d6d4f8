/**
 * The work that the store is measured by: a journal of many trials, no-op trials through the real runner, appends that
 * wait for the disk. Each function does one thing and returns its figures; which to run, and beside what, main.ts says.
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseConfig } from '../../src/core/annotation/yaml.js';
import { random } from '../../src/core/random.js';
import { OUR_WORKER, printLine } from '../../src/core/study/journal/line.js';
import type { JournalRecord } from '../../src/core/study/journal/records.js';
import { StudyReducer } from '../../src/core/study/journal/reduce.js';
import {
  askRecords,
  reportRecord,
  statusRecord,
  studyRecords,
  tellRecords,
  timestamp,
} from '../../src/core/study/journal/write.js';
import { journalFile } from '../../src/core/study/places.js';
import type { Executor } from '../../src/engine/executors/executor.js';
import { Journal } from '../../src/engine/journal/journal.js';
import { StudyRunner } from '../../src/engine/runner/study-runner.js';
import { ensureStore, loadStudy } from '../../src/engine/studies/study-store.js';

const METRIC = 'loss';
const PARAMETERS = ['x0', 'x1', 'x2', 'x3', 'x4'];
const WORKER = `${OUR_WORKER}1`;

/** A config of five floats that the runner can work with. */
export const configText = (trials: number): string =>
  [
    '# @sweep',
    '#   train: ./train.js',
    `#   metric: {name: ${METRIC}, goal: minimize}`,
    `#   stop: {trials: ${trials}}`,
    ...PARAMETERS.map((name) => `${name}: 0.5   # @tune float(0, 1)`),
    '',
  ].join('\n');

function study(name: string, configFile: string, trials: number) {
  const text = configText(trials);
  const { config } = parseConfig(text);
  if (!config) throw new Error('The config of the benchmark is wrong.');
  const settings = { sampler: 'random', pruner: 'none', seed: 0, stop: { trials } };
  const { space, baseline, sweep } = config;
  return {
    config,
    text,
    started: {
      name,
      objectives: sweep.objectives,
      space,
      settings,
      config: { file: configFile, text },
      baseline,
    },
  };
}

/** Writes a journal of finished trials with so many reports each, as a run would have; returns its lines. */
export async function writeStudy(
  configFile: string,
  name: string,
  trials: number,
  reports: number,
): Promise<{ file: string; lines: number }> {
  await ensureStore(configFile);
  const file = journalFile(configFile, name);
  const { started } = study(name, configFile, trials);
  const source = random(0, 0, 'bench');
  let lines = 0;
  let text = '';
  const write = (records: readonly JournalRecord[]): void => {
    lines += records.length;
    for (const record of records) text += printLine(record);
    if (text.length < 1 << 22) return;
    appendFileSync(file, text);
    text = '';
  };
  mkdirSync(dirname(file), { recursive: true });
  write(studyRecords(WORKER, started));
  let at = Date.UTC(2026, 0, 1);
  write([statusRecord(WORKER, { kind: 'running' }, timestamp(at))]);
  for (let number = 0; number < trials; number++) {
    const params = Object.fromEntries(PARAMETERS.map((x) => [x, source.next()]));
    const suggestion = { params, sampler: 'random', reason: 'drawn at random' };
    write(askRecords(WORKER, started.space, suggestion, lines, timestamp(at)));
    let loss = source.next();
    for (let step = 1; step <= reports; step++) {
      loss *= 0.9 + source.next() / 10;
      write([reportRecord(WORKER, number, step, { [METRIC]: loss }, METRIC)]);
    }
    at += 100;
    const outcome = { state: 'complete', objectives: [loss], values: { [METRIC]: loss } } as const;
    write(tellRecords(WORKER, number, outcome, timestamp(at)));
  }
  appendFileSync(file, text);
  return { file, lines };
}

/** Loads a study; what it takes is for a process of its own to say. */
export async function load(configFile: string, name: string): Promise<Record<string, number>> {
  const before = performance.now();
  const { reducer } = await loadStudy(configFile, name);
  const seconds = (performance.now() - before) / 1000;
  const megabytes = process.memoryUsage.rss() / 1e6;
  const peak = process.resourceUsage().maxRSS / 1e3;
  const { trials } = reducer.study;
  const counted = trials.reduce((sum, trial) => sum + trial.reports.length, 0);
  return { seconds, megabytes, peak, trials: trials.length, reports: counted };
}

/** Trials that do nothing but report, through the real runner and journal in this process, every word durable. */
export async function noopTrials(
  configFile: string,
  trials: number,
  slots: number,
): Promise<Record<string, number>> {
  const { config, text, started } = study('noop', configFile, trials);
  await ensureStore(configFile);
  const reducer = new StudyReducer();
  const records = studyRecords(WORKER, started);
  for (const record of records) reducer.apply(record);
  const journal = await Journal.create(journalFile(configFile, 'noop'), records);
  const executor: Executor = {
    slots,
    async run({ params }, events) {
      const x = Object.values(params).reduce<number>((sum, value) => sum + Number(value), 0);
      for (let step = 1; step <= 10; step++) await events.report(step, { [METRIC]: x + 1 / step });
      return { kind: 'finished', values: { [METRIC]: x }, stopped: false };
    },
    cancel: () => undefined,
    dispose: async () => undefined,
  };
  const runner = new StudyRunner({
    journal,
    reducer,
    config,
    text,
    configFile,
    executor,
    backend: 'embedded',
    tensorflowFolders: [],
  });
  const before = performance.now();
  await runner.run();
  const seconds = (performance.now() - before) / 1000;
  await journal.close();
  return { seconds, trials: reducer.study.trials.length };
}

/** Records that are each waited for until they are on disk, `waiting` at a time. */
export async function appends(file: string, count: number, waiting: number): Promise<Record<string, number>> {
  const journal = await Journal.create(file);
  let next = 0;
  const before = performance.now();
  await Promise.all(
    Array.from({ length: waiting }, async () => {
      while (next < count)
        await journal.append([reportRecord(WORKER, next, ++next, { [METRIC]: 0.5 }, METRIC)]);
    }),
  );
  const seconds = (performance.now() - before) / 1000;
  await journal.close();
  return { seconds, appends: count };
}
