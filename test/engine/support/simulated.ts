/** A whole sweep through the real runner and journal, with a training that is a formula: hundreds of them in a minute. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordsOf } from '../../../src/core/analysis/replay.js';
import { parseConfig } from '../../../src/core/annotation/yaml.js';
import type { Params } from '../../../src/core/space/parameter.js';
import type { JournalRecord } from '../../../src/core/study/journal/records.js';
import { StudyReducer } from '../../../src/core/study/journal/reduce.js';
import { studyRecords } from '../../../src/core/study/journal/write.js';
import type { Study } from '../../../src/core/study/trial.js';
import type { Executor } from '../../../src/engine/executors/executor.js';
import { Journal } from '../../../src/engine/journal/journal.js';
import { StudyRunner } from '../../../src/engine/runner/study-runner.js';
import { project } from './engine.js';

export interface Simulation {
  /** The body of `@sweep`, a line each, and what follows it. */
  readonly sweep: readonly string[];
  readonly space: readonly string[];
  readonly workers: number;
  readonly steps: number;
  /** Metrics of a step, 1 to `steps`. */
  readonly metrics: (params: Params, step: number, trial: number) => Readonly<Record<string, number>>;
}

/** Runs it to its end: what the journal holds then, and the study. */
export async function simulate(simulation: Simulation): Promise<{
  readonly records: readonly JournalRecord[];
  readonly study: Study;
}> {
  const { workers, steps, metrics } = simulation;
  const text = ['# @sweep', ...simulation.sweep.map((line) => `#   ${line}`), ...simulation.space, ''].join(
    '\n',
  );
  const { config, diagnostics } = parseConfig(text);
  if (!config) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const folder = await project({ 'a.yaml': text });
  const { sampler, pruner, stop, repeats, race, constraints, outcomeConstraints, seed = 0 } = config.sweep;
  const reducer = new StudyReducer();
  const made = studyRecords('sweetspot-1', {
    name: 'a',
    objectives: config.sweep.objectives,
    space: config.space,
    settings: {
      sampler,
      pruner,
      stop,
      seed,
      ...(repeats === undefined ? {} : { repeats }),
      ...(race === undefined ? {} : { race }),
      ...(constraints && { constraints }),
      ...(outcomeConstraints && { outcomeConstraints }),
    },
    config: { file: 'a.yaml', text },
    baseline: config.baseline,
  });
  for (const record of made) reducer.apply(record);
  const journal = await Journal.create(join(folder, 'a.jsonl'), made);
  const executor: Executor = {
    slots: workers,
    async run({ trial, params }, events) {
      let last: Readonly<Record<string, number>> = {};
      for (let step = 1; step <= steps; step++) {
        // Trials overtake one another, differently each time.
        for (let turns = Math.floor(Math.random() * 4); turns > 0 && workers > 1; turns--)
          await new Promise((done) => setImmediate(done));
        last = metrics(params, step, trial);
        if (await events.report(step, last)) return { kind: 'finished', values: {}, stopped: true };
      }
      return { kind: 'finished', values: last, stopped: false };
    },
    cancel: () => undefined,
    dispose: async () => undefined,
  };
  const runner = new StudyRunner({
    journal,
    reducer,
    config,
    text,
    configFile: join(folder, 'a.yaml'),
    executor,
    backend: 'embedded',
    tensorflowFolders: [],
  });
  const status = await runner.run();
  await journal.close();
  if (status.kind !== 'finished')
    throw new Error(`${status.kind}: ${'reason' in status ? status.reason : ''}`);
  return { records: recordsOf(await readFile(journal.file, 'utf8')), study: reducer.study };
}
