/** Reading annotated YAML: what a correct file means. What is wrong with a wrong one is in annotation-errors.test.ts. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { looksAnnotated } from '../../src/core/annotation/detect.js';
import { applyValues } from '../../src/core/annotation/edit.js';
import { parseConfig } from '../../src/core/annotation/yaml.js';

const iris = readFileSync(new URL('../../examples/iris/iris.yaml', import.meta.url), 'utf8');

describe('the iris example', () => {
  const { config, diagnostics } = parseConfig(iris);

  it('has nothing to complain about', () => {
    expect(diagnostics).toEqual([]);
  });

  it('makes the space its annotations say, in the order of the file', () => {
    expect(config?.space).toEqual({
      'model.units': { type: 'categorical', choices: [[16], [32], [64], [32, 16]] },
      'model.activation': { type: 'categorical', choices: ['relu', 'tanh', 'elu'] },
      'model.dropout': { type: 'float', low: 0, high: 0.5 },
      'optimizer.name': { type: 'categorical', choices: ['sgd', 'momentum', 'rmsprop', 'adam'] },
      'optimizer.learningRate': { type: 'float', low: 1e-4, high: 0.1, log: true },
      'optimizer.momentum': {
        type: 'float',
        low: 0.5,
        high: 0.99,
        when: { param: 'optimizer.name', in: ['momentum'] },
      },
      'training.epochs': { type: 'int', low: 10, high: 60 },
      'training.batchSize': { type: 'ordinal', choices: [8, 16, 32, 64] },
    });
    expect(Object.keys(config?.space ?? {})).toHaveLength(8);
  });

  it('fills in the settings that the block leaves out', () => {
    expect(config?.sweep).toEqual({
      trainer: { kind: 'declarative' },
      objectives: [{ metric: 'val_loss', direction: 'minimize' }],
      stop: { trials: 40 },
      sampler: 'auto',
      pruner: 'none',
    });
  });

  it('knows the values of the file, active or not', () => {
    expect(config?.baseline).toEqual({
      'model.units': [32],
      'model.activation': 'relu',
      'model.dropout': 0.1,
      'optimizer.name': 'adam',
      'optimizer.learningRate': 0.001,
      'optimizer.momentum': 0.9,
      'training.epochs': 30,
      'training.batchSize': 16,
    });
  });

  it('is edited where its values stand, and nowhere else', () => {
    const { text } = applyValues(iris, config?.tuned ?? [], {
      'model.units': [32, 16],
      'optimizer.name': 'momentum',
      'optimizer.learningRate': 0.0031622776601683794,
      'training.epochs': 30,
    });
    expect(text).toBe(
      iris
        // Comments keep their columns while there is room.
        .replace('units: [32]    ', 'units: [32, 16]')
        .replace('name: adam    ', 'name: momentum')
        .replace(/learningRate: 1e-3 +/, 'learningRate: 3.1622776601683794e-3  '),
    );
  });
});

const HEAD = '# @sweep\n#   metric: loss\n';

/** The config of a text that must be without errors. */
function read(text: string) {
  const { config, diagnostics } = parseConfig(text);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  if (!config) throw new Error('no config');
  return config;
}

describe('the place of an annotation', () => {
  it('is the innermost block pair or list item that starts on its line', () => {
    const { baseline } = read(
      `${HEAD}- 1 # @tune int(0, 2)\n- a: 2 # @tune int(0, 2)\n  b: [3, 4] # @tune choice([3, 4], x)\n-\n  - - 5 # @tune int(0, 9)\n    - {c: 6} # @tune choice({c: 6}, x)\n`,
    );
    expect(baseline).toEqual({ 0: 1, '1.a': 2, '1.b': [3, 4], '2.0.0': 5, '2.0.1': { c: 6 } });
  });

  it('has exact ranges for value and annotation', () => {
    const text = `${HEAD}m:\n  "a b": 0.5   # base @tune float(0, 1) when m.c == 1 as x # mine\n  c: 1\n`;
    const [one] = read(text).tuned;
    expect(one).toMatchObject({ name: 'x', path: 'm."a b"', parameter: { type: 'float', low: 0, high: 1 } });
    expect(text.slice(one?.valueRange.start, one?.valueRange.end)).toBe('0.5');
    expect(one?.valueRange).toMatchObject({ line: 4, column: 10, endLine: 4, endColumn: 13 });
    expect(text.slice(one?.annotationRange.start, one?.annotationRange.end)).toBe(
      '@tune float(0, 1) when m.c == 1 as x',
    );
  });

  it('is never inside a text', () => {
    const { tuned } = read(
      `${HEAD}a: "x # @tune int(0, 1)"\nb: |\n  # @sweep\n  y: 1 # @tune int(0, 1)\nc: 'z\n  # @tune bool'\nd: 1 # @tune int(0, 2)\n`,
    );
    expect(tuned.map(({ path }) => path)).toEqual(['d']);
  });

  it('is not a line that its author switched off, nor a word that only looks like it', () => {
    const { tuned } = read(
      `${HEAD}# lr: 1 # @tune int(0, 1)\na: 1 # me@tune.org @tuned\nd: 1 # @tune int(0, 2)\n`,
    );
    expect(tuned.map(({ path }) => path)).toEqual(['d']);
  });

  it('leaves the comment before and after it to the user', () => {
    const { space } = read(
      `${HEAD}lr: 1  # base rate @tune float(0.1, 2) # keep > 0.1, was @tune float(0, 1)\n`,
    );
    expect(space).toEqual({ lr: { type: 'float', low: 0.1, high: 2 } });
  });
});

describe('a distribution', () => {
  it.each<readonly [string, string, object]>([
    ['16', 'int(8, 64)', { type: 'int', low: 8, high: 64 }],
    ['0', 'float(0, 0.5)', { type: 'float', low: 0, high: 0.5 }],
    ['1e-3', 'float(1e-5,1e-1,log)', { type: 'float', low: 1e-5, high: 0.1, log: true }],
    ['8', 'int( 1 , 1000 ,log )', { type: 'int', low: 1, high: 1000, log: true }],
    ['0.3', 'float(0, 1, step=0.1)', { type: 'float', low: 0, high: 1, step: 0.1 }],
    ['4', 'int(0, 8, step = 2)', { type: 'int', low: 0, high: 8, step: 2 }],
    ['true', 'bool', { type: 'bool' }],
    ['8', 'ordinal(8, 16)', { type: 'ordinal', choices: [8, 16] }],
    [
      'a',
      `choice(a, "b, c", 'it''s', don't, [1, [2, "]"]], {k: v, "l": [m]}, null, true, 1e3, relu(x), a#b, x y)`,
      {
        type: 'categorical',
        choices: [
          'a',
          'b, c',
          "it's",
          "don't",
          [1, [2, ']']],
          { k: 'v', l: ['m'] },
          null,
          true,
          1000,
          'relu(x)',
          'a#b',
          'x y',
        ],
      },
    ],
  ])('over %s: %s', (value, written, expected) => {
    expect(read(`${HEAD}a: ${value} # @tune ${written}\n`).space).toEqual({ a: expected });
  });
});

describe('a condition', () => {
  const FILE = `${HEAD}o: x # @tune choice(x, y, "a b")\nm:\n  n: 1 # @tune int(0, 9) as depth\nfixed: [3, four]\n"odd key": 5 # @tune int(0, 9)\n`;
  const when = (expression: string) =>
    read(`${FILE}z: 1 # @tune int(0, 2) when ${expression}\n`).space.z?.when;

  it.each<readonly [string, object | undefined]>([
    ['o == x', { param: 'o', in: ['x'] }],
    ['o != "a b"', { param: 'o', notIn: ['a b'] }],
    ['o in (x, "a b")', { param: 'o', in: ['x', 'a b'] }],
    ['o not in (x)', { param: 'o', notIn: ['x'] }],
    ['depth == 2', { param: 'depth', in: [2] }],
    ['m.n == 2', { param: 'depth', in: [2] }],
    ['"odd key" == 2', { param: '"odd key"', in: [2] }],
    ['not o == x', { not: { param: 'o', in: ['x'] } }],
    [
      'o == x or o == y and depth in (1,2)',
      {
        or: [
          { param: 'o', in: ['x'] },
          {
            and: [
              { param: 'o', in: ['y'] },
              { param: 'depth', in: [1, 2] },
            ],
          },
        ],
      },
    ],
    [
      '(o==x or o==y) and depth!=1',
      {
        and: [
          {
            or: [
              { param: 'o', in: ['x'] },
              { param: 'o', in: ['y'] },
            ],
          },
          { param: 'depth', notIn: [1] },
        ],
      },
    ],
    ['fixed.0 == 3 and o == x', { param: 'o', in: ['x'] }],
    ['fixed.1 in (three, four)', undefined],
    ['fixed == [3, four]', undefined],
    ['not (fixed.0 == 4 or o == x)', { not: { param: 'o', in: ['x'] } }],
    ['fixed.0 == 4 or fixed.0 != 4', undefined],
  ])('%s', (expression, expected) => {
    expect(when(expression)).toEqual(expected);
  });

  it('that the file decides against makes a parameter that never takes part', () => {
    expect(when('fixed.0 == 4')).toEqual({ or: [] });
  });

  it('may be followed by a name and a comment', () => {
    const { space } = read(`${FILE}z: 1 # @tune int(0, 2) when o == x as zet # note\n`);
    expect(space.zet).toMatchObject({ when: { param: 'o', in: ['x'] } });
  });
});

describe('the sweep block', () => {
  const sweep = (...lines: string[]) =>
    read(['# @sweep', ...lines, 'a: 1 # @tune int(0, 2)', ''].join('\n')).sweep;

  it('reads every setting', () => {
    expect(
      sweep(
        '#   train: ./train.ts',
        '#   metric: [val_accuracy, {name: latency, goal: minimize}]',
        '#   stop: {trials: 100, minutes: 0.5, target: -0.99, plateau: 25}',
        '#   sampler: random',
        '#   pruner: median',
        '#   seed: 0',
        '#   workers: 2',
      ),
    ).toEqual({
      trainer: { kind: 'module', file: './train.ts' },
      objectives: [
        { metric: 'val_accuracy', direction: 'maximize' },
        { metric: 'latency', direction: 'minimize' },
      ],
      stop: { trials: 100, minutes: 0.5, target: -0.99, plateau: 25 },
      sampler: 'random',
      pruner: 'median',
      seed: 0,
      workers: 2,
    });
  });

  it('stops after 50 trials where it does not say', () => {
    expect(sweep('#   metric: loss').stop).toEqual({ trials: 50 });
  });

  it.each([
    ['accuracy', 'maximize'],
    ['val_f1', 'maximize'],
    ['top5_accuracy', 'maximize'],
    ['val_r2', 'maximize'],
    ['auc', 'maximize'],
    ['loss', 'minimize'],
    ['val_mse', 'minimize'],
    ['policy_loss', 'minimize'],
    ['rmse', 'minimize'],
  ])('knows which way %s is better', (metric, direction) => {
    expect(sweep(`#   metric: ${metric}`).objectives).toEqual([{ metric, direction }]);
  });

  it('takes the goal it is given', () => {
    const objectives = [{ metric: 'score', direction: 'maximize' }];
    expect(sweep('#   metric: score', '#   goal: maximize').objectives).toEqual(objectives);
    expect(sweep('#   metric: {name: score, goal: maximize}').objectives).toEqual(objectives);
  });

  it('ends where comments are no longer indented deeper, and may have blank lines', () => {
    const text =
      '# about\n# @sweep\n#\n#   metric: loss\n#\n#   seed: 3\n# @tuning is fun\n#     seed: 4\na: 1 # @tune int(0, 2)\n';
    const { sweep: settings, sweepRange } = read(text);
    expect(settings.seed).toBe(3);
    expect(text.slice(sweepRange.start, sweepRange.end)).toBe(
      '# @sweep\n#\n#   metric: loss\n#\n#   seed: 3',
    );
  });

  it('may stand anywhere in the file, indented, in CRLF', () => {
    const text =
      'm:\n  a: 1 # @tune int(0, 2)\n  # @sweep\n  #   metric: loss # ours\n  #   stop:\n  #     trials: 3\n';
    expect(read(text.replaceAll('\n', '\r\n')).sweep.stop).toEqual({ trials: 3 });
  });
});

describe('a file with errors', () => {
  it('in its YAML still tells what its annotations say', () => {
    const { config, tuned, diagnostics } = parseConfig(
      `${HEAD}a: 1 # @tune int(0, 2) when b == x\nb: x\nc: 9 # @tune int(0, 2)\nc: [1\n`,
    );
    expect(config).toBeUndefined();
    expect(tuned.map(({ path }) => path)).toEqual(['a', 'c']);
    expect(diagnostics.map(({ code }) => code)).toEqual(['yaml-syntax']);
  });

  it('still tells where its sweep and its readable annotations are', () => {
    const { config, tuned, sweepRange } = parseConfig(
      `${HEAD}a: 1 # @tune int(0, 2)\nb: 9 # @tune int(3, 1)\n`,
    );
    expect(config).toBeUndefined();
    expect(sweepRange).toMatchObject({ line: 1, endLine: 2 });
    expect(tuned.map(({ path }) => path)).toEqual(['a']);
  });
});

describe('the first look', () => {
  it.each<readonly [string, boolean]>([
    ['# @sweep\na: 1', true],
    ['a: 1\r\n  #@sweep', true],
    ['a: 1 # see @sweep', false],
    ['a: "@sweep"', false],
    ['# @sweeper', false],
    ['', false],
  ])('at %j', (text, expected) => {
    expect(looksAnnotated(text)).toBe(expected);
  });
});
