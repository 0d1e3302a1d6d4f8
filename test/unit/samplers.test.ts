import { describe, expect, it } from 'vitest';
import { gridSize } from '../../src/core/samplers/grid.js';
import type { SamplerName } from '../../src/core/samplers/names.js';
import { bestFirst } from '../../src/core/samplers/ranking.js';
import { activeParameters } from '../../src/core/space/condition.js';
import { contains } from '../../src/core/space/encode.js';
import type { Params, Space } from '../../src/core/space/parameter.js';
import { pointKey } from '../../src/core/space/point.js';
import { createStudy } from '../../src/core/study/ask-tell.js';
import type { Direction, Trial } from '../../src/core/study/trial.js';

const mixed: Space = {
  lr: { type: 'float', low: 1e-5, high: 1e-1, log: true },
  drop: { type: 'float', low: 0, high: 0.5, step: 0.1 },
  epochs: { type: 'int', low: 10, high: 60 },
  width: { type: 'int', low: 1, high: 512, log: true },
  units: { type: 'categorical', choices: [[16], [32], [32, 16]] },
  batch: { type: 'ordinal', choices: [8, 16, 32, 64] },
  norm: { type: 'bool' },
  opt: { type: 'categorical', choices: ['sgd', 'momentum', 'adam'] },
  m: { type: 'float', low: 0.5, high: 0.99, when: { param: 'opt', in: ['momentum'] } },
};

async function suggestions(
  sampler: SamplerName,
  space: Space,
  n: number,
  seed = 0,
  score: (params: Params) => number = (p) => Math.abs(Math.log10(p.lr as number) + 2.5),
): Promise<Params[]> {
  const study = createStudy({ space, sampler, seed });
  const points: Params[] = [];
  for (let i = 0; i < n; i++) {
    const trial = await study.ask();
    points.push(trial.params);
    await study.tell(trial.number, score(trial.params));
  }
  return points;
}

describe.each(['random', 'qmc', 'halton', 'cmaes', 'rf', 'nsga2', 'tpe', 'gp', 'auto', 'grid'] as const)(
  'the %s sampler',
  (sampler) => {
    it('suggests values inside their distributions, for the active parameters and no others', async () => {
      for (const params of await suggestions(sampler, mixed, 40)) {
        expect(Object.keys(params).sort()).toEqual([...activeParameters(mixed, params)].sort());
        for (const [name, value] of Object.entries(params)) {
          expect(contains(mixed[name] as Space[string], value), `${name} = ${JSON.stringify(value)}`).toBe(
            true,
          );
        }
      }
    });

    it('suggests the same for the same seed and results', async () => {
      expect(await suggestions(sampler, mixed, 25, 7)).toEqual(await suggestions(sampler, mixed, 25, 7));
    });

    it('never suggests a point twice, and says when a finite space is used up', async () => {
      const space: Space = {
        a: { type: 'categorical', choices: ['x', 'y', 'z'] },
        b: { type: 'int', low: 1, high: 4, when: { param: 'a', in: ['x', 'y'] } },
      };
      const points = await suggestions(sampler, space, 9, 3, (p) => (p.b as number) ?? 0);
      expect(new Set(points.map(pointKey)).size).toBe(9);
      await expect(suggestions(sampler, space, 10, 3, () => 1)).rejects.toThrow(/has been tried/);
    });
  },
);

describe.each(['random', 'qmc', 'halton', 'tpe'] as const)('the %s sampler', (sampler) => {
  it('suggests otherwise for another seed', async () => {
    expect(await suggestions(sampler, mixed, 3, 1)).not.toEqual(await suggestions(sampler, mixed, 3, 2));
  });

  it('spreads a logarithmic parameter evenly over its decades at first', async () => {
    const space: Space = { lr: { type: 'float', low: 1e-4, high: 1, log: true } };
    const study = createStudy({ space, sampler, seed: 5 });
    const decades = [0, 0, 0, 0];
    for (let i = 0; i < 400; i++) {
      const { params } = await study.ask();
      const decade = Math.min(3, Math.floor(Math.log10(params.lr as number) + 4));
      decades[decade] = (decades[decade] ?? 0) + 1;
    }
    for (const count of decades) expect(count).toBeGreaterThan(60);
  });
});

describe('the TPE sampler', () => {
  const bowl = (p: Params): number =>
    ((p.x as number) - 0.3) ** 2 + ((p.y as number) + 0.6) ** 2 + (p.c === 'good' ? 0 : 0.5);
  const space: Space = {
    x: { type: 'float', low: -1, high: 1 },
    y: { type: 'float', low: -1, high: 1 },
    c: { type: 'categorical', choices: ['bad', 'good', 'ugly'] },
  };

  it('finds a better point than random search in as many trials, on most seeds', async () => {
    let wins = 0;
    for (let seed = 0; seed < 15; seed++) {
      const best = async (sampler: SamplerName) =>
        Math.min(...(await suggestions(sampler, space, 60, seed, bowl)).map(bowl));
      if ((await best('tpe')) < (await best('random'))) wins++;
    }
    expect(wins).toBeGreaterThanOrEqual(12);
  });

  it('searches where the good results were, not where the bad ones were', async () => {
    const points = (await suggestions('tpe', space, 80, 1, bowl)).slice(40);
    const near = points.filter((p) => Math.abs((p.x as number) - 0.3) < 0.4 && p.c === 'good').length;
    expect(near).toBeGreaterThan(20);
  });

  it('keeps away from a point that is being tried, when several are asked for at once', async () => {
    const study = createStudy({ space, sampler: 'tpe', seed: 2 });
    for (let i = 0; i < 20; i++) {
      const trial = await study.ask();
      await study.tell(trial.number, bowl(trial.params));
    }
    const asked = [await study.ask(), await study.ask(), await study.ask()].map(({ params }) =>
      pointKey(params),
    );
    expect(new Set(asked).size).toBe(3);
  });
});

describe('the grid sampler', () => {
  it('walks all combinations once, in an order that follows from the seed', async () => {
    const space: Space = {
      a: { type: 'categorical', choices: ['x', 'y'] },
      b: { type: 'ordinal', choices: [1, 2] },
    };
    const orders = await Promise.all(
      [0, 1, 2, 3].map((seed) => suggestions('grid', space, 4, seed, () => 1)),
    );
    const all = [
      { a: 'x', b: 1 },
      { a: 'x', b: 2 },
      { a: 'y', b: 1 },
      { a: 'y', b: 2 },
    ].map(pointKey);
    for (const points of orders) expect(points.map(pointKey).sort()).toEqual(all.sort());
    expect(new Set(orders.map((points) => points.map(pointKey).join())).size).toBeGreaterThan(1);
  });

  it('takes five points across a range, its ends included, on the scale of the parameter', async () => {
    const space: Space = { lr: { type: 'float', low: 1e-4, high: 1, log: true } };
    const points = (await suggestions('grid', space, 5, 0, () => 1)).map((p) => p.lr as number);
    points.sort((a, b) => a - b);
    [1e-4, 1e-3, 1e-2, 1e-1, 1].forEach((expected, i) => {
      expect(points[i]).toBeCloseTo(expected, 10);
    });
  });

  it('takes as many points across a range as `steps` says', async () => {
    const space: Space = { x: { type: 'float', low: 0, high: 1, steps: 3 } };
    const points = (await suggestions('grid', space, 3, 0, () => 1)).map((p) => p.x as number);
    expect(points.sort((a, b) => a - b)).toEqual([0, 0.5, 1]);
    await expect(suggestions('grid', space, 4, 0, () => 1)).rejects.toThrow(/has been tried/);
  });

  it('counts its points with conditions taken into account', () => {
    const space: Space = {
      opt: { type: 'categorical', choices: ['sgd', 'momentum'] },
      m: { type: 'int', low: 1, high: 3, when: { param: 'opt', in: ['momentum'] } },
    };
    expect(gridSize(space)).toBe(4);
  });
});

describe('the order of trials for samplers', () => {
  const trial = (number: number, more: Partial<Trial>): Trial => ({
    id: number,
    number,
    state: 'complete',
    params: {},
    values: {},
    reports: [],
    attributes: {},
    ...more,
  });
  const report = (step: number, value: number) => [{ step, value, metrics: {} }];

  it('is completed, breaking a constraint the least, pruned the farthest, failed, still running', () => {
    const trials = [
      trial(0, { state: 'running' }),
      trial(1, { state: 'failed' }),
      trial(2, { state: 'pruned', reports: report(2, 0.1) }),
      trial(3, { state: 'pruned', reports: report(5, 0.9) }),
      trial(4, { state: 'pruned', reports: report(5, 0.8) }),
      trial(5, { objectives: [0.1], values: { size: 3 } }),
      trial(6, { objectives: [0.2], values: { size: 2 } }),
      trial(7, { objectives: [0.7] }),
      trial(8, { objectives: [0.6] }),
      trial(9, { objectives: [Number.NaN] }),
    ];
    const order = (size: number, direction: Direction): readonly number[] =>
      bestFirst(trials, size, direction, ({ size: own = 0 }) => own).map(({ number }) => number);
    expect(order(10, 'minimize')).toEqual([8, 7, 9, 6, 5, 4, 3, 2, 1, 0]);
    expect(order(7, 'maximize')).toEqual([7, 8, 9, 6, 5, 3, 4]);
  });
});
