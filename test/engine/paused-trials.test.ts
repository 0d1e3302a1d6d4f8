/** What a pruner pauses goes on where it stopped, from its checkpoint, to the bits of a training that never paused. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Study } from '../../src/core/study/trial.js';
import { project, readStudy, startEngine } from './support/engine.js';

const rows = Array.from({ length: 90 }, (_, i) => `${Math.sin(i)},${Math.cos(3 * i)},${'ab'[i % 2]}`);

/**
 * With this seed the grid gives the file's rate and the three others that learn first. Whichever of those three comes to
 * the first rung first pauses, since too few have come so far, and is among the best four of all fourteen in the end: so
 * one goes on, however the trials that share a worker take turns.
 */
const config = (pruner: string, model: string): string => `# @sweep
#   metric: val_loss
#   sampler: grid
#   seed: 272
#   pruner: ${pruner}
#   stop: {trials: 14}
#   workers: 1
data: {csv: rows.csv, target: y, validation: 0.3}
model: {task: classification, ${model}}
optimizer:
  learningRate: 0.003   # @tune choice(0.003, 0.001, 0.002, 0.004, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100)
training: {epochs: 8, batchSize: 16}
`;

async function sweep(pruner: string, model: string, fuse: number): Promise<Study> {
  const folder = await project({
    'a.yaml': config(pruner, model),
    'rows.csv': `x,z,y\n${rows.join('\n')}\n`,
  });
  const engine = await startEngine(join(folder, 'a.yaml'), { overrides: { fuse } });
  expect(await engine.exited).toBe(0);
  return readStudy(engine.started);
}

const UNITS = 'units: [6], dropout: 0.2';
const LAYERS = 'layers: [{type: dense, units: 6}, {type: reshape, shape: [6]}, {type: dropout, rate: 0.2}]';

describe('a trial that a pruner paused', () => {
  it.each([
    ['compiled steps', UNITS, 1],
    ['compiled steps, several in a worker', UNITS, 4],
    ['operation by operation', LAYERS, 1],
  ])('goes on with the same bits: %s', async (steps, model, fuse) => {
    const paused = await sweep('{name: asha, mode: promote, minResource: 1}', model, fuse);
    const whole = await sweep('none', model, 1);
    const kind = steps.startsWith('compiled') ? 'compiled' : 'general';
    for (const { attributes } of whole.trials) expect(attributes.steps).toBe(kind);
    const resumed = paused.trials.filter(({ attributes }) => attributes.resumedFrom !== undefined);
    expect(resumed.length).toBeGreaterThan(0);
    for (const trial of paused.trials) {
      const same = whole.trials[trial.number]!;
      expect(trial.params).toEqual(same.params);
      expect(trial.reports).toEqual(same.reports.slice(0, trial.reports.length));
    }
    for (const { attributes, reports } of resumed) {
      expect(reports.length).toBeGreaterThan((attributes.resumedFrom as { epoch: number }).epoch);
    }
  });
});
