/** What a pruner pauses goes on where it stopped, from its checkpoint, to the bits of a training that never paused. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Study } from '../../src/core/study/trial.js';
import { project, readStudy, startEngine } from './support/engine.js';

const rows = Array.from({ length: 90 }, (_, i) => `${Math.sin(i)},${Math.cos(3 * i)},${'ab'[i % 2]}`);

const config = (pruner: string, norm: string): string => `# @sweep
#   metric: val_loss
#   sampler: random
#   pruner: ${pruner}
#   stop: {trials: 14}
#   workers: 1
data: {csv: rows.csv, target: y, validation: 0.3}
model: {task: classification, units: [6], dropout: 0.2}
optimizer:
  clipNorm: ${norm}
  learningRate: 0.003   # @tune float(1e-4, 1e-1, log)
training: {epochs: 8, batchSize: 16}
`;

async function sweep(pruner: string, norm: string, fuse: number): Promise<Study> {
  const folder = await project({
    'a.yaml': config(pruner, norm),
    'rows.csv': `x,z,y\n${rows.join('\n')}\n`,
  });
  const engine = await startEngine(join(folder, 'a.yaml'), { overrides: { fuse } });
  expect(await engine.exited).toBe(0);
  return readStudy(engine.started);
}

describe('a trial that a pruner paused', () => {
  it.each([
    ['compiled steps', 'false', 1],
    ['compiled steps, several in a worker', 'false', 4],
    ['operation by operation', '1e9', 1],
  ])('goes on with the same bits: %s', async (_, norm, fuse) => {
    const paused = await sweep('{name: asha, mode: promote}', norm, fuse);
    const whole = await sweep('none', norm, 1);
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
