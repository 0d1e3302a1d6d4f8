import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/core/annotation/yaml.js';
import { trialsPerWorker } from '../../src/engine/executors/trials-per-worker.js';

const text = (sweep: string, model = 'units: [8]'): string => `# @sweep
#   metric: val_loss
${sweep ? `#   ${sweep}\n` : ''}data: {csv: a.csv, target: y}
model: {task: classification, ${model}}
optimizer:
  learningRate: 0.1  # @tune float(0.01, 1)
`;

function perWorker(
  sweep: string,
  sampler: string,
  model?: string,
  stop = {},
  backend: 'auto' | 'native' = 'auto',
) {
  const { config } = parseConfig(text(sweep, model));
  if (!config) throw new Error('the config is wrong');
  return trialsPerWorker(config, { sampler, stop }, config.sweep.fuse, backend);
}

describe('fuse', () => {
  it('is what the file says', () => {
    expect(perWorker('fuse: 16', 'gp')).toBe(16);
    expect(perWorker('fuse: 1', 'random')).toBe(1);
  });

  it.each(['random', 'grid', 'qmc'])('is 8 by itself where the sampler does not learn: %s', (sampler) => {
    expect(perWorker('', sampler)).toBe(8);
    expect(perWorker('fuse: auto', sampler)).toBe(8);
    expect(perWorker('', sampler, 'layers: [{type: dense, units: 3}, {type: dropout, rate: 0.1}]')).toBe(8);
  });

  it.each(['auto', 'gp', 'tpe'])('is 1 by itself where the sampler learns from results: %s', (sampler) => {
    expect(perWorker('', sampler)).toBe(1);
  });

  it('is 1 by itself where sharing gains nothing, or takes from the time of a trial', () => {
    expect(perWorker('', 'random', 'layers: [{type: conv2d, filters: 3}]')).toBe(1);
    expect(perWorker('', 'random', 'layers: [{type: conv2d, filters: 3}, {type: dense, units: 3}]')).toBe(1);
    expect(perWorker('', 'random', 'units: [8]', { trialMinutes: 1 })).toBe(1);
    expect(perWorker('', 'random', 'units: [8]', {}, 'native')).toBe(1);
  });

  it("is 1 for trees and for users' own programs, whatever the file says", () => {
    expect(perWorker('fuse: 4', 'random', 'kind: forest')).toBe(1);
    expect(perWorker('command: python train.py\n#   fuse: 4', 'random')).toBe(1);
  });

  it.each(['0', '2.5', 'many', 'true'])('cannot be %s', (value) => {
    const { diagnostics } = parseConfig(text(`fuse: ${value}`));
    expect(diagnostics.map(({ message }) => message)).toEqual([
      expect.stringContaining('`fuse` needs a whole number'),
    ]);
  });
});
