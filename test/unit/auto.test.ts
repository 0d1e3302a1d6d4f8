import { describe, expect, it } from 'vitest';
import { autoSampler } from '../../src/core/samplers/auto.js';
import type { Space } from '../../src/core/space/parameter.js';
import { createStudy } from '../../src/core/study/ask-tell.js';

const NUMBERS: Space = { x: { type: 'float', low: 0, high: 1 }, y: { type: 'float', low: 0, high: 1 } };
const MIXED: Space = { ...NUMBERS, name: { type: 'categorical', choices: ['adam', 'sgd'] } };

/** What `auto` suggests, and why, after so many random trials. */
async function suggestAfter(count: number, space: Space) {
  const study = createStudy({ space, sampler: 'random' });
  for (let n = 0; n < count; n++) {
    const { number, params } = await study.ask();
    await study.tell(number, (Number(params.x) - 0.3) ** 2 + Number(params.y));
  }
  const context = { space, directions: ['minimize'] as const, trials: study.trials, seed: 0, number: count };
  const suggestion = autoSampler.ask(context);
  if (suggestion === 'exhausted') throw new Error('A space of reals is never exhausted.');
  return suggestion;
}

describe('the automatic choice of a sampler', () => {
  it.each([
    ['the Gaussian process at first', 300, NUMBERS, 'gp'],
    ['the process in turn with the Parzen estimator after 300 trials', 302, NUMBERS, 'gp'],
    ['the estimator in its turn', 303, NUMBERS, 'tpe'],
    ['CMA-ES for numbers alone after 1000', 1001, NUMBERS, 'cmaes'],
    ['the estimator where there are categories after 1000', 1001, MIXED, 'tpe'],
  ])('is %s', async (_what, count, space, sampler) => {
    expect((await suggestAfter(count, space)).sampler).toBe(sampler);
  });

  it('is stated on each trial', async () => {
    expect((await suggestAfter(0, NUMBERS)).reason).toContain('chosen for up to 300 trials');
    expect((await suggestAfter(40, MIXED)).reason).toContain('chosen for up to 300 trials');
    expect((await suggestAfter(303, NUMBERS)).reason).toContain('taking turns with more than 300 trials');
    expect((await suggestAfter(1001, NUMBERS)).reason).toContain('more than 1000 trials');
  });
});
