/** kill -9 of the engine at random moments, many times over one study. `npm run test:long`; not part of `npm test`. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isFinished } from '../../src/core/study/journal/reduce.js';
import { attach, project, readStudy, startEngine } from '../engine/support/engine.js';

const KILLS = 200;
const CONFIG = `# @sweep
#   train: ./train.js
#   metric: loss
#   stop: {trials: 100000}
#   workers: 2
x: 0.5   # @tune float(0, 1)
`;
const TRAIN = `export default async (config, trial) => {
  for (let step = 1; step <= 3; step++) await trial.report(step, { loss: config.x + 1 / step });
  return config.x;
}`;

it(`loses no finished trial in ${KILLS} kills at random moments`, { timeout: 1_800_000 }, async () => {
  const folder = await project({ 'a.yaml': CONFIG, 'train.js': TRAIN });
  const file = join(folder, 'a.yaml');
  const known = new Map<number, unknown>();
  for (let kill = 0; kill < KILLS; kill++) {
    const engine = await startEngine(file);
    expect(engine.started).toMatchObject({ kind: 'ready', study: 'a' });
    // What the engine has told anybody is on disk.
    let acknowledged = 0;
    const client = await attach(engine.started);
    client.on('appended', ({ seq }) => {
      acknowledged = seq;
    });
    await new Promise((done) => setTimeout(done, Math.random() * 5_000));
    engine.process.kill('SIGKILL');
    await engine.exited;
    const { trials, seq } = await readStudy(engine.started);
    expect(seq).toBeGreaterThanOrEqual(acknowledged);
    for (const [number, trial] of known) expect(trials[number]).toEqual(trial);
    for (const trial of trials) if (isFinished(trial.state)) known.set(trial.number, trial);
    expect(trials.filter(({ state }) => state === 'failed')).toEqual([]);
  }
  expect(known.size).toBeGreaterThan(KILLS);
});
