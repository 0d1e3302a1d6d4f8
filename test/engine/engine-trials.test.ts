/** How trials end in the real engine process: by themselves, by an error, by a pruner; and where their words go. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { trialLog } from '../../src/core/study/places.js';
import { make } from './support/bowl.js';
import { project, readStudy, startEngine } from './support/engine.js';

describe('a trial', () => {
  const run = async (sweep: string, train: string) => {
    const folder = await make(sweep, train);
    const engine = await startEngine(join(folder, 'a.yaml'));
    await engine.exited;
    return { engine, folder, study: await readStudy(engine.started) };
  };

  it('may print what it likes; it lands in its log', async () => {
    const { engine, study } = await run(
      'stop: {trials: 2}',
      `export default () => {
         console.log('Content-Length: 3\\r\\n\\r\\n{"op_code":0}\\u0000');
         process.stdout.write(Buffer.from([0xff, 0xfe, 0x0a]));
         console.error('oops');
         return 1;
       }`,
    );
    expect(study.trials.map(({ state }) => state)).toEqual(['complete', 'complete']);
    if (engine.started.kind !== 'ready') throw new Error();
    const log = await readFile(trialLog(engine.started.journal, 0), 'utf8');
    expect(log).toContain('Content-Length: 3');
    expect(log).toContain('oops');
  });

  it('that throws has failed, with its words and line, and the others go on', async () => {
    const { study } = await run(
      'stop: {trials: 4}\nworkers: 1',
      `export default (config, trial) => {
         if (trial.number === 1) throw new Error('no such layer');
         return config.x;
       }`,
    );
    expect(study.trials.map(({ state }) => state)).toEqual(['complete', 'failed', 'complete', 'complete']);
    expect(study.trials[1]?.reason).toMatch(/no such layer/);
    expect(study.trials[1]?.reason).toMatch(/train\.js:2/);
  });

  it('whose process dies has failed with the way it died, and the others go on', async () => {
    const { study } = await run(
      'stop: {trials: 3}\nworkers: 1',
      `export default (config, trial) => {
         if (trial.number === 1) process.kill(process.pid, 'SIGKILL');
         if (trial.number === 2) process.exit(7);
         return config.x;
       }`,
    );
    expect(study.trials.map(({ state }) => state)).toEqual(['complete', 'failed', 'failed']);
    expect(study.trials[1]?.reason).toMatch(/SIGKILL/);
    expect(study.trials[2]?.reason).toMatch(/code 7/);
  });

  it('whose metric is NaN has failed, and says since when', async () => {
    const { study } = await run(
      'stop: {trials: 2}\nworkers: 1',
      `export default async (config, trial) => {
         await trial.report(1, { loss: 1 });
         await trial.report(2, { loss: trial.number === 1 ? NaN : 0.5 });
       }`,
    );
    expect(study.trials).toMatchObject([
      { state: 'complete', objectives: [0.5] },
      { state: 'failed', reason: 'loss is NaN, not finite since step 2' },
    ]);
  });

  it('that never reports the metric ends the study with a word on what it did report', async () => {
    const { study } = await run('stop: {trials: 5}\nworkers: 1', 'export default () => ({ accuracy: 1 })');
    expect(study.status).toMatchObject({
      kind: 'error',
      reason: expect.stringMatching(/"loss" was never reported.*accuracy/),
    });
    expect(study.trials).toMatchObject([{ state: 'waiting' }]);
  });

  it('of a module that does not compile ends the study with file, line and column', async () => {
    const { study } = await run('stop: {trials: 5}', 'export default function (config) {\n  return 1 +;\n}');
    expect(study.status).toMatchObject({ kind: 'error', reason: expect.stringMatching(/train\.js:2:\d+/) });
  });

  it('is pruned by the median of the others, with the arithmetic', async () => {
    const { study } = await run(
      'stop: {trials: 8}\nworkers: 1\npruner: median',
      `export default async (config, trial) => {
         for (let step = 1; step <= 4; step++) {
           await trial.report(step, { loss: trial.number === 7 ? 100 : trial.number });
           if (trial.shouldStop()) return;
         }
       }`,
    );
    expect(study.trials[7]).toMatchObject({
      state: 'pruned',
      reason: expect.stringMatching(/best 100 up to step 1 is worse than the median/),
      objectives: [100],
    });
    expect(study.trials[7]?.reports).toHaveLength(1);
  });

  it.each([
    ['target: 0.9', /the target 0.9 was reached by trial 0/],
    ['plateau: 3', /no improvement in 3/],
    ['minutes: 0.01', /0.01 minutes/],
  ])('may be the last one by stop: {%s}', async (stop, reason) => {
    const train = `export default async () => { await new Promise((r) => setTimeout(r, 50)); return 0.8; }`;
    const { study } = await run(`stop: {${stop}}`, train);
    expect(study.status).toMatchObject({ kind: 'finished', reason: expect.stringMatching(reason) });
  });

  it('covers a whole grid and then stops', async () => {
    const folder = await project({
      'a.yaml':
        '# @sweep\n#   train: ./train.js\n#   metric: loss\n#   sampler: grid\na: 1 # @tune choice(1, 2, 3)\nb: x # @tune choice(x, y)\n',
      'train.js': 'export default ({ a }) => a',
    });
    const engine = await startEngine(join(folder, 'a.yaml'));
    await engine.exited;
    const study = await readStudy(engine.started);
    expect(study.status).toEqual({ kind: 'finished', reason: 'every point of the space has been tried' });
    expect(study.trials).toHaveLength(6);
  });
});
