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

  it('finds values beside those that were enqueued under which they take part', async () => {
    const space: Space = {
      c: { type: 'categorical', choices: ['a', 'b', 'c', 'd'] },
      m: { type: 'float', low: 0, high: 1, when: { param: 'c', in: ['d'] } },
    };
    for (let seed = 0; seed < 5; seed++) {
      const study = createStudy({ space, seed });
      await study.enqueue({ m: 0.5 });
      expect((await study.ask()).params).toEqual({ c: 'd', m: 0.5 });
    }
    await expect(createStudy({ space }).enqueue({ c: 'a', m: 0.5 })).rejects.toThrow(/takes no part/);
  });

  it('says what is wrong with spaces and results from callers without types', async () => {
    const made = (space: unknown) => () => createStudy({ space: space as Space });
    expect(made({ x: { type: 'categorical' } })).toThrow(/"x": `choices` holds the values/);
    const when = { param: 'b', equals: true };
    expect(made({ b: { type: 'bool' }, x: { type: 'float', low: 0, high: 1, when } })).toThrow(
      /"x": .*"equals".* is no condition. Write \{ param/,
    );
    expect(made({ b: { type: 'bool' }, x: { type: 'bool', when: 'b == true' } })).toThrow(
      /"b == true" is no cond/,
    );
    const seeded = () => createStudy({ space: { b: { type: 'bool' } }, seed: Number.NaN });
    expect(seeded).toThrow(/`seed` is a whole number, not NaN/);
    expect(made({ b: { type: 'bool' }, x: { type: 'bool', when: { not: { and: [when] } } } })).toThrow(
      /is no condition/,
    );
    const study = createStudy({ space: { b: { type: 'bool' } } });
    const { number, report } = await study.ask();
    await expect(study.tell(number, '3' as unknown as number)).rejects.toThrow(/a number, .* not "3"/);
    await expect(study.tell(number, 3, 'done' as unknown as 'complete')).rejects.toThrow(/"done"; it can be/);
    expect(() => report(1, '3' as unknown as number)).toThrow(/not "3"/);
    await study.tell(number, 3);
    expect(study.best?.objectives).toEqual([3]);
  });

  it('finds values beside those that were enqueued which the constraints allow', async () => {
    const unit = { type: 'float', low: 0, high: 1 } as const;
    const study = createStudy({ space: { a: unit, b: unit }, constraints: ['a >= b'], sampler: 'random' });
    for (let i = 0; i < 5; i++) await study.enqueue({ a: 0.03 });
    for (let i = 0; i < 5; i++) {
      const { params } = await study.ask();
      expect(params.a).toBe(0.03);
      expect(params.b).toBeLessThanOrEqual(0.03);
    }
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
    [{ a: { type: 'bool', when: { not: { param: 'b', in: [1] } } } }, /"a": its condition names "b"/],
    [{ a: { type: 'uniform', low: 0, high: 1 } }, /"a": there is no type "uniform"; there are float, int/],
  ] as unknown as [Space, RegExp][])('refuses a space that cannot be: %j', (wrong, message) => {
    expect(() => createStudy({ space: wrong })).toThrow(message);
  });

  it.each([[[]], [['max']]] as unknown as ['minimize'[]][])('refuses the directions %j', (directions) => {
    expect(() => createStudy({ space, directions })).toThrow(/^`directions` holds "minimize" or "maximize"/);
  });

  it('has a bound of the regret for one objective, not for several', () => {
    const stop = { regret: 0.1 };
    expect(() => createStudy({ space, stop })).not.toThrow();
    expect(() => createStudy({ space, stop, directions: ['minimize', 'maximize'] })).toThrow(
      /`regret` is what can still be gained of one metric, and there are 2\. Use `plateau`/,
    );
  });

  it('refuses reports of other than one or all objectives, and what is said of a trial that waits', async () => {
    const study = createStudy({ space, directions: ['minimize', 'maximize'] });
    const trial = await study.ask();
    expect(() => trial.report(1, [1, 2, 3])).toThrow(/first objective or all 2, not 3 values/);
    expect(() => trial.report(1, [])).toThrow(/not 0 values/);
    trial.report(1, [1, 2]);
    trial.report(2, 3);
    expect(study.trials[0]?.reports.map(({ metrics }) => metrics)).toEqual([
      { value: 1, value1: 2 },
      { value: 3 },
    ]);
    await expect(study.tell(0, [1, 2, 3], 'pruned')).rejects.toThrow(
      'A pruned trial holds the first objective or all 2, not 3 values.',
    );
    await expect(study.tell(0, 1)).rejects.toThrow(/A completed trial needs 2 values/);
    const queued = await study.enqueue({});
    await expect(study.tell(queued, [1, 2])).rejects.toThrow(/waits: `ask` hands it out/);
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

describe('outcome constraints', () => {
  const outcomeConstraints = ['latency <= 20'];

  it('keep a trial that breaks one, or lacks its metric, from being the best', async () => {
    const study = createStudy({ space, outcomeConstraints });
    const results = [{ latency: 30 }, { latency: 20 }, {}] as const;
    for (const [value, metrics] of results.entries()) {
      await study.tell((await study.ask()).number, value, { metrics });
    }
    expect(study.best).toMatchObject({ number: 1, values: { value: 1, latency: 20 } });
    expect(study.front.map(({ number }) => number)).toEqual([1]);
  });

  it('teach the sampler where acceptable results are', async () => {
    const flat: Space = { x: { type: 'float', low: 0, high: 1 } };
    const study = createStudy({ space: flat, outcomeConstraints, sampler: 'tpe', seed: 1 });
    const tried: number[] = [];
    for (let i = 0; i < 60; i++) {
      const { number, params } = await study.ask();
      const x = params.x as number;
      tried.push(x);
      await study.tell(number, x, { metrics: { latency: 100 * (1 - x) } });
    }
    expect(study.best?.params.x).toBeGreaterThanOrEqual(0.8);
    expect(tried.slice(30).filter((x) => x >= 0.8).length).toBeGreaterThan(15);
  });

  it('are on metrics alone', async () => {
    expect(() => createStudy({ space, outcomeConstraints: ['units <= 8'] })).toThrow(/`constraints`/);
    expect(() => createStudy({ space, outcomeConstraints: ['latency <='] })).toThrow(/"latency <="/);
    const study = createStudy({ space });
    const { number } = await study.ask();
    await expect(study.tell(number, 1, { metrics: { value: 2 } })).rejects.toThrow(/objective/);
  });
});

describe('a warm start', () => {
  const line: Space = { x: { type: 'float', low: 0, high: 1 } };
  const loss = (x: number): number => (x - 0.37) ** 2;
  const search = async (study: ReturnType<typeof createStudy>, n: number): Promise<void> => {
    for (let i = 0; i < n; i++) {
      const { number, params } = await study.ask();
      await study.tell(number, loss(params.x as number));
    }
  };

  it('lets the sampler begin where the other study ended, and counts for nothing else', async () => {
    // Spread evenly: a search that has found the best goes on to look elsewhere.
    const before = createStudy({ space: line, sampler: 'qmc', seed: 1 });
    await search(before, 15);
    const after = createStudy({ space: line, sampler: 'gp', seed: 2, warmStart: before.trials });
    await search(after, 1);
    expect(after.trials).toHaveLength(1);
    // Those of the other study have no number here that a reader could look up.
    expect(after.trials[0]?.suggestion?.prediction).toMatchObject({ nearest: [] });
    expect(Math.abs((after.best?.params.x as number) - 0.37)).toBeLessThan(0.05);
  });

  it('leaves out what is no point of the space, has not ended or has other objectives', async () => {
    const trial = (number: number, more: object) =>
      ({ number, state: 'complete', params: { x: 0.5 }, objectives: [1], ...more }) as const;
    const warmStart = [
      trial(0, { params: { x: 2 } }),
      trial(1, { params: { x: 0.5, y: 1 } }),
      trial(2, { params: {} }),
      trial(3, { state: 'running' }),
      trial(4, { objectives: [1, 2] }),
      trial(5, { marks: { excluded: 'broken data' } }),
    ];
    const points = async (options: object): Promise<unknown> => {
      const study = createStudy({ space: line, sampler: 'tpe', ...options });
      await search(study, 12);
      return study.trials.map(({ params }) => params);
    };
    expect(await points({ warmStart })).toEqual(await points({}));
    expect(await points({ warmStart: [trial(0, {})] })).not.toEqual(await points({}));
  });
});
