import { describe, expect, it } from 'vitest';
import { createStudy, type Space } from '../../src/index.js';

const space: Space = {
  lr: { type: 'float', low: 1e-4, high: 1, log: true },
  units: { type: 'int', low: 8, high: 64, step: 8 },
  opt: { type: 'categorical', choices: ['sgd', 'adam'] },
  m: { type: 'float', low: 0.5, high: 0.99, when: { param: 'opt', in: ['sgd'] } },
};

describe('createStudy', () => {
  it('asks, is told, and knows the best', async () => {
    const study = createStudy({ space, directions: ['maximize'], seed: 1 });
    expect(study.best).toBeUndefined();
    for (const value of [0.1, 0.9, 0.4]) await study.tell((await study.ask()).number, value);
    expect(study.best).toMatchObject({ number: 1, objectives: [0.9], state: 'complete' });
    expect(study.trials).toHaveLength(3);
  });

  it('gives a conditional parameter only where its condition holds', async () => {
    const study = createStudy({ space, seed: 2 });
    for (let i = 0; i < 20; i++) {
      const { number, params } = await study.ask();
      expect('m' in params).toBe(params.opt === 'sgd');
      await study.tell(number, i);
    }
  });

  it('hands out what was enqueued before anything else, the other values chosen by the sampler', async () => {
    const study = createStudy({ space, seed: 3, constraints: ['units <= 32'] });
    await study.tell((await study.ask()).number, 1);
    expect(await study.enqueue({ lr: 0.01, opt: 'sgd' })).toBe(1);
    expect(await study.enqueue({ lr: 0.01, units: 8 })).toBe(2);
    const first = await study.ask();
    expect(first).toMatchObject({ number: 1, params: { lr: 0.01, opt: 'sgd', m: expect.any(Number) } });
    expect((await study.ask()).params).toMatchObject({ lr: 0.01, units: 8 });
    expect((await study.ask()).number).toBe(3);
    await study.tell(1, 0.5);
    expect(study.best?.number).toBe(1);
    await expect(study.enqueue({ units: 64 })).rejects.toThrow(/break the constraint/);
    await expect(study.enqueue({ unit: 8 })).rejects.toThrow(/Did you mean `units`/);
  });

  it('prunes by the reports', async () => {
    const study = createStudy({ space, pruner: 'median' });
    for (let i = 0; i < 5; i++) {
      const trial = await study.ask();
      trial.report(1, i);
      expect(trial.shouldPrune()).toBe(false);
      await study.tell(trial.number, i);
    }
    const bad = await study.ask();
    bad.report(1, 50);
    expect(bad.shouldPrune()).toBe(true);
    await study.tell(bad.number, undefined, 'pruned');
    expect(study.trials[5]).toMatchObject({ state: 'pruned', objectives: [50] });
  });

  it('counts a trial that gives no number as failed', async () => {
    const study = createStudy({ space });
    await study.tell((await study.ask()).number, Number.NaN);
    expect(study.trials[0]).toMatchObject({ state: 'failed', reason: 'the value is NaN' });
    expect(study.best).toBeUndefined();
  });

  it('takes one value per direction', async () => {
    const study = createStudy({ space, directions: ['minimize', 'maximize'] });
    const { number } = await study.ask();
    await expect(study.tell(number, 1)).rejects.toThrow(/2 values/);
    await study.tell(number, [1, 2]);
    expect(study.trials[0]?.objectives).toEqual([1, 2]);
  });

  it.each([
    [{ lr: { type: 'float', low: 1, high: 0 } }, /"lr"/],
    [{ lr: { type: 'float', low: 0, high: 1, log: true } }, /"lr"/],
    [{ a: { type: 'categorical', choices: [] } }, /"a"/],
    [
      {
        a: { type: 'bool', when: { param: 'b', in: [true] } },
        b: { type: 'bool', when: { param: 'a', in: [true] } },
      },
      /depends on itself/,
    ],
  ] as [Space, RegExp][])('refuses a space that cannot be: %j', (wrong, message) => {
    expect(() => createStudy({ space: wrong })).toThrow(message);
  });

  it('refuses words about trials that are not there or have ended', async () => {
    const study = createStudy({ space });
    await expect(study.tell(0, 1)).rejects.toThrow(/no trial 0/);
    const trial = await study.ask();
    expect(() => trial.report(0, 1)).toThrow(/count from 1/);
    await study.tell(0, 1);
    await expect(study.tell(0, 1)).rejects.toThrow(/already ended/);
    expect(() => trial.report(1, 1)).toThrow(/already ended/);
  });
});
