/** What holds of every suggestion, whatever the sampler and the space: property-based. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SAMPLER_NAMES } from '../../src/core/samplers/names.js';
import { activeParameters } from '../../src/core/space/condition.js';
import { canonicalValue, cardinality, contains, decodeUnit, valueAt } from '../../src/core/space/encode.js';
import { gridValues } from '../../src/core/space/enumerate.js';
import type { Condition, Distribution, Parameter, Params, Space } from '../../src/core/space/parameter.js';
import { canonicalPoint, pointKey } from '../../src/core/space/point.js';
import { createStudy } from '../../src/core/study/ask-tell.js';

const bound = fc.integer({ min: -1000, max: 1000 });

const distribution: fc.Arbitrary<Distribution> = fc.oneof(
  fc.tuple(bound, fc.integer({ min: 1, max: 2000 })).map(([low, width]) => ({
    type: 'float' as const,
    low: low / 8,
    high: (low + width) / 8,
  })),
  fc.tuple(fc.integer({ min: -9, max: 3 }), fc.integer({ min: 1, max: 6 })).map(([low, decades]) => ({
    type: 'float' as const,
    low: 10 ** low,
    high: 10 ** (low + decades),
    log: true,
  })),
  fc.tuple(bound, fc.constantFrom(0.1, 0.25, 3), fc.integer({ min: 1, max: 9 })).map(([k, step, n]) => ({
    type: 'float' as const,
    low: Number((k * step).toPrecision(12)),
    high: Number(((k + n) * step).toPrecision(12)),
    step,
  })),
  fc.tuple(bound, fc.integer({ min: 1, max: 50 })).map(([low, width]) => ({
    type: 'int' as const,
    low,
    high: low + width,
  })),
  fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 500 })).map(([low, width]) => ({
    type: 'int' as const,
    low,
    high: low + width,
    log: true,
  })),
  fc.constantFrom<Distribution>(
    { type: 'bool' },
    { type: 'categorical', choices: ['a', 'b', 'c'] },
    { type: 'categorical', choices: [[1], [2, 1], null] },
    { type: 'ordinal', choices: [8, 16, 32] },
  ),
);

/** A condition on one of the first `count` parameters, which have these values. */
const condition = (space: Space, names: readonly string[]): fc.Arbitrary<Condition> => {
  const comparison = fc.constantFrom(...names).chain((param) => {
    const parameter = space[param] as Parameter;
    const value = fc.double({ min: 0, max: 1, noNaN: true }).map((u) => decodeUnit(parameter, u));
    return fc
      .tuple(fc.array(value, { minLength: 1, maxLength: 2 }), fc.boolean())
      .map(([values, not]): Condition => (not ? { param, notIn: values } : { param, in: values }));
  });
  return fc.oneof(
    comparison,
    comparison.map((not): Condition => ({ not })),
    fc.tuple(comparison, comparison).map(([a, b]): Condition => ({ and: [a, b] })),
    fc.tuple(comparison, comparison).map(([a, b]): Condition => ({ or: [a, { not: b }] })),
  );
};

/** Up to five parameters, some of which depend on those before them, which may depend on others. */
const space: fc.Arbitrary<Space> = fc
  .array(fc.tuple(distribution, fc.boolean()), { minLength: 1, maxLength: 5 })
  .chain((parts) =>
    parts.reduce<fc.Arbitrary<Space>>(
      (before, [own, conditional], index) =>
        before.chain((earlier) => {
          const names = Object.keys(earlier);
          const name = `p${index}`;
          return conditional && names.length > 0
            ? condition(earlier, names).map((when): Space => ({ ...earlier, [name]: { ...own, when } }))
            : fc.constant<Space>({ ...earlier, [name]: own });
        }),
      fc.constant<Space>({}),
    ),
  );

const score = (params: Params): number =>
  Object.values(params).reduce<number>(
    (sum, value) => sum + (typeof value === 'number' ? Math.abs(value) : 1),
    0,
  );

/** The points of a study, up to the end of its space. */
async function suggestions(
  sampler: (typeof SAMPLER_NAMES)[number],
  of: Space,
  n: number,
  constraints: readonly string[] = [],
) {
  const study = createStudy({ space: of, sampler, seed: 1, constraints });
  const points: Params[] = [];
  for (let i = 0; i < n; i++) {
    const trial = await study.ask().catch((error: Error) => {
      if (/has been tried/.test(error.message)) return undefined;
      throw error;
    });
    if (!trial) break;
    points.push(trial.params);
    await study.tell(trial.number, score(trial.params));
  }
  return points;
}

describe.each(SAMPLER_NAMES)('whatever the space, the %s sampler', (sampler) => {
  it('suggests canonical points, none twice', async () => {
    await fc.assert(
      fc.asyncProperty(space, async (of) => {
        const points = await suggestions(sampler, of, 14);
        expect(points.length).toBeGreaterThan(0);
        for (const params of points) {
          expect(params).toEqual(canonicalPoint(of, params));
          expect(Object.keys(params).sort()).toEqual([...activeParameters(of, params)].sort());
          for (const [name, value] of Object.entries(params)) {
            expect(contains(of[name] as Parameter, value), `${name} = ${JSON.stringify(value)}`).toBe(true);
            expect(Object.is(value, -0)).toBe(false);
          }
        }
        expect(new Set(points.map(pointKey)).size).toBe(points.length);
      }),
      { numRuns: 12, seed: 1 },
    );
  });

  it('keeps constraints also where what they name takes no part', async () => {
    await fc.assert(
      fc.asyncProperty(space, async (of) => {
        const whole: Space = {
          first: { type: 'int', low: 0, high: 20 },
          second: { type: 'int', low: 0, high: 20 },
          third: { type: 'float', low: 0, high: 20, when: { param: 'first', notIn: [3, 4, 5] } },
          ...of,
        };
        const points = await suggestions(sampler, whole, 10, [
          'first + second <= 12',
          'third <= second or first > 9',
        ]);
        for (const { first, second, third } of points) {
          expect((first as number) + (second as number)).toBeLessThanOrEqual(12);
          if (third !== undefined && (first as number) <= 9)
            expect(third as number).toBeLessThanOrEqual(second as number);
        }
      }),
      { numRuns: 5, seed: 2 },
    );
  });
});

describe('a suggested number', () => {
  it('has six digits, and no negative zero', () => {
    fc.assert(
      fc.property(distribution, fc.double({ min: 0, max: 1, noNaN: true }), (of, u) => {
        const value = decodeUnit(of, u);
        expect(contains(of, value)).toBe(true);
        expect(canonicalValue(of, value)).toEqual(value);
        if (of.type !== 'float' || of.step !== undefined || value === of.low || value === of.high) return;
        const [mantissa = '', exponent = '0'] = (value as number).toExponential().split('e');
        const digits = mantissa.replace(/\D/g, '').length;
        const decimals = digits - 1 - Number(exponent);
        if (of.log) expect(digits).toBeLessThanOrEqual(6);
        else expect(decimals).toBeLessThanOrEqual(5 - Math.floor(Math.log10(of.high - of.low)));
      }),
    );
  });

  it('has six digits of the range where that is wide and far from zero', () => {
    const of = { type: 'float', low: 1e12, high: 1e12 + 1e7 } as const;
    expect(decodeUnit(of, 0.123456)).toBe(1e12 + 1_234_600);
    const values = new Set(Array.from({ length: 1000 }, (_, k) => decodeUnit(of, k / 1000)));
    expect(values.size).toBe(1000);
  });

  it('is one of as many as there are', () => {
    expect(cardinality({ type: 'int', low: 1, high: 3 })).toBe(3);
    expect(cardinality({ type: 'int', low: 1, high: 8, step: 3 })).toBe(3);
    expect(cardinality({ type: 'float', low: 0.1, high: 0.3, step: 0.1 })).toBe(3);
    expect(gridValues({ type: 'int', low: 1, high: 10 })).toHaveLength(10);
    expect(gridValues({ type: 'int', low: 1, high: 11 })).toEqual([1, 3, 6, 9, 11]);
    const stepped = { type: 'float', low: 0, high: 1, step: 0.1 } as const;
    expect([0.3, 0.1 * 3, 0.301, 1.1].map((value) => contains(stepped, value))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('is exactly on its step, zero included', () => {
    const of = { type: 'float', low: -0.3, high: 0.3, step: 0.1 } as const;
    expect(Array.from({ length: cardinality(of) }, (_, k) => valueAt(of, k))).toEqual([
      -0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3,
    ]);
    expect(Object.is(decodeUnit({ type: 'float', low: -1, high: 1 }, 0.4999999999), 0)).toBe(true);
  });
});
