/** Spaces at the edge: ranges too narrow or too wide for their digits, of one value, branches few points reach. */
import { describe, expect, it } from 'vitest';
import { parameterAxis, unitOf } from '../../src/core/analysis/axis.js';
import { explain } from '../../src/core/samplers/explain.js';
import { gridSize, gridText } from '../../src/core/samplers/grid.js';
import { SAMPLER_NAMES } from '../../src/core/samplers/names.js';
import { contains, decodeUnit, valueAt } from '../../src/core/space/encode.js';
import { gridValues } from '../../src/core/space/enumerate.js';
import type { Distribution, Params, Space } from '../../src/core/space/parameter.js';
import { pointKey } from '../../src/core/space/point.js';
import { type CreateStudyOptions, createStudy } from '../../src/core/study/ask-tell.js';

/** The points of a study of so many trials, or of as many as there are, and why it ended. */
async function walk(
  options: CreateStudyOptions,
  trials: number,
): Promise<{ readonly points: readonly Params[]; readonly over: string | undefined }> {
  const study = createStudy(options);
  const points: Params[] = [];
  while (points.length < trials && study.over === undefined) {
    const { number, params } = await study.ask();
    points.push(params);
    await study.tell(number, points.length % 3);
  }
  return { points, over: study.over };
}

describe('a suggested number', () => {
  it.each<[string, Distribution]>([
    ['two neighbours far from zero', { type: 'float', low: 1e300, high: 1.0000000000000002e300 }],
    ['a range narrower than the digits of its ends', { type: 'float', low: 1e9, high: 1e9 + 1e-6 }],
    ['a narrow range of tiny numbers', { type: 'float', low: 1e-200, high: 1.0000001e-200 }],
    ['all doubles', { type: 'float', low: -Number.MAX_VALUE, high: Number.MAX_VALUE }],
    ['the smallest doubles', { type: 'float', low: 0, high: 5e-324 }],
    ['all decades', { type: 'float', low: 5e-324, high: Number.MAX_VALUE, log: true }],
    ['all safe integers', { type: 'int', low: -(2 ** 53 - 1), high: 2 ** 53 - 1 }],
    [
      'a bound that a step misses by rounding',
      { type: 'float', low: 0.1, high: 0.7999999999999999, step: 0.1 },
    ],
  ])('lies in %s', (_, of) => {
    for (let k = 0; k <= 1000; k++) expect(contains(of, decodeUnit(of, k / 1000))).toBe(true);
  });

  it('takes many values also where the range is narrow for its place', () => {
    const of: Distribution = { type: 'float', low: 1e-200, high: 1.0000001e-200 };
    expect(new Set(Array.from({ length: 1000 }, (_, k) => decodeUnit(of, k / 1000))).size).toBeGreaterThan(
      900,
    );
  });

  it('is no more than the bound where numbers can no longer be told apart', () => {
    expect(valueAt({ type: 'int', low: -(2 ** 53 - 1), high: 2 ** 53 - 1 }, 2 ** 54)).toBe(2 ** 53 - 1);
  });
});

describe.each(SAMPLER_NAMES)('the %s sampler', (sampler) => {
  it('takes parameters with one value as they are, and ends when nothing else is left', async () => {
    const space: Space = {
      n: { type: 'int', low: 3, high: 3 },
      x: { type: 'float', low: 1e-3, high: 1e-3, log: true },
      stepped: { type: 'float', low: 0, high: 1, step: 2 },
      c: { type: 'categorical', choices: ['only'] },
      o: { type: 'ordinal', choices: [8] },
      b: { type: 'bool' },
    };
    const { points, over } = await walk({ space, sampler }, 5);
    const one = { n: 3, x: 1e-3, stepped: 0, c: 'only', o: 8 };
    expect(points.toSorted((a, b) => Number(a.b) - Number(b.b))).toEqual([
      { ...one, b: false },
      { ...one, b: true },
    ]);
    expect(over).toMatch(/every point of the space has been tried/);
  });

  it('ends where the parameters that are left can never take part', async () => {
    const space: Space = {
      root: { type: 'categorical', choices: ['a', 'b'] },
      x: { type: 'float', low: 0, high: 1, when: { param: 'root', in: ['c'] } },
    };
    expect((await walk({ space, sampler }, 6)).points).toHaveLength(2);
  });

  it('suggests nothing twice where one branch in a thousand has more than one point', async () => {
    const names = Array.from({ length: 10 }, (_, i) => `d${i}`);
    const space: Space = {
      ...Object.fromEntries(
        names.map((name, i) => [
          name,
          {
            type: 'bool' as const,
            ...(i > 0 && { when: { param: names[i - 1] as string, in: [true] } }),
          },
        ]),
      ),
      x: { type: 'float', low: 0, high: 1, steps: 40, when: { param: 'd9', in: [true] } },
    };
    const { points } = await walk({ space, sampler, seed: 2 }, 30);
    expect(points).toHaveLength(30);
    expect(new Set(points.map(pointKey)).size).toBe(30);
  });

  it('names parameters in the order of the space, also where one waits for a later one', async () => {
    const space: Space = {
      x: { type: 'int', low: 1, high: 3, when: { param: 'b', in: [true] } },
      b: { type: 'bool' },
    };
    const { points } = await walk({ space, sampler }, 4);
    expect(points.map((params) => Object.keys(params).join())).toEqual(expect.arrayContaining(['x,b']));
    expect(points.map((params) => Object.keys(params).join())).not.toContain('b,x');
  });

  it('begins also where constraints allow a thousandth of the space', async () => {
    const space: Space = Object.fromEntries(
      ['x', 'y', 'z'].map((name) => [name, { type: 'float', low: 0, high: 1, steps: 12 }]),
    );
    for (let seed = 0; seed < 6; seed++) {
      const { points } = await walk({ space, sampler, seed, constraints: ['x + y + z < 0.182'] }, 1);
      expect(points).toHaveLength(1);
    }
  });
});

describe('a grid', () => {
  it('of more steps than can be listed takes some of them, evenly', async () => {
    const n: Distribution = { type: 'int', low: 0, high: 2 ** 53 - 1, step: 3 };
    const values = gridValues(n) as readonly number[];
    expect(values.length).toBeLessThanOrEqual(10_000);
    expect([values[0], values.every((value) => contains(n, value))]).toEqual([0, true]);
    expect((await walk({ space: { n }, sampler: 'grid' }, 5)).points).toHaveLength(5);
  });

  it('that is too large to be counted says so', () => {
    const space: Space = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`p${i}`, { type: 'int', low: 1, high: 4 }]),
    );
    expect(gridText(gridSize(space))).toBe('The grid has too many points to count.');
    expect(gridText(gridSize({ b: { type: 'bool' } }))).toBe('The grid has 2 points.');
  });
});

it('a prediction too large to be a number is not stated as one', () => {
  const said = explain(
    { mean: 0, deviation: 1, incumbent: 1, invert: (z) => 2 * z * Number.MAX_VALUE },
    'minimize',
    [],
  );
  expect(said.prediction).toBeUndefined();
  expect(said.reason).not.toMatch(/NaN|Infinity/);
});

it('a prediction far from zero has the digits that its deviation asks for', () => {
  const said = explain({ mean: 2.53, deviation: 1.5, incumbent: 2, invert: (z) => 1e9 + z }, 'maximize', []);
  expect(said.prediction?.mean).toBe(-1000000002.53);
  expect(said.reason).toMatch(/^the model predicts -1000000002\.5 ± 1\.5; .* over -1000000002$/);
});

it('a place on the axis of a range that spans all doubles is known', () => {
  const axis = parameterAxis({ type: 'float', low: -1.7e308, high: 1.7e308 }, []);
  expect([-1.7e308, 0, 1.7e308].map((value) => unitOf(axis, value))).toEqual([0, 0.5, 1]);
});
