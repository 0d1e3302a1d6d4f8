/** Every sampler with every pruner, alone and four trials at a time: each study follows from its journal. */
import { describe, expect, it } from 'vitest';
import { replay } from '../../src/core/analysis/replay.js';
import { SAMPLER_NAMES } from '../../src/core/samplers/names.js';
import { simulate } from '../engine/support/simulated.js';

const SPACE = [
  'x: 0.5   # @tune float(0, 1)',
  'y: 1e-2  # @tune float(1e-3, 1, log)',
  'kind: a  # @tune choice(a, b)',
  'z: 3     # @tune int(1, 9) when kind == b',
];
const PRUNERS = [
  'none',
  '{name: median, startupTrials: 3}',
  '{name: percentile, percentile: 20, startupTrials: 3}',
  '{name: threshold, upper: 1.6}',
  '{name: patient, patience: 1, then: {name: median, startupTrials: 3}}',
  '{name: asha, reduction: 2}',
  '{name: asha, reduction: 2, mode: promote}',
  '{name: hyperband, reduction: 2, maxResource: 8}',
  '{name: hyperband, reduction: 2, maxResource: 8, mode: promote}',
  '{name: moasha, reduction: 2}',
  '{name: wilcoxon, pThreshold: 0.4}',
  '{name: extrapolate, startupTrials: 3}',
];

describe.each([1, 4])('with %i at a time', (workers) => {
  describe.each(SAMPLER_NAMES)('%s', (sampler) => {
    // Of those for several metrics the samplers for one take none.
    const fitting = PRUNERS.filter((one) => !one.includes('moasha') || !['cmaes', 'rf'].includes(sampler));
    it.each(fitting)('%s', { timeout: 120_000 }, async (pruner) => {
      const second = pruner.includes('moasha') ? ', {name: cost, goal: minimize}' : '';
      const { records, study } = await simulate({
        sweep: [
          'train: ./train.js',
          `metric: [{name: loss, goal: minimize}${second}]`,
          `sampler: ${sampler}`,
          `pruner: ${pruner}`,
          'stop: {trials: 30}',
        ],
        space: SPACE,
        workers,
        steps: 8,
        metrics: ({ x = 0, y = 0, z = 0 }, step, trial) => ({
          loss:
            (Number(x) - 0.3) ** 2 +
            Math.abs(Math.log10(Number(y)) + 1) +
            Number(z) / 9 +
            1 / step +
            0.05 * Math.sin(trial * step),
          cost: Number(x),
        }),
      });
      const result = replay(records);
      expect(result.difference).toBeUndefined();
      expect(result.suggestions + result.skipped).toBe(study.trials.length);
      expect(result.skipped).toBe(0);
    });
  });
});
