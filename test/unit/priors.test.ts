import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/core/annotation/yaml.js';
import type { SamplerName } from '../../src/core/samplers/names.js';
import type { Parameter, Prior, Space } from '../../src/core/space/parameter.js';
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

it('random points follow the belief, with its spread', async () => {
  const space: Space = { x: { type: 'float', low: 0, high: 1, prior: { mean: 0.7, sd: 0.05 } } };
  const study = createStudy({ space, sampler: 'random' });
  const drawn: number[] = [];
  for (let i = 0; i < 400; i++) drawn.push((await study.ask()).params.x as number);
  const near = drawn.filter((x) => Math.abs(x - 0.7) < 0.1).length;
  expect(near).toBeGreaterThan(330);
  expect(drawn.filter((x) => x < 0.5).length).toBeGreaterThan(5);
});
