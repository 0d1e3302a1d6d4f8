/** A study of thirty trials by a Gaussian process that runs in this process, its trainings those of the test. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parseConfig } from '../../../src/core/annotation/yaml.js';
import { StudyReducer } from '../../../src/core/study/journal/reduce.js';
import { studyRecords } from '../../../src/core/study/journal/write.js';
import type { AttemptEvents, AttemptResult, Executor } from '../../../src/engine/executors/executor.js';
import { Journal } from '../../../src/engine/journal/journal.js';
import { StudyRunner } from '../../../src/engine/runner/study-runner.js';
import { project } from './engine.js';

const TEXT = `# @sweep
#   train: ./train.js
#   metric: {name: score, goal: maximize}
#   stop: {trials: 30}
x: 0.5   # @tune float(0, 1)
y: 0.5   # @tune float(0, 1)
`;

type Train = (trial: number, events: AttemptEvents) => Promise<AttemptResult>;

/** @param slots trials at a time */
export async function runner(
  asking: { script: string; slowMs?: number } | undefined,
  slots: number,
  train: Train,
) {
  const folder = await project({ 'a.yaml': TEXT });
  const configFile = join(folder, 'a.yaml');
  const parsed = parseConfig(TEXT);
  if (!parsed.config) throw new Error('The config is not one.');
  const { config } = parsed;
  const journal = await Journal.create(join(folder, 'a.jsonl'));
  onTestFinished(() => journal.close());
  const reducer = new StudyReducer();
  const records = studyRecords('test', {
    name: 'a',
    objectives: [{ metric: 'score', direction: 'maximize' }],
    space: config.space,
    settings: { sampler: 'gp', pruner: 'none', seed: 3, stop: { trials: 30 } },
    config: { file: 'a.yaml', text: TEXT },
    baseline: { x: 0.5, y: 0.5 },
  });
  for (const record of records) reducer.apply(record);
  await journal.append(records);
  const executor: Executor = {
    slots,
    run: ({ trial }, events) => train(trial, events),
    cancel: () => undefined,
    dispose: async () => undefined,
  };
  const study = new StudyRunner({
    journal,
    reducer,
    config,
    text: TEXT,
    configFile,
    executor,
    backend: 'embedded',
    tensorflowFolders: [],
    ...(asking ? { asking } : {}),
  });
  return { study, folder, journal };
}
