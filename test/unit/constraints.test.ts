import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/core/annotation/yaml.js';
import { gridSize } from '../../src/core/samplers/grid.js';
import { SAMPLER_NAMES, type SamplerName } from '../../src/core/samplers/names.js';
import { allowance, outcomeViolation } from '../../src/core/space/constraint.js';
import type { Params, Space } from '../../src/core/space/parameter.js';
import { pointKey } from '../../src/core/space/point.js';
import { createStudy } from '../../src/core/study/ask-tell.js';
import { bestTrial } from '../../src/core/study/best.js';

const file = (constraints: string): string => `# @sweep
#   metric: val_loss
#   constraints: ${constraints}
limit: 3
first: 8      # @tune int(1, 16) as units1
second: 4     # @tune int(1, 16) as units2
rate: 0.1     # @tune float(0.001, 1, log)
optimizer:
  name: adam    # @tune choice(sgd, adam)
  momentum: 0.5 # @tune float(0, 1) when optimizer.name == sgd
big: true     # @tune bool
sizes: [1, 2] # @tune choice([1, 2], [3])
`;

const POINT: Params = {
  units1: 8,
  units2: 4,
  rate: 0.1,
  'optimizer.name': 'adam',
  big: true,
  sizes: [1, 2],
};

function sweepOf(constraints: string) {
  const { config, diagnostics } = parseConfig(file(constraints));
  expect(diagnostics.map(({ message }) => message)).toEqual([]);
  return config?.sweep;
}

function problemsOf(constraints: string): readonly string[] {
  const text = file(constraints);
  return parseConfig(text).diagnostics.map(
    ({ severity, code, range, message }) =>
      `${severity} ${code} ${range.line}:${range.column} «${text.slice(range.start, range.end)}» ${message}`,
  );
}

describe('a constraint in @sweep', () => {
  it.each([
    ['units1 >= units2', { units1: 3 }, false],
    ['units1 + units2 <= 12', { units2: 5 }, false],
    ['units1 + units2 <= 12', { units2: 4 }, true],
    ['rate * units1 < 1', { rate: 0.2 }, false],
    ['units1 - units2 * 2 == 0', { units2: 3 }, false],
    ['units1 / units2 == 2', {}, true],
    ['units1 % limit == 2', { units1: 9 }, false],
    ['-units1 < -units2', { units1: 2 }, false],
    ['units2 ** 2 <= 16', { units2: 5 }, false],
    ['1 < units2 < units1', { units2: 1 }, false],
    ['max(units1, units2) <= 8', { units2: 9 }, false],
    ['log10(rate) <= -1', { rate: 0.2 }, false],
    ['not (units1 < units2)', { units1: 1 }, false],
    ['optimizer.name == adam or units1 > 9', { 'optimizer.name': 'sgd' }, false],
    ['optimizer.name in (adam, sgd) and big', { big: false }, false],
    ['optimizer.name not in (sgd)', { 'optimizer.name': 'sgd' }, false],
    ['sizes == [1, 2]', { sizes: [3] }, false],
    ['"first" <= 8', { units1: 9 }, false],
  ])('%s with %o is %s', (text, change, holds) => {
    const allows = allowance(sweepOf(`['${text.replaceAll("'", "''")}']`)?.constraints);
    expect(allows?.(POINT)).toBe(true);
    expect(allows?.({ ...POINT, ...change })).toBe(holds);
  });

  it('takes the noise of decimal fractions for none', () => {
    const space: Space = {
      a: { type: 'float', low: 0, high: 1, step: 0.1 },
      b: { type: 'float', low: 0, high: 1, step: 0.1 },
    };
    const study = createStudy({ space, sampler: 'grid', constraints: ['a + b <= 0.3'] });
    const sums = async (): Promise<number> => {
      for (let n = 0; ; n++) if (!(await study.ask().catch(() => undefined))) return n;
    };
    return expect(sums()).resolves.toBe(10);
  });

  it('says nothing of a parameter that takes no part', () => {
    const allows = allowance(sweepOf('optimizer.momentum < 0.9')?.constraints);
    expect(allows?.(POINT)).toBe(true);
    expect(allows?.({ ...POINT, 'optimizer.name': 'sgd', 'optimizer.momentum': 0.95 })).toBe(false);
    const both = allowance(sweepOf('optimizer.momentum < 0.9 and units1 > 2')?.constraints);
    expect(both?.({ ...POINT, units1: 2 })).toBe(false);
    const negated = allowance(sweepOf('not optimizer.momentum >= 0.9')?.constraints);
    expect(negated?.(POINT)).toBe(true);
  });

  it('on metrics alone is one on results', () => {
    const sweep = sweepOf(`[latency_ms <= 50, units1 >= units2, '"val/size" + 1 < limit']`);
    expect(sweep?.constraints?.map(({ text }) => text)).toEqual(['units1 >= units2']);
    const violation = outcomeViolation(sweep?.outcomeConstraints);
    expect(violation?.({ latency_ms: 50, 'val/size': 1 })).toBe(0);
    expect(violation?.({ latency_ms: 57, 'val/size': 4 })).toBe(9);
    expect(violation?.({ latency_ms: 50 })).toBe(Number.POSITIVE_INFINITY);
    expect(violation?.({ latency_ms: Number.NaN, 'val/size': 1 })).toBe(Number.POSITIVE_INFINITY);
  });

  it('holds where one of two alternatives does, whatever the other would be', () => {
    const violation = outcomeViolation(sweepOf('latency_ms <= 50 or val_loss <= 1')?.outcomeConstraints);
    expect(violation?.({ latency_ms: 50 })).toBe(0);
    expect(violation?.({ latency_ms: 60 })).toBe(Number.POSITIVE_INFINITY);
    expect(violation?.({ latency_ms: 60, val_loss: 3 })).toBe(2);
  });

  it('is not kept by a metric that went to infinity, which is near to no bound', () => {
    const violated = (constraint: string, latency_ms: number): number | undefined =>
      outcomeViolation(sweepOf(constraint)?.outcomeConstraints)?.({ latency_ms });
    expect(violated('latency_ms <= 50', Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(violated('latency_ms == 50', Number.NEGATIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(violated('latency_ms >= 50', Number.POSITIVE_INFINITY)).toBe(0);
    expect(violated('latency_ms != 50', Number.POSITIVE_INFINITY)).toBe(0);
    expect(violated('latency_ms < latency_ms', Number.POSITIVE_INFINITY)).toBeGreaterThan(0);
  });
});

describe('a constraint over several lines', () => {
  it('is read, and its problems are told at all of it', () => {
    const folded = (second: string): string => `>\n#     units1 >=\n#       ${second}`;
    expect(sweepOf(folded('units2'))?.constraints?.map(({ text }) => text)).toEqual(['units1 >= units2']);
    expect(sweepOf('|\n#     units1 >= units2')?.constraints).toHaveLength(1);
    expect(problemsOf('|\n#     units1 >= unist2')).toEqual([
      expect.stringMatching(/^error unknown-path 4:17 «unist2» /),
    ]);
    const [problem] = problemsOf(folded('unist2'));
    expect(problem).toMatch(/^error unknown-path 3:18 «>\s+#\s+units1 >=\s+#\s+unist2\s*» .*`unist2`/);
    expect(problemsOf('units1 >=\n#     unist2')[0]).toMatch(/^error unknown-path 3:18 «units1 >=/);
    expect(problemsOf('"units1 >=\\tunist2"')[0]).toMatch(/^error unknown-path 3:18 «"units1/);
  });
});

describe('a constraint that cannot be meant', () => {
  it.each([
    [
      'units1 < units2',
      /^error constraint-broken 3:18 «units1 < units2» .*`units1` is 8, `units2` is 4\. Change them/,
    ],
    ['units1 > 20', /^error constraint-broken .*No other point of the space was found/],
    ['unist1 * units2 > 3', /^error unknown-path 3:18 «unist1» .*Did you mean `units1`\?/],
    ['momentum * units2 > 3', /^error unknown-path 3:18 «momentum» .*Did you mean `optimizer\.momentum`\?/],
    ['momentum < 3', /^error unknown-path 3:18 «momentum» .*Did you mean `optimizer\.momentum`\?/],
    ['rate * val_loss < 3', /^error mixed-constraint 3:25 «val_loss» .*known only when a trial has ended/],
    ['optimizer.name > 3', /^error not-a-number 3:18 «optimizer\.name»/],
    ['optimizer > 3', /^error condition-on-part 3:18 «optimizer»/],
    ['units1 = 8', /^error constraint-syntax 3:25 «= 8» .*written `==`/],
    ['units1 >', /^error constraint-syntax .*ends too early/],
    ['[units1]', /^error not-a-comparison 3:19 «units1»/],
    ['limit > 2', /^error constant-constraint .*always true/],
    ['limit > 4', /^error constant-constraint .*always false/],
    ['sine(units1) < 3', /^error unknown-function .*Known are abs/],
    ['[3]', /^error bad-constraint 3:19 «3»/],
    ['unist1 < 3', /^warning taken-for-metric 3:18 «unist1» .*Did you mean `units1`\?/],
    ['optimizer.name != lion', /^warning impossible-comparison 3:36 «lion»/],
    ['["units1 >= units2", rate == 0.1]', /^warning tight-constraints 3:20/],
  ])('%s', (text, problem) => {
    expect(problemsOf(text)[0]).toMatch(problem);
  });
});

const SPACE: Space = {
  a: { type: 'int', low: 1, high: 64, log: true },
  b: { type: 'int', low: 1, high: 64 },
  lr: { type: 'float', low: 1e-4, high: 1, log: true },
  opt: { type: 'categorical', choices: ['sgd', 'adam', 'lion'] },
  m: { type: 'float', low: 0, high: 1, when: { param: 'opt', in: ['sgd'] } },
};

const good = ({ a, b, lr }: Params): number =>
  Math.abs((a as number) - 20) + Math.abs((b as number) - 18) + Math.abs(Math.log10(lr as number) + 2);

async function points(sampler: SamplerName, constraints: readonly string[], n: number, space = SPACE) {
  const study = createStudy({ space, sampler, constraints });
  const found: Params[] = [];
  for (let i = 0; i < n; i++) {
    const { number, params } = await study.ask();
    found.push(params);
    await study.tell(number, space === SPACE ? good(params) : i);
  }
  return found;
}

describe.each(SAMPLER_NAMES)('the %s sampler under constraints', (sampler) => {
  it('suggests only what they allow', async () => {
    for (const { a, b, lr, m } of await points(sampler, ['a >= b', 'lr * b <= 0.5', 'm < 0.5'], 30)) {
      expect(a as number).toBeGreaterThanOrEqual(b as number);
      expect((lr as number) * (b as number)).toBeLessThanOrEqual(0.5000001);
      if (m !== undefined) expect(m as number).toBeLessThan(0.5);
    }
  });

  it('says when nothing is left that they allow', async () => {
    const space: Space = { a: { type: 'int', low: 1, high: 8 }, b: { type: 'int', low: 1, high: 8 } };
    expect(new Set((await points(sampler, ['a + b == 9'], 8, space)).map(pointKey)).size).toBe(8);
    await expect(points(sampler, ['a + b == 9'], 9, space)).rejects.toThrow(/constraints allow/);
  });
});

it('a constraint that a thousandth of the space keeps is lived with', async () => {
  const space: Space = {
    x: { type: 'float', low: 0, high: 1 },
    y: { type: 'float', low: 0, high: 1 },
  };
  for (const sampler of ['random', 'gp', 'tpe'] as const) {
    for (const { x, y } of await points(sampler, ['abs(x - y) < 0.0005'], 25, space)) {
      expect(Math.abs((x as number) - (y as number))).toBeLessThan(0.0005);
    }
  }
});

it('a space whose constraints leave nothing is refused', () => {
  const space: Space = { x: { type: 'float', low: 0, high: 1 } };
  expect(() => createStudy({ space, constraints: ['x > 2'] })).toThrow(/No point of the space/);
  expect(() => createStudy({ space, constraints: ['z > 2'] })).toThrow(/"z > 2"/);
});

it('a grid counts only the points that are allowed', () => {
  const space: Space = { a: { type: 'int', low: 1, high: 4 }, b: { type: 'int', low: 1, high: 4 } };
  expect(gridSize(space, ({ a, b }) => (a as number) > (b as number))).toBe(6);
});

it('any comparison and its negation are never both broken, and one of them is', () => {
  const operand = fc.oneof(fc.constantFrom('a', 'b', 'x'), fc.integer({ min: -9, max: 9 }).map(String));
  const relation = fc.constantFrom('<', '<=', '>', '>=', '==', '!=');
  const space: Space = {
    a: { type: 'int', low: -9, high: 9 },
    b: { type: 'int', low: -9, high: 9 },
    x: { type: 'float', low: -9, high: 9 },
  };
  const number = fc.integer({ min: -9, max: 9 });
  fc.assert(
    fc.property(operand, operand, relation, number, number, number, (left, right, is, a, b, x) => {
      fc.pre(/[abx]/.test(left + right));
      const { config } = parseConfig(
        `# @sweep\n#   metric: loss\n#   constraints: ["a > -99 or ${left} ${is} ${right}"]\na: 1 # @tune int(-9, 9)\nb: 1 # @tune int(-9, 9)\nx: 1.0 # @tune float(-9, 9)\n`,
      );
      expect(Object.keys(config?.space ?? {})).toEqual(Object.keys(space));
      const [constraint] = config?.sweep.constraints ?? [];
      const parts = constraint?.expression as { or: readonly [never, never] };
      const own = allowance([{ text: '', expression: parts.or[1] }])?.({ a, b, x });
      const opposite = allowance([{ text: '', expression: { not: parts.or[1] } }])?.({ a, b, x });
      expect(own).not.toBe(opposite);
    }),
    { numRuns: 100 },
  );
});

it('a trial that breaks a constraint on its results is not the best', () => {
  const settings = {
    sampler: 'random',
    pruner: 'none',
    seed: 0,
    stop: {},
    outcomeConstraints: sweepOf('latency_ms <= 50')?.outcomeConstraints ?? [],
  };
  const trial = (number: number, loss: number, latency: number) => ({
    id: number,
    number,
    state: 'complete' as const,
    params: {},
    objectives: [loss],
    values: { loss, latency_ms: latency },
    reports: [],
    attributes: {},
  });
  const objectives = [{ metric: 'loss', direction: 'minimize' as const }];
  const fast = [trial(0, 3, 20), trial(1, 1, 51), trial(2, 2, 50)];
  expect(bestTrial({ objectives, settings, trials: fast })?.number).toBe(2);
  expect(bestTrial({ objectives, settings, trials: fast.slice(1, 2) })).toBeUndefined();
});
