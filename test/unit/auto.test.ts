import { describe, expect, it } from 'vitest';
import { autoSampler } from '../../src/core/samplers/auto.js';
import type { Params, Space } from '../../src/core/space/parameter.js';
import { pointKey } from '../../src/core/space/point.js';
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

describe('in a large space the automatic choice', () => {
  type Loss = (params: Params) => number;
  const numbers = (count: number): Space =>
    Object.fromEntries(
      Array.from({ length: count }, (_, j) => [`x${j}`, { type: 'float', low: 0, high: 1 }] as const),
    );
  const choices = Array.from({ length: 300 }, (_, k) => `choice ${k}`);

  /** The best of sixty trials; no point is tried twice. */
  async function best(space: Space, loss: Loss, sampler: 'auto' | 'random', seed: number): Promise<number> {
    const study = createStudy({ space, sampler, seed });
    for (let n = 0; n < 60; n++) {
      const { number, params } = await study.ask();
      await study.tell(number, loss(params));
    }
    expect(new Set(study.trials.map(({ params }) => pointKey(params))).size).toBe(60);
    return study.best?.objectives?.[0] ?? Number.NaN;
  }

  it('of one parameter of three hundred choices and one number beats chance', async () => {
    const space: Space = { choice: { type: 'categorical', choices }, x: { type: 'float', low: 0, high: 1 } };
    const loss: Loss = ({ choice, x }) =>
      (Number(String(choice).slice(7)) % 10) / 10 + (Number(x) - 0.3) ** 2;
    const means = { auto: 0, random: 0 };
    for (const seed of [0, 1, 2])
      for (const sampler of ['auto', 'random'] as const)
        means[sampler] += await best(space, loss, sampler, seed);
    expect(means.auto).toBeLessThan(0.5 * means.random);
  });

  it('of sixty parameters beats chance', { timeout: 60_000 }, async () => {
    const space = numbers(60);
    const loss: Loss = (params) =>
      Object.values(params).reduce<number>((sum, x) => sum + (Number(x) - 0.3) ** 2, 0);
    expect(await best(space, loss, 'auto', 0)).toBeLessThan(0.7 * (await best(space, loss, 'random', 0)));
  });
});
