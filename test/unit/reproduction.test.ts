/** Verdicts on a trial that was run again. */
import { describe, expect, it } from 'vitest';
import { firstParting, noiseTest, verdictOf } from '../../src/core/analysis/reproduction.js';

const run = (...losses: number[]) => ({
  reports: losses.map((loss, index) => ({ step: index + 1, metrics: { loss, seconds: Math.random() } })),
  values: { loss: losses.at(-1) ?? Number.NaN },
});

describe('firstParting', () => {
  it('is undefined for equal curves: NaN equals NaN, and clocks do not count', () => {
    expect(firstParting(run(1, Number.NaN, 0.3), run(1, Number.NaN, 0.3))).toBeUndefined();
  });

  it('is the first step at which a single bit differs', () => {
    const next = 0.1 + 0.2;
    expect(firstParting(run(1, 0.3, 0.2), run(1, next, 0.1))).toEqual({
      step: 2,
      metric: 'loss',
      before: 0.3,
      after: next,
    });
  });

  it('is the first step that only one run has', () => {
    expect(firstParting(run(1), run(1, 0.5))).toMatchObject({ step: 2, before: undefined, after: 0.5 });
  });
});

describe('noiseTest', () => {
  it('is the t-test of one more observation', () => {
    // scipy.stats: 2 * t.sf((7 - 3) / (sqrt(2.5) * sqrt(1.2)), 4)
    const test = noiseTest(7, [1, 2, 3, 4, 5]);
    expect(test?.t).toBeCloseTo(2.3094, 4);
    expect(test?.p).toBeCloseTo(0.08205, 4);
    // and with one degree of freedom, the Cauchy distribution: 1 - 2/π·atan(t)
    const two = noiseTest(1, [0, 0.5]);
    expect(two?.p).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(two?.t ?? 0), 10);
  });

  it('has nothing to say without noise', () => {
    expect(noiseTest(1, [2, 2, 2])).toBeUndefined();
    expect(noiseTest(1, [2])).toBeUndefined();
  });
});

describe('verdictOf', () => {
  it('is drifted where curves differ and nothing measures the noise', () => {
    expect(verdictOf(run(1), run(2), 'loss', [2, 2]).kind).toBe('drifted');
  });
});
