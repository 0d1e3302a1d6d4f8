import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/core/annotation/yaml.js';
import type { SamplerName } from '../../src/core/samplers/names.js';
import { priorLogDensity, priorQuantile, priorSlope, unitPrior } from '../../src/core/samplers/prior.js';
import type { Parameter, Params, Prior, Space } from '../../src/core/space/parameter.js';
import { createStudy } from '../../src/core/study/ask-tell.js';

function parameterOf(annotation: string): Parameter | undefined {
  return parseConfig(`# @sweep\n#   metric: loss\nx: 0.01 # @tune ${annotation}\n`).config?.space.x;
}
function problemOf(annotation: string): string {
  const [problem] = parseConfig(`# @sweep\n#   metric: loss\nx: 0.01 # @tune ${annotation}\n`).diagnostics;
  return `${problem?.code} ${problem?.range.column}`;
}

describe('a prior in an annotation', () => {
  it('is a value, and a spread in decades where the parameter is logarithmic', () => {
    expect(parameterOf('float(1e-5, 1e-1, log, prior=1e-3)')?.prior).toEqual({ mean: 1e-3 });
    expect(parameterOf('float(0, 1, prior=0.3, sd=0.1)')?.prior).toEqual({ mean: 0.3, sd: 0.1 });
  });

  it.each([
    ['float(0, 1, prior=2)', 'prior-outside 29'],
    ['float(0, 1, sd=0.1)', 'sd-without-prior 29'],
    ['float(0, 1, prior=0.1, sd=0)', 'bad-sd 40'],
    ['float(0, 1, prior=high)', 'bad-prior 29'],
    ['float(0, 1, prior=0.1, prior=0.2)', 'repeated-option 40'],
    ['float(0, 1, pror=0.1)', 'unknown-option 29'],
    ['float(0, 1, steps=1)', 'bad-steps 29'],
    ['float(0, 1, step=0.01, steps=5)', 'step-and-steps 40'],
  ])('%s is refused', (annotation, problem) => {
    expect(problemOf(annotation)).toBe(problem);
  });
});

describe('a prior on choices in an annotation', () => {
  const read = (value: string, annotation: string) => {
    const { config, diagnostics } = parseConfig(
      `# @sweep\n#   metric: loss\nx: ${value} # @tune ${annotation}\n`,
    );
    return config?.space.x ?? diagnostics.map(({ code }) => code);
  };

  it('is the likeliest value, with half of the mass and its part of the rest', () => {
    expect(read('a', 'choice(a, b, c, prior=b)')).toEqual({
      type: 'categorical',
      choices: ['a', 'b', 'c'],
      weights: [1, 4, 1],
    });
    expect(read('b c', "choice('b c', d, prior='b c')")).toMatchObject({ weights: [3, 1] });
    expect(read('[1]', 'choice([1], [2, 3], prior=[2, 3])')).toMatchObject({ weights: [1, 3] });
    expect(read('true', 'bool(prior=true)')).toEqual({ type: 'bool', weights: [1, 3] });
  });

  it('is a weight for each value', () => {
    expect(read('a', 'choice(a, b, c, weights=[5, 1, 0])')).toMatchObject({ weights: [5, 1, 0] });
  });

  it('is a place and a spread in places where values have an order', () => {
    expect(read('8', 'ordinal(8, 16, 32, prior=16)')).toMatchObject({ prior: { mean: 1 } });
    expect(read('8', 'ordinal(8, 16, 32, prior=32, sd=0.5)')).toMatchObject({ prior: { mean: 2, sd: 0.5 } });
  });

  it('can be a text itself, in quotes', () => {
    expect(read('a', 'choice(a, "prior=b")')).toEqual({ type: 'categorical', choices: ['a', 'prior=b'] });
  });

  it.each([
    ['choice(a, b, prior=c)', 'prior-outside'],
    ['choice(a, b, prior=a, prior=b)', 'repeated-option'],
    ['choice(a, b, prior=a, weights=[1, 2])', 'repeated-option'],
    ['choice(a, b, weights=[1, 2, 3])', 'bad-weights'],
    ['choice(a, b, weights=[0, 0])', 'bad-weights'],
    ['choice(a, b, weights=[1, -1])', 'bad-weights'],
    ['choice(a, b, weights=2)', 'bad-weights'],
    ['choice(a, b, sd=1)', 'bad-sd'],
    ['ordinal(a, b, weights=[1, 2])', 'bad-weights'],
    ['ordinal(a, b, sd=1)', 'sd-without-prior'],
    ['ordinal(a, b, prior=a, sd=0)', 'bad-sd'],
  ])('%s is refused', (annotation, code) => {
    expect(read('a', annotation)).toEqual([code]);
  });
});

/** The best result after so many trials, by the median over seeds: a valley in three logarithmic parameters. */
async function regret(sampler: SamplerName, trials: number, at?: number): Promise<number> {
  const prior: Prior | undefined = at === undefined ? undefined : { mean: at, sd: 0.4 };
  const parameter: Parameter = {
    type: 'float',
    low: 1e-6,
    high: 1,
    log: true,
    ...(prior && { prior }),
  };
  const space: Space = { a: parameter, b: parameter, c: parameter };
  const results: number[] = [];
  for (let seed = 0; seed < 7; seed++) {
    const study = createStudy({ space, sampler, seed });
    for (let i = 0; i < trials; i++) {
      const { number, params } = await study.ask();
      const loss = Object.values(params).reduce<number>(
        (sum, x) => sum + (Math.log10(x as number) + 4.2) ** 2,
        0,
      );
      await study.tell(number, loss);
    }
    results.push(study.best?.objectives?.[0] as number);
  }
  return results.sort((a, b) => a - b)[3] as number;
}

const GOOD = 1e-4;
const BAD = 0.1;

describe.each(['random', 'qmc', 'tpe', 'gp'] as const)('the %s sampler', (sampler) => {
  it('finds good points sooner where the belief is right', async () => {
    expect(await regret(sampler, 8, GOOD)).toBeLessThan(0.5 * (await regret(sampler, 8)));
  });
});

describe.each([
  ['tpe', 80, 1],
  ['gp', 30, 0.1],
] as const)('the %s sampler', (sampler, trials, enough) => {
  it('finds good points all the same where the belief is wrong', async () => {
    expect(await regret(sampler, trials, BAD)).toBeLessThan(enough);
  });
});

it.each([1e300, 1e-300])('a spread of %d gives densities, slopes and points that are numbers', (sd) => {
  const prior = unitPrior({ type: 'float', low: 0, high: 1, prior: { mean: 0.7, sd } });
  if (!prior) throw new Error('no prior');
  for (const u of [0, 0.3, 0.7, 1]) {
    expect(priorLogDensity(prior, u)).toEqual(expect.closeTo(0, -2));
    expect(Number.isFinite(priorSlope(prior, u))).toBe(true);
  }
  expect(priorQuantile(prior, 0.5)).toBeCloseTo(sd > 1 ? 0.5 : 0.7, 4);
});

it('random points follow the belief, with its spread', async () => {
  const space: Space = { x: { type: 'float', low: 0, high: 1, prior: { mean: 0.7, sd: 0.05 } } };
  const study = createStudy({ space, sampler: 'random' });
  const drawn: number[] = [];
  for (let i = 0; i < 400; i++) drawn.push((await study.ask()).params.x as number);
  const near = drawn.filter((x) => Math.abs(x - 0.7) < 0.1).length;
  expect(near).toBeGreaterThan(330);
  expect(drawn.filter((x) => x < 0.5).length).toBeGreaterThan(5);
});

/** How many of the first trials have the wanted choice in all of four parameters, over some seeds. */
async function hits(
  sampler: SamplerName,
  belief: 'none' | 'right' | 'wrong',
  trials: number,
): Promise<number> {
  const choices = ['a', 'b', 'c', 'd'];
  const weights = { none: undefined, right: [1, 1, 5, 1], wrong: [5, 1, 1, 1] }[belief];
  const rank = { none: undefined, right: { mean: 2 }, wrong: { mean: 0 } }[belief];
  const category: Parameter = { type: 'categorical', choices, ...(weights && { weights }) };
  const order: Parameter = { type: 'ordinal', choices, ...(rank && { prior: rank }) };
  const space: Space = { a: category, b: category, c: order, x: { type: 'float', low: 0, high: 1 } };
  let found = 0;
  for (let seed = 0; seed < 5; seed++) {
    const study = createStudy({ space, sampler, seed });
    for (let i = 0; i < trials; i++) {
      const { number, params } = await study.ask();
      const wrong = ['a', 'b', 'c'].filter((name) => params[name] !== 'c').length;
      if (wrong === 0) found++;
      await study.tell(number, wrong + 0.1 * (params.x as number));
    }
  }
  return found;
}

describe.each(['random', 'qmc', 'tpe', 'gp', 'rf'] as const)('%s with a belief in choices', (sampler) => {
  it('tries what is believed in first, where the belief is right', async () => {
    expect(await hits(sampler, 'right', 10)).toBeGreaterThan(2 * (await hits(sampler, 'none', 10)));
  });
});

it.each(['tpe', 'gp'] as const)('%s finds the best choices where the belief is wrong', async (sampler) => {
  expect(await hits(sampler, 'wrong', 50)).toBeGreaterThan(25);
});

it('random choices follow their weights, one tenth apart', async () => {
  const space: Space = {
    x: { type: 'float', low: 0, high: 1 },
    kind: { type: 'categorical', choices: ['a', 'b', 'c'], weights: [6, 3, 0] },
    on: { type: 'bool', weights: [1, 3] },
  };
  const study = createStudy({ space, sampler: 'random', seed: 4 });
  const drawn: Params[] = [];
  for (let i = 0; i < 900; i++) drawn.push((await study.ask()).params);
  const share = (of: (params: (typeof drawn)[number]) => boolean) => drawn.filter(of).length / drawn.length;
  expect(share(({ kind }) => kind === 'a')).toBeCloseTo(0.633, 1);
  expect(share(({ kind }) => kind === 'c')).toBeCloseTo(0.033, 1);
  expect(share(({ kind }) => kind === 'c')).toBeGreaterThan(0);
  expect(share(({ on }) => on === true)).toBeCloseTo(0.725, 1);
});
