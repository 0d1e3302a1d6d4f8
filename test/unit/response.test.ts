import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrationOf, coverageAt, crpsNormal, type Scored } from '../../src/core/analysis/calibration.js';
import { functionalAnova } from '../../src/core/analysis/fanova.js';
import { treeValues } from '../../src/core/analysis/model/forest.js';
import { individualDependence, partialDependence } from '../../src/core/analysis/partial-dependence.js';
import { type Response, responseOf } from '../../src/core/analysis/response.js';
import type { Json } from '../../src/core/json.js';
import { random } from '../../src/core/random.js';
import { normalQuantile } from '../../src/core/samplers/normal.js';
import { decodeUnit } from '../../src/core/space/encode.js';
import type { Params, Space } from '../../src/core/space/parameter.js';
import { buildPoint } from '../../src/core/space/point.js';
import type { Prediction, Trial } from '../../src/core/study/trial.js';

const completed = (number: number, params: Params, value: number, prediction?: Prediction): Trial => ({
  id: number,
  number,
  state: 'complete',
  params,
  objectives: [value],
  values: { value },
  reports: [],
  attributes: {},
  ...(prediction ? { suggestion: { sampler: 'gp', reason: '', seen: number, prediction } } : {}),
});

const measure = (trial: Trial): number | undefined => trial.objectives?.[0];

function study(space: Space, count: number, f: (params: Record<string, Json>) => number): Response {
  const source = random('response test');
  const trials = Array.from({ length: count }, (_, number) => {
    const params = buildPoint(space, (_name, parameter) => decodeUnit(parameter, source.next()));
    return completed(number, params, f(params as Record<string, Json>));
  });
  const response = responseOf(space, trials, measure);
  if (!response) throw new Error('There is no response.');
  return response;
}

const circle = { type: 'float', low: -Math.PI, high: Math.PI } as const;
const ishigami = (a: Record<string, Json>): number =>
  Math.sin(a.x1 as number) +
  7 * Math.sin(a.x2 as number) ** 2 +
  0.1 * (a.x3 as number) ** 4 * Math.sin(a.x1 as number);

describe('functional ANOVA', () => {
  it('finds the shares of the Ishigami function, which are known exactly', () => {
    const space: Space = { x1: circle, x2: circle, x3: circle, idle: circle };
    const { shares, interactions } = functionalAnova(study(space, 1000, ishigami));
    const shareOf = (name: string) => shares.find((one) => one.name === name)?.share;
    // Sobol' indices for a = 7, b = 0.1: 0.3139, 0.4424, 0, and 0.2437 for x1 with x3.
    expect(Math.abs((shareOf('x1') ?? 0) - 0.3139)).toBeLessThan(0.06);
    expect(Math.abs((shareOf('x2') ?? 0) - 0.4424)).toBeLessThan(0.08);
    expect(shareOf('x3')).toBeLessThan(0.03);
    expect(shareOf('idle')).toBeLessThan(0.01);
    expect(interactions[0]?.names.toSorted()).toEqual(['x1', 'x3']);
    expect(Math.abs((interactions[0]?.share ?? 0) - 0.2437)).toBeLessThan(0.08);
    expect(interactions[0]?.strength).toBeGreaterThan(0.45);
    expect(interactions[1]?.share).toBeLessThan(0.06);
  });

  it.each([2 ** 1000, 2 ** -1000])('finds the same in values of the size of %d', (size) => {
    const space: Space = { x1: circle, x2: circle, x3: circle };
    const small = study(space, 200, ishigami);
    const large = study(space, 200, (params) => size * ishigami(params));
    expect(functionalAnova(large)).toEqual(functionalAnova(small));
    const means = (response: Response) => [...(partialDependence(response, 'x1')?.mean ?? [])];
    expect(means(large)).toEqual(means(small).map((mean) => mean * size));
    const params = { x1: 1, x2: 2, x3: 3 };
    const one = individualDependence(small, 'x2', params);
    const other = individualDependence(large, 'x2', params);
    expect([...(other?.mean ?? [])]).toEqual([...(one?.mean ?? [])].map((mean) => mean * size));
    expect([...(other?.deviation ?? [])]).toEqual([...(one?.deviation ?? [])].map((sd) => sd * size));
  });

  it('gives no interaction to a sum', () => {
    const space: Space = {
      a: { type: 'float', low: 0, high: 1 },
      k: { type: 'categorical', choices: ['p', 'q', 'r'] },
    };
    const worth: Record<string, number> = { p: 0, q: 2, r: 1 };
    const { shares, interactions } = functionalAnova(
      study(space, 600, ({ a, k }) => 3 * (a as number) + (worth[k as string] as number)),
    );
    // Var(3a) = 9/12, Var(k) = 2/3.
    expect(
      Math.abs((shares.find(({ name }) => name === 'a')?.share ?? 0) - 0.75 / (0.75 + 2 / 3)),
    ).toBeLessThan(0.05);
    expect(interactions[0]?.share).toBeLessThan(0.02);
    expect(interactions[0]?.strength).toBeLessThan(0.2);
  });

  it('counts a conditional parameter by the part of the space that has it, and its bond to what it hangs on', () => {
    const space: Space = {
      kind: { type: 'categorical', choices: ['flat', 'deep'] },
      depth: { type: 'float', low: 0, high: 1, when: { param: 'kind', in: ['deep'] } },
    };
    const { shares, interactions } = functionalAnova(
      study(space, 800, ({ kind, depth }) => (kind === 'deep' ? 4 * (depth as number) : 2)),
    );
    // f = 2 + [deep]·(4d − 2): no effect of kind alone; d alone 1/3, both together 1/3, all 2/3.
    const depth = shares.find(({ name }) => name === 'depth');
    expect(depth?.conditional).toBe(true);
    expect(Math.abs((depth?.share ?? 0) - 0.5)).toBeLessThan(0.08);
    expect(Math.abs((interactions[0]?.share ?? 0) - 0.5)).toBeLessThan(0.08);
  });

  it('shares out no more than all there is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 12, maxLength: 40 }),
        (values) => {
          const space: Space = {
            a: { type: 'float', low: 0, high: 1 },
            b: { type: 'int', low: 1, high: 4 },
          };
          const trials = values.map((value, i) => completed(i, { a: (i * 0.37) % 1, b: 1 + (i % 4) }, value));
          const response = responseOf(space, trials, measure);
          if (!response) return;
          const { shares, interactions } = functionalAnova(response);
          const sum = [...shares, ...interactions].reduce((total, { share }) => total + share, 0);
          expect(sum).toBeLessThan(1 + 1e-9);
          for (const { share } of [...shares, ...interactions]) expect(share).toBeGreaterThan(-1e-9);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('has nothing to say of few trials, of equal results, and of no parameters', () => {
    const space: Space = { a: { type: 'float', low: 0, high: 1 } };
    const trials = Array.from({ length: 20 }, (_, i) => completed(i, { a: i / 20 }, 5));
    expect(responseOf(space, trials, measure)).toBeUndefined();
    expect(responseOf(space, trials.slice(0, 5), ({ number }) => number)).toBeUndefined();
    expect(
      responseOf(
        {},
        trials.map((trial) => ({ ...trial, params: {} })),
        ({ number }) => number,
      ),
    ).toBeUndefined();
  });
});

describe('partial dependence', () => {
  const space: Space = {
    a: { type: 'float', low: 0, high: 1 },
    b: { type: 'float', low: 0, high: 1 },
    k: { type: 'categorical', choices: ['p', 'q', 'r'] },
  };
  const worth: Record<string, number> = { p: 0, q: 2, r: 1 };
  const response = study(
    space,
    900,
    ({ a, b, k }) => 4 * ((a as number) - 0.5) ** 2 + (b as number) + (worth[k as string] as number),
  );

  it('follows the function with the others averaged out', () => {
    const line = partialDependence(response, 'a');
    expect(line).toBeDefined();
    line?.units.forEach((u, place) => {
      expect(Math.abs((line.mean[place] as number) - (4 * (u - 0.5) ** 2 + 0.5 + 1))).toBeLessThan(0.2);
    });
  });

  it('keeps categories in the order of the space, whatever they are worth', () => {
    const line = partialDependence(response, 'k');
    expect(Array.from(line?.units ?? [], (u) => Math.floor(u * 3))).toEqual([0, 1, 2]);
    [0, 2, 1].forEach((value, place) => {
      expect(Math.abs((line?.mean[place] ?? 0) - (value + 1 / 3 + 0.5))).toBeLessThan(0.15);
    });
  });

  it('says the values at its places, whole numbers where the parameter has them', () => {
    const ints = study({ n: { type: 'int', low: 1, high: 4 } }, 60, ({ n }) => n as number);
    const line = partialDependence(ints, 'n');
    expect(line?.values).toEqual([1, 2, 3, 4]);
    line?.mean.forEach((value, place) => {
      expect(value).toBeCloseTo(place + 1, 6);
    });
  });

  it('is the mean of what single points would do', () => {
    const source = random('points');
    const sum = new Float64Array(3);
    const count = 300;
    for (let i = 0; i < count; i++) {
      const line = individualDependence(response, 'k', { a: source.next(), b: source.next(), k: 'p' });
      line?.mean.forEach((value, place) => {
        sum[place] = (sum[place] as number) + value / count;
      });
    }
    const line = partialDependence(response, 'k');
    sum.forEach((value, place) => {
      expect(value).toBeCloseTo(line?.mean[place] ?? 0, 1);
    });
  });

  it('is less sure where fewer trials are', () => {
    const source = random('crowd');
    const trials = Array.from({ length: 400 }, (_, i) => {
      const a = i % 10 === 0 ? 0.5 + source.next() / 2 : source.next() / 2;
      return completed(i, { a }, Math.sin(6 * a) + source.next());
    });
    const crowd = responseOf({ a: { type: 'float', low: 0, high: 1 } }, trials, measure);
    const line = crowd && partialDependence(crowd, 'a');
    const mean = (from: number, to: number) => {
      const inside = [...(line?.deviation ?? [])].filter((_, i) => {
        const u = line?.units[i] ?? 0;
        return u >= from && u < to;
      });
      return inside.reduce((total, x) => total + x, 0) / inside.length;
    };
    expect(mean(0.5, 1)).toBeGreaterThan(mean(0, 0.5));
  });

  it('has no line from a point that does not have the parameter', () => {
    const tree: Space = {
      kind: { type: 'categorical', choices: ['flat', 'deep'] },
      depth: { type: 'float', low: 0, high: 1, when: { param: 'kind', in: ['deep'] } },
    };
    const conditional = study(tree, 100, ({ depth }) => (depth as number) ?? 0);
    expect(individualDependence(conditional, 'depth', { kind: 'flat' })).toBeUndefined();
    expect(individualDependence(conditional, 'depth', { kind: 'deep', depth: 0.5 })).toBeDefined();
    expect(
      treeValues(conditional.forest, conditional.unit.encode({ kind: 'flat' })).every(Number.isFinite),
    ).toBe(true);
  });
});

describe('calibration', () => {
  const prediction = (mean: number, deviation: number): Prediction => ({
    mean,
    deviation,
    improvement: 0,
    nearest: [],
  });
  const source = random('calibration');
  const many = (said: number): Trial[] =>
    Array.from({ length: 2000 }, (_, i) => {
      const mean = source.next() * 10;
      return completed(i, {}, mean + 2 * normalQuantile(source.next() || 0.5), prediction(mean, said));
    });

  it('finds honest predictions honest', () => {
    const found = calibrationOf(many(2));
    expect(found?.coverage.map(({ level }) => level)).toEqual([0.5, 0.8, 0.95]);
    for (const { level, low, high } of found?.coverage ?? []) {
      expect(low).toBeLessThan(level + 0.01);
      expect(high).toBeGreaterThan(level - 0.01);
    }
    expect(found?.spreadZ).toBeCloseTo(1, 1);
    expect(found?.typicalZ).toBeCloseTo(1, 1);
    expect(found?.crps).toBeLessThan(found?.crpsOfNothing ?? 0);
  });

  it('sees overconfidence', () => {
    const found = calibrationOf(many(1));
    expect(found?.coverage[2]?.high).toBeLessThan(0.95);
    expect(found?.spreadZ).toBeCloseTo(2, 0);
  });

  it('scores by the formula: 0.2337 at the mean of a standard normal, 0.6024 one deviation off', () => {
    expect(crpsNormal(1, 0)).toBeCloseTo(0.233695, 5);
    expect(crpsNormal(1, 1)).toBeCloseTo(0.60244, 4);
  });

  it('leaves out what has no result, and says how many', () => {
    const pruned: Trial = { ...completed(9, {}, 1, prediction(1, 1)), state: 'pruned' };
    const found = calibrationOf([...many(2).slice(0, 5), pruned, completed(10, {}, 3)]);
    expect(found?.scored).toHaveLength(5);
    expect(found?.unscored).toBe(1);
    expect(calibrationOf([pruned])).toBeUndefined();
  });

  it('states how unsure the share itself is', () => {
    const ten = Array.from({ length: 10 }, (_, i) => ({ z: i < 8 ? 0 : 9 }) as unknown as Scored);
    expect(coverageAt(ten, 0.5)).toEqual({
      level: 0.5,
      share: 0.8,
      // Wilson's interval of 8 in 10.
      low: expect.closeTo(0.49, 3),
      high: expect.closeTo(0.943, 3),
    });
    const { low, high } = coverageAt(calibrationOf(many(2).slice(0, 10))?.scored ?? [], 0.8);
    expect(high - low).toBeGreaterThan(0.3);
  });
});
