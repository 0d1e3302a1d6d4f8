import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SamplerName } from '../../src/core/samplers/names.js';
import { samplers } from '../../src/core/samplers/registry.js';
import { activeParameters } from '../../src/core/space/condition.js';
import { contains } from '../../src/core/space/encode.js';
import type { Params, Space } from '../../src/core/space/parameter.js';
import { pointKey } from '../../src/core/space/point.js';
import type { Suggestion, Trial, TrialState } from '../../src/core/study/trial.js';

type Outcome = { readonly state: TrialState; readonly value?: number; readonly last?: number };

function trialOf(number: number, params: Params, { state, value, last }: Outcome): Trial {
  return {
    id: number,
    number,
    state,
    params,
    ...(value === undefined ? {} : { objectives: [value] }),
    values: {},
    reports: last === undefined ? [] : [{ step: 1, value: last, metrics: {} }],
    attributes: {},
  };
}

/** Runs a sampler on a space and checks every suggestion. */
function drive(
  name: SamplerName,
  space: Space,
  outcomes: readonly ((params: Params) => Outcome)[],
  seed = 0,
): readonly Suggestion[] {
  const trials: Trial[] = [];
  const suggestions: Suggestion[] = [];
  for (const outcome of outcomes) {
    const number = trials.length;
    const suggestion = samplers[name].ask({ space, directions: ['minimize'], trials, seed, number });
    if (suggestion === 'exhausted') break;
    const { params } = suggestion;
    expect(Object.keys(params)).toEqual(activeParameters(space, params));
    for (const [parameter, value] of Object.entries(params)) {
      const wanted = space[parameter] as Space[string];
      expect(contains(wanted, value), `${parameter} = ${JSON.stringify(value)}`).toBe(true);
    }
    suggestions.push(suggestion);
    trials.push(trialOf(number, params, outcome(params)));
  }
  return suggestions;
}

const plane: Space = {
  x: { type: 'float', low: 0, high: 1 },
  y: { type: 'float', low: 1e-6, high: 1, log: true },
  c: { type: 'categorical', choices: ['a', 'b', 'c'] },
};
const complete = (value: number): Outcome => ({ state: 'complete', value });
const repeat = (n: number, outcome: (params: Params, k: number) => Outcome) =>
  Array.from({ length: n }, (_, k) => (params: Params) => outcome(params, k));

describe.each(['random', 'qmc', 'halton', 'cmaes', 'rf', 'tpe', 'gp', 'auto'] as const)(
  'the %s sampler',
  (name) => {
    it('goes on when every result is the same', () => {
      const points = drive(
        name,
        plane,
        repeat(40, () => complete(1)),
      );
      expect(new Set(points.map(({ params }) => pointKey(params))).size).toBe(40);
    });

    it.each([1e300, 1e-300, -1e300])('copes with results of the size of %s', (size) => {
      drive(
        name,
        plane,
        repeat(30, ({ x }) => complete(size * ((x as number) - 0.3) ** 2)),
      );
    });

    it('copes with results from 1e-300 to 1e300 in one study', () => {
      drive(
        name,
        plane,
        repeat(30, ({ x }) => complete(10 ** (600 * (x as number) - 300))),
      );
      drive(
        name,
        plane,
        repeat(30, (_, k) => complete(k % 2 ? 1.7e308 : -1.7e308)),
      );
    });

    it('copes with results that are not finite, and with trials that failed, were pruned or are running', () => {
      const kinds: readonly Outcome[] = [
        complete(Number.NaN),
        complete(Infinity),
        complete(-Infinity),
        { state: 'failed' },
        { state: 'pruned', last: Number.NaN },
        { state: 'pruned' },
        { state: 'running' },
        { state: 'waiting' },
      ];
      drive(
        name,
        plane,
        repeat(40, ({ x }, k) => (k % 3 ? (kinds[k % 8] as Outcome) : complete(x as number))),
      );
      drive(
        name,
        plane,
        repeat(30, (_, k) => kinds[k % 8] as Outcome),
      );
    });

    it('copes with sixty parameters', { timeout: 60_000 }, () => {
      const space: Space = Object.fromEntries(
        Array.from({ length: 60 }, (_, j) => [`p${j}`, { type: 'float', low: -1, high: 1 }]),
      );
      drive(
        name,
        space,
        repeat(40, (p) => complete(Object.values(p).reduce<number>((s, v) => s + (v as number) ** 2, 0))),
      );
    });

    it('copes with a choice among five hundred, and with a long range of whole numbers', () => {
      const space: Space = {
        c: { type: 'categorical', choices: Array.from({ length: 500 }, (_, i) => `choice ${i}`) },
        o: { type: 'ordinal', choices: Array.from({ length: 300 }, (_, i) => 2 * i) },
        n: { type: 'int', low: -1_000_000_000, high: 1_000_000_000 },
        l: { type: 'int', low: 1, high: 1_000_000_000, log: true },
      };
      drive(
        name,
        space,
        repeat(40, ({ n, o }) => complete(Math.abs((n as number) / 1e9 - 0.2) + (o as number) / 600)),
      );
    });

    it('copes with ranges of one value and of extreme width', () => {
      const space: Space = {
        point: { type: 'int', low: 3, high: 3 },
        real: { type: 'float', low: 2, high: 2 },
        narrow: { type: 'float', low: 1, high: 1 + 1e-12 },
        wide: { type: 'float', low: -1e308, high: 1e308 },
        decades: { type: 'float', low: 1e-300, high: 1e300, log: true },
        tiny: { type: 'float', low: 0, high: 1e-300 },
      };
      drive(
        name,
        space,
        repeat(30, ({ decades }) => complete(Math.abs(Math.log10(decades as number)))),
      );
    });

    it('copes with earlier trials that lie outside the space or lack a parameter', () => {
      const trials = [{ x: 7, y: 1, c: 'a' }, { x: 0.5 }, { z: 1 }, { x: 'text', y: null, c: 'z' }].map(
        (params, k) => trialOf(k, params as Params, complete(k)),
      );
      const many = Array.from({ length: 6 }, () => trials).flat();
      const suggestion = samplers[name].ask({
        space: plane,
        directions: ['minimize'],
        trials: many.map((trial, number) => ({ ...trial, number, params: { ...trial.params } })),
        seed: 0,
        number: many.length,
      });
      expect(suggestion).not.toBe('exhausted');
    });

    it('handles any space and any results', { timeout: 120_000 }, () => {
      const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
      const parameter = fc.oneof(
        fc.tuple(number, number).map(([a, b]): Space[string] => ({
          type: 'float',
          low: Math.min(a, b),
          high: Math.max(a, b) + 1e-3,
        })),
        fc
          .tuple(fc.double({ min: 1e-12, max: 1, noNaN: true }), fc.integer({ min: 1, max: 9 }))
          .map(([low, decades]): Space[string] => ({
            type: 'float',
            low,
            high: low * 10 ** decades,
            log: true,
          })),
        fc
          .tuple(
            fc.integer({ min: -50, max: 50 }),
            fc.integer({ min: 0, max: 300 }),
            fc.integer({ min: 1, max: 5 }),
          )
          .map(([low, width, step]): Space[string] => ({
            type: 'int',
            low,
            high: low + width,
            ...(width >= step && step > 1 ? { step } : {}),
          })),
        fc.integer({ min: 2, max: 12 }).map((n): Space[string] => ({
          type: 'categorical',
          choices: Array.from({ length: n }, (_, i) => [i]),
        })),
        fc.constant<Space[string]>({ type: 'bool' }),
      );
      const outcome = fc.oneof(
        { weight: 6, arbitrary: fc.double().map(complete) },
        { weight: 1, arbitrary: fc.constant<Outcome>({ state: 'failed' }) },
        { weight: 1, arbitrary: fc.constant<Outcome>({ state: 'running' }) },
        { weight: 1, arbitrary: fc.double().map((last): Outcome => ({ state: 'pruned', last })) },
      );
      fc.assert(
        fc.property(
          fc.array(parameter, { minLength: 1, maxLength: 6 }),
          fc.array(outcome, { minLength: 8, maxLength: 24 }),
          fc.nat(1000),
          (parameters, outcomes, seed) => {
            const space: Space = {
              switch: { type: 'bool' },
              ...Object.fromEntries(
                parameters.map((p, j) => [
                  `p${j}`,
                  j % 2 ? { ...p, when: { param: 'switch', in: [true] } } : p,
                ]),
              ),
            };
            drive(
              name,
              space,
              outcomes.map((one) => () => one),
              seed,
            );
          },
        ),
        { numRuns: 40 },
      );
    });
  },
);
