/** Suggestions that take long come from a thread: reports do not wait for them, and a replay gives the same. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordsOf, replay } from '../../src/core/analysis/replay.js';
import type { AttemptResult } from '../../src/engine/executors/executor.js';
import type { StudyRunner } from '../../src/engine/runner/study-runner.js';
import { bundle, project } from './support/engine.js';
import { runner } from './support/runner.js';

const score = (study: StudyRunner, trial: number): number => {
  const { x = 0, y = 0 } = (study.study.trials[trial]?.params ?? {}) as { x?: number; y?: number };
  return -((x - 0.3) ** 2) - (y - 0.7) ** 2;
};

const finished = (value: number): AttemptResult => ({
  kind: 'finished',
  values: { score: value },
  stopped: false,
});

describe('suggestions that take long', () => {
  it('let reports through: they are in the journal before the suggestion is there', async () => {
    const folder = await project({});
    const flag = join(folder, 'answer');
    // Ready at once, but answers only when the file is there.
    const script = join(folder, 'slow.mjs');
    await writeFile(
      script,
      `import { parentPort } from 'node:worker_threads';
import { existsSync } from 'node:fs';
parentPort.on('message', (message) => {
  if (message.kind === 'load') parentPort.postMessage({ kind: 'ready' });
  if (message.kind !== 'ask') return;
  while (!existsSync(${JSON.stringify(flag)})) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  parentPort.postMessage({ kind: 'suggestion', suggestion: 'exhausted', seen: 0, number: -1 });
  process.exit();
});`,
    );
    let reported = 0;
    const started = await runner({ script, slowMs: 0 }, 2, async (trial, events) => {
      // The first ends when the thread is there, so that what follows it is asked for there.
      if (trial === 1) await new Promise((done) => setTimeout(done, 300));
      for (let step = 1; trial === 0 && step <= 20; step++) {
        await new Promise((done) => setTimeout(done, 30));
        await events.report(step, { score: step });
        if (!existsSync(flag)) {
          const lines = await readFile(started.journal.file, 'utf8');
          if (lines.includes(`"step":${step},`) && started.study.status.busy === 1) reported++;
        }
      }
      if (trial === 0) await writeFile(flag, '');
      return finished(score(started.study, trial));
    });
    const end = await started.study.run();
    expect(end.kind).toBe('finished');
    expect(reported).toBeGreaterThan(3);
    // The thread that gave no usable answer and died did not take the study with it.
    expect(started.study.study.trials).toHaveLength(30);
  });

  it('come from the thread with the results it had seen, and a replay gives no difference', async () => {
    const { study, journal } = await runner(
      { script: bundle('ask.js'), slowMs: 0 },
      3,
      async (trial, events) => {
        for (let step = 1; step <= 10; step++) {
          await new Promise((done) => setTimeout(done, 1 + ((trial * 7 + step) % 5)));
          await events.report(step, { score: score(study, trial) / step });
        }
        return finished(score(study, trial));
      },
    );
    await study.run();
    const records = recordsOf(await readFile(journal.file, 'utf8'));
    const late = study.study.trials.filter(({ suggestion }, number) => {
      const created = records.findIndex((_, at) => at === createdAt(records, number));
      return suggestion !== undefined && suggestion.seen < created;
    });
    expect(late.length).toBeGreaterThan(0);
    expect(replay(records)).toMatchObject({ suggestions: 30, skipped: 0 });
    expect(replay(records).difference).toBeUndefined();
  });

  it('are made here where no thread can be started', async () => {
    const { study } = await runner({ script: join('/', 'nowhere', 'ask.js'), slowMs: 0 }, 2, async (trial) =>
      finished(score(study, trial)),
    );
    expect((await study.run()).kind).toBe('finished');
    expect(study.study.trials).toHaveLength(30);
  });
});

function createdAt(records: ReturnType<typeof recordsOf>, number: number): number {
  let created = -1;
  for (const [at, { op_code }] of records.entries()) if (op_code === 4 && ++created === number) return at;
  return -1;
}
