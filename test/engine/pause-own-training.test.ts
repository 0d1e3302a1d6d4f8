/** A training of one's own that is paused goes on from what it keeps: a module by `trial.checkpoint`, a command by its folder. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Study } from '../../src/core/study/trial.js';
import { project, readStudy, startEngine } from './support/engine.js';

const STEPS = 9;
const config = (trainer: string): string => `# @sweep
#   metric: val_loss
#   ${trainer}
#   stop: {trials: 10}
#   sampler: random
#   pruner: {name: asha, mode: promote, minResource: 1}
#   workers: 1
rate: 0.5   # @tune float(0, 1)
`;

/** The trials that were promoted, all of which went on to the end. */
async function promoted(files: Readonly<Record<string, string>>): Promise<Study['trials']> {
  const folder = await project(files);
  const engine = await startEngine(join(folder, 'a.yaml'));
  expect(await engine.exited, engine.output()).toBe(0);
  const { trials, status } = await readStudy(engine.started);
  expect(status).toMatchObject({ kind: 'finished' });
  expect(
    trials.map(({ state }) => state).filter((state) => state !== 'complete' && state !== 'pruned'),
  ).toEqual([]);
  for (const { reports } of trials) {
    expect(reports.map(({ step }) => step)).toEqual(reports.map((_, i) => i + 1));
  }
  return trials.filter(
    ({ state, attributes }) => state === 'complete' && attributes['sweetspot:paused'] !== undefined,
  );
}

describe('a training of one’s own that a pruner pauses', () => {
  it('goes on from its checkpoint where it is a module', async () => {
    const source = `import * as tf from '@tensorflow/tfjs';
import type { Trial } from 'sweetspot';
export default async function train({ rate }: { rate: number }, trial: Trial): Promise<void> {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1], useBias: false, kernelInitializer: 'zeros' })] });
  model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
  const x = tf.ones([4, 1]);
  const saved = await trial.checkpoint.restore(model);
  for (let step = (saved?.step ?? 0) + 1; step <= ${STEPS}; step++) {
    const { history } = await model.fit(x, x, { epochs: 1, verbose: 0 });
    const begun = ((saved?.notes.begun as number | undefined) ?? 0) + 1;
    await trial.report(step, { val_loss: rate, fit: Number(history.loss?.[0]), begun });
    await trial.checkpoint.save(model, { begun });
    if (trial.shouldStop()) return;
  }
}
`;
    const found = await promoted({ 'a.yaml': config('train: ./train.ts'), 'train.ts': source });
    expect(found.length).toBeGreaterThan(0);
    for (const { reports, values } of found) {
      // Had it begun anew, the fit would be that of the first steps again.
      for (const [i, { metrics }] of reports.entries()) {
        expect(metrics.fit).toBeCloseTo(0.64 ** i, 4);
      }
      expect(values.begun).toBeGreaterThan(1);
    }
  });

  it('goes on from what it keeps in its folder where it is a command', async () => {
    const program = `import { existsSync, readFileSync, writeFileSync } from 'node:fs';
const [, , folder, rate] = process.argv;
const file = folder + '/kept.json';
const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
const say = (metrics) => console.log('::sweetspot ' + JSON.stringify(metrics));
for (const metrics of kept) say(metrics);
for (let step = kept.length + 1; step <= ${STEPS}; step++) {
  await new Promise((done) => setTimeout(done, 20));
  kept.push({ step, val_loss: Number(rate), process: process.pid });
  writeFileSync(file, JSON.stringify(kept));
  say(kept.at(-1));
}
`;
    const found = await promoted({
      'a.yaml': config(`command: '"${process.execPath}" train.mjs \${folder} \${rate}'`),
      'train.mjs': program,
    });
    expect(found.length).toBeGreaterThan(0);
    for (const { reports } of found) {
      // Steps that an earlier process had made are not made again.
      expect(new Set(reports.map(({ metrics }) => metrics.process)).size).toBeGreaterThan(1);
    }
  });
});
