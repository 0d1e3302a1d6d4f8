/** Samplers with several objectives. */
import { describe, expect, it } from 'vitest';
import { calibrationOf } from '../../src/core/analysis/calibration.js';
import { random } from '../../src/core/random.js';
import { goodTrials } from '../../src/core/samplers/multi/good.js';
import type { SamplerName } from '../../src/core/samplers/names.js';
import { samplers } from '../../src/core/samplers/registry.js';
import type { SamplerContext } from '../../src/core/samplers/sampler.js';
import { unitSpace } from '../../src/core/samplers/unit-space.js';
import type { Params, Space } from '../../src/core/space/parameter.js';
import { createStudy } from '../../src/core/study/ask-tell.js';
import { hypervolume } from '../../src/core/study/objectives/hypervolume.js';
import type { Direction, Trial } from '../../src/core/study/trial.js';

const space: Space = {
  kind: { type: 'categorical', choices: ['a', 'b', 'c'] },
  rate: { type: 'float', low: 1e-4, high: 1, log: true },
  layers: { type: 'int', low: 1, high: 6 },
  extra: { type: 'float', low: 0, high: 1, when: { param: 'kind', in: ['a', 'b'] } },
};

/** Accuracy against cost: both want kind b, and quarrel over the layers. */
function evaluate(params: Params): readonly number[] {
  const layers = params.layers as number;
  const off = (Math.log10(params.rate as number) + 2) ** 2;
  const kind = params.kind === 'b' ? 0 : 0.4;
  const extra = 'extra' in params ? ((params.extra as number) - 0.7) ** 2 : 0.3;
  return [1 - 0.3 / layers - 0.1 * off - kind - extra, layers + 3 * kind + extra];
}
const directions: readonly Direction[] = ['maximize', 'minimize'];

function ask(name: SamplerName, trials: readonly Trial[], seed: number, more: Partial<SamplerContext> = {}) {
  return samplers[name].ask({ space, directions, trials, seed, number: trials.length, ...more });
}

/** Runs `count` trials, the newest `atOnce - 1` of which are always still at work. */
function runTrials(
  name: SamplerName,
  count: number,
  seed: number,
  more: Partial<SamplerContext> = {},
  atOnce = 1,
): readonly Trial[] {
  const trials: Trial[] = [];
  for (let number = 0; number < count; number++) {
    const asked = ask(name, trials, seed, more);
    if (asked === 'exhausted') break;
    const { params } = asked;
    trials.push({ id: number, number, state: 'running', params, values: {}, reports: [], attributes: {} });
    const done = trials[number - atOnce + 1];
    if (!done) continue;
    const objectives = evaluate(done.params);
    const values = { accuracy: objectives[0] as number, cost: objectives[1] as number };
    trials[done.number] = { ...done, state: 'complete', objectives, values };
  }
  return trials;
}

const volume = (trials: readonly Trial[]): number =>
  hypervolume(
    trials.flatMap(({ objectives }) => (objectives ? [[-(objectives[0] ?? 0), objectives[1] ?? 0]] : [])),
    [0.5, 8],
  );

describe.each(['nsga2', 'tpe', 'gp', 'auto'] as const)('the %s sampler with two objectives', (name) => {
  it('suggests valid points, each once, the same for the same seed, with several at work', () => {
    const trials = runTrials(name, 40, 1, {}, 3);
    const unit = unitSpace(space);
    for (const { params } of trials) {
      expect('extra' in params).toBe(params.kind !== 'c');
      for (const name of Object.keys(params)) {
        const j = unit.axes.findIndex((axis) => axis.name === name);
        expect(unit.encode(params)[j]).not.toBeNaN();
      }
    }
    expect(new Set(trials.map(({ params }) => JSON.stringify(params))).size).toBe(trials.length);
    expect(runTrials(name, 40, 1, {}, 3).map(({ params }) => params)).toEqual(
      trials.map(({ params }) => params),
    );
  });

  it('dominates more than random search in as many trials, on most seeds', () => {
    const seeds = [0, 1, 2, 3];
    const wins = seeds.filter(
      (seed) => volume(runTrials(name, 40, seed)) > volume(runTrials('random', 40, seed)),
    );
    expect(wins.length).toBeGreaterThanOrEqual(3);
  });

  it('keeps the constraints between parameters', () => {
    const allows = ({ layers, rate }: Params): boolean => (layers as number) * (rate as number) < 0.1;
    for (const { params } of runTrials(name, 30, 2, { allows })) expect(allows(params)).toBe(true);
  });

  it('learns from results where an outcome constraint holds', () => {
    const outcomeViolation = ({ cost = 0 }: Trial['values']): number => Math.max(0, 3 - cost);
    const trials = runTrials(name, 40, 3, { outcomeViolation });
    const held = (list: readonly Trial[]): number =>
      list.filter(({ values }) => outcomeViolation(values) === 0).length / list.length;
    expect(held(trials.slice(20))).toBeGreaterThan(0.6);
  });

  it.each([1e300, 1e-300])('takes results on a scale of %d, failures and equal results', (scale) => {
    const trials: Trial[] = runTrials('random', 14, 5).map((trial, i) => {
      const objectives = i % 3 === 0 ? [scale, scale] : [scale * i, -scale];
      return i % 5 === 4 ? { ...trial, state: 'failed' } : { ...trial, objectives };
    });
    expect(ask(name, trials, 0)).not.toBe('exhausted');
  });

  it('takes three and four objectives', () => {
    for (const m of [3, 4]) {
      const trials = runTrials('random', 16, 6).map((trial) => ({
        ...trial,
        objectives: Array.from({ length: m }, (_, k) => Math.sin(k + 1 + (trial.objectives?.[0] ?? 0))),
      }));
      const many = new Array<Direction>(m).fill('minimize');
      expect(ask(name, trials, 0, { directions: many })).toMatchObject({ params: expect.anything() });
    }
  });
});

describe('the predictions of gp', () => {
  it.each([2, 3])('are of each of %d objectives, in its own unit, and are scored', (count) => {
    const trials: Trial[] = [];
    const many = Array.from({ length: count }, (_, m): Direction => (m === 1 ? 'maximize' : 'minimize'));
    for (let i = 0; i < 24; i++) {
      const asked = ask('gp', trials, 3, { directions: many });
      if (asked === 'exhausted') break;
      const [accuracy = 0, cost = 0] = evaluate(asked.params);
      const objectives = [cost, 1000 * accuracy, cost * 10].slice(0, count);
      const { params, ...suggestion } = asked;
      trials.push({
        id: i,
        number: i,
        state: 'complete',
        params,
        values: {},
        reports: [],
        attributes: {},
        objectives,
        suggestion: { ...suggestion, seen: 0 },
      });
    }
    const last = trials.at(-1)?.suggestion?.prediction;
    expect(last?.others).toHaveLength(count - 1);
    for (let m = 0; m < count; m++) {
      const scored = calibrationOf(trials, m);
      expect(scored?.scored.length).toBeGreaterThan(10);
      // Better than to expect of every point what all came to.
      expect(scored?.crps).toBeLessThan(scored?.crpsOfNothing ?? 0);
    }
  });
});

describe('the choice of auto', () => {
  it.each([
    [2, 'gp'],
    [3, 'gp'],
    [5, 'gp'],
  ])('with %d objectives is %s', (count, sampler) => {
    const trials = runTrials('random', 12, 0).map((trial, i) => ({
      ...trial,
      objectives: Array.from({ length: count }, (_, k) => Math.sin(i + k)),
    }));
    const many = new Array<Direction>(count).fill('minimize');
    expect(ask('auto', trials, 0, { directions: many })).toMatchObject({ sampler });
  });

  it('is told with its reason', () => {
    const asked = ask('auto', runTrials('random', 20, 0), 0);
    expect(asked).toMatchObject({
      sampler: 'gp',
      reason: expect.stringContaining('chosen for 2 objectives'),
    });
  });
});

describe('good trials', () => {
  it('are whole fronts, and of the last the ones that dominate most together', () => {
    const costs = [
      [1, 9],
      [9, 1],
      [4, 4],
      [4.1, 3.95],
      [9, 9],
    ];
    const trials = runTrials('random', 5, 0).map((trial, i) => ({
      ...trial,
      objectives: costs[i] as number[],
    }));
    const context = { space, directions: ['minimize', 'minimize'] as const, trials, seed: 0, number: 5 };
    expect(goodTrials(context, 3).map(({ number }) => number)).toContain(0);
    expect(goodTrials(context, 1).map(({ number }) => number)[0]).toBeGreaterThan(1);
    expect(goodTrials(context, 4).map(({ number }) => number)).toEqual([0, 1, 2, 3]);
  });

  describe('of one long front', () => {
    /** The ends of the front come last, far from all others. */
    const trials = runTrials('random', 200, 0).map((trial, i) => {
      const along = i === 198 ? 0 : i === 199 ? 1000 : 500 + i / 100;
      return { ...trial, objectives: [along, 1000 - along] };
    });
    const context = { space, directions: ['minimize', 'minimize'] as const, trials, seed: 0, number: 200 };

    it.each([10, 70])('have its ends among the best %i', (size) => {
      const numbers = goodTrials(context, size).map(({ number }) => number);
      expect(numbers).toHaveLength(size);
      expect(new Set(numbers).size).toBe(size);
      expect(numbers).toEqual(expect.arrayContaining([198, 199]));
    });

    it('are of very many trials as large a share of those that are looked at, late ones among them', () => {
      const many = Array.from({ length: 5000 }, (_, i) => {
        const trial = trials[i % 200] as Trial;
        return { ...trial, number: i, objectives: [i, i % 2 === 0 ? -i : 5000 - i] };
      });
      const numbers = goodTrials({ ...context, trials: many }, 500).map(({ number }) => number);
      expect(numbers).toHaveLength(200);
      // The even ones are on the front.
      expect(numbers.filter((number) => number % 2 === 1)).toEqual([]);
      expect(numbers.some((number) => number > 4000)).toBe(true);
      expect(numbers.some((number) => number < 1000)).toBe(true);
    });

    it('are parents by how alone they stand', () => {
      const reasons = Array.from({ length: 60 }, (_, seed) => {
        const asked = ask('nsga2', trials, seed, { directions: context.directions });
        return asked === 'exhausted' ? asked : asked.reason;
      });
      for (const end of ['#198', '#199']) expect(reasons.some((reason) => reason.includes(end))).toBe(true);
    });
  });
});

describe('the gp sampler with three objectives', () => {
  it('learns from results where an outcome constraint holds', async () => {
    const real: Space[string] = { type: 'float', low: 0, high: 1 };
    const study = createStudy({
      space: { x: real, y: real },
      directions: ['minimize', 'minimize', 'minimize'],
      sampler: 'gp',
      outcomeConstraints: ['value2 >= 0.6'],
    });
    let held = 0;
    for (let i = 0; i < 30; i++) {
      const { number, params } = await study.ask();
      const { x, y } = params as { x: number; y: number };
      await study.tell(number, [x + y * y, x + (y - 1) ** 2, x]);
      if (i >= 10 && x >= 0.6) held++;
    }
    expect(held).toBeGreaterThan(12);
  });

  it('betters random points on DTLZ2, whose objectives have a bound that tempts', async () => {
    const reached = async (sampler: 'gp' | 'random'): Promise<number> => {
      const real: Space[string] = { type: 'float', low: 0, high: 1 };
      const study = createStudy({
        space: { a: real, b: real, c: real, d: real, e: real, f: real },
        directions: ['minimize', 'minimize', 'minimize'],
        sampler,
        seed: 1,
      });
      for (let i = 0; i < 65; i++) {
        const { number, params } = await study.ask();
        const [a = 0, b = 0, ...rest] = Object.values(params) as number[];
        const size = 1 + rest.reduce((sum, x) => sum + (x - 0.5) ** 2, 0);
        const [u, v] = [(a * Math.PI) / 2, (b * Math.PI) / 2];
        const values = [Math.cos(u) * Math.cos(v), Math.cos(u) * Math.sin(v), Math.sin(u)];
        await study.tell(
          number,
          values.map((value) => size * value),
        );
      }
      return hypervolume(
        study.front.map(({ objectives }) => objectives ?? []),
        [1.5, 1.5, 1.5],
      );
    };
    expect(await reached('gp')).toBeGreaterThan(await reached('random'));
  });
});

describe('createStudy with several directions', () => {
  it('has a front, and the balanced trial of it as the best', async () => {
    const study = createStudy({ space, directions, sampler: 'nsga2' });
    for (let i = 0; i < 15; i++) {
      const { number, params } = await study.ask();
      await study.tell(number, evaluate(params));
    }
    expect(study.front.length).toBeGreaterThan(1);
    expect(study.front).toContain(study.best);
  });

  it('says which samplers work for one metric only', () => {
    expect(() =>
      createStudy({ space: { x: { type: 'float', low: 0, high: 1 } }, directions, sampler: 'cmaes' }),
    ).toThrow(
      'The sampler "cmaes" works for one metric, and there are 2. Use auto, gp, tpe or nsga2, or a single metric.',
    );
  });
});

it('evolution tries values that no parent has, and mostly those of parents', () => {
  const square: Space = { a: { type: 'float', low: 0, high: 1 }, b: { type: 'float', low: 0, high: 1 } };
  const source = random('parents');
  const trials = Array.from({ length: 40 }, (_, number): Trial => {
    const params = { a: source.int(10_000) / 10_000, b: source.int(10_000) / 10_000 };
    const objectives = [params.a, 1 - params.b];
    return {
      id: number,
      number,
      state: 'complete',
      params,
      objectives,
      values: {},
      reports: [],
      attributes: {},
    };
  });
  const known = new Set(trials.flatMap(({ params }) => Object.values(params)));
  const fresh = Array.from({ length: 40 }, (_, seed) => {
    const asked = ask('nsga2', trials, seed, { space: square });
    if (asked === 'exhausted') throw new Error(asked);
    return Object.values(asked.params).filter((value) => !known.has(value)).length;
  }).reduce((sum, count) => sum + count, 0);
  // One of the two in the mean.
  expect(fresh).toBeGreaterThan(20);
  expect(fresh).toBeLessThan(65);
});

it('the reason of a suggestion by the Parzen estimator stays short however many good trials there are', () => {
  const source = random('reason');
  const trials = Array.from({ length: 600 }, (_, number): Trial => {
    const params = {
      kind: 'a',
      rate: 0.001 + 0.9 * source.next(),
      layers: 1 + source.int(6),
      extra: source.next(),
    };
    const objectives = evaluate(params);
    return {
      id: number,
      number,
      state: 'complete',
      params,
      objectives,
      values: {},
      reports: [],
      attributes: {},
    };
  });
  const asked = ask('tpe', trials, 1);
  if (asked === 'exhausted') throw new Error(asked);
  expect(asked.reason).toMatch(/^likely among the best 60 of 600 results \(#\d+.* and 35 before them\)$/);
  expect(asked.reason.match(/#/g)).toHaveLength(25);
});
