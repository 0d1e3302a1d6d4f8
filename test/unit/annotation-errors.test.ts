/** What a wrong annotation is told: each kind of problem with the exact place that is blamed and what to do about it. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/core/annotation/nearest.js';
import { parseConfig } from '../../src/core/annotation/yaml.js';

/** `severity code line:column «blamed text»`, and the messages apart. */
function problems(text: string): { readonly found: string[]; readonly messages: string[] } {
  const { diagnostics, config } = parseConfig(text);
  const wrong = diagnostics.some(({ severity }) => severity === 'error');
  expect(config === undefined).toBe(wrong || diagnostics.length === 0);
  return {
    found: diagnostics.map(
      ({ severity, code, range }) =>
        `${severity} ${code} ${range.line}:${range.column} «${text.slice(range.start, range.end)}»`,
    ),
    messages: diagnostics.map(({ message }) => message),
  };
}

/** Text after three lines of a correct sweep: its first line is line 4. */
const HEAD = '# @sweep\n#   metric: val_loss\nother: 1 # @tune int(0, 2)\n';

type Case = readonly [what: string, text: string, found: string, message: RegExp];

const DISTRIBUTIONS: readonly Case[] = [
  ['an empty range', 'a: 1 # @tune float(2, 1)', 'error empty-range 4:20 «2, 1»', /lower bound comes first/],
  [
    'a range of one number',
    'a: 1 # @tune int(1, 1)',
    'warning single-value 4:18 «1, 1»',
    /nothing to search/,
  ],
  ['log from zero', 'a: 1 # @tune float(0, 1, log)', 'error log-of-zero 4:20 «0»', /Raise it .* or drop log/],
  ['log below zero', 'a: 1 # @tune int(-3, 9, log)', 'error log-of-zero 4:18 «-3»', /above 0/],
  [
    'log with a step',
    'a: 1 # @tune float(0.1, 1, log, step=0.1)',
    'error log-with-step 4:33 «step=0.1»',
    /Drop one/,
  ],
  ['a step of zero', 'a: 1 # @tune float(0, 1, step=0)', 'error bad-step 4:26 «step=0»', /above 0/],
  ['a negative step', 'a: 1 # @tune float(0, 1, step=-1)', 'error bad-step 4:26 «step=-1»', /above 0/],
  ['a step without a number', 'a: 1 # @tune float(0, 1, step)', 'error bad-step 4:26 «step»', /step=0\.1/],
  [
    'a step beyond the range',
    'a: 0 # @tune float(0, 1, step=2)',
    'warning single-value 4:26 «step=2»',
    /smaller/,
  ],
  [
    'half a step of int',
    'a: 1 # @tune int(0, 9, step=0.5)',
    'error int-step-not-whole 4:24 «step=0.5»',
    /whole/,
  ],
  [
    'a fraction as bound of int',
    'a: 5 # @tune int(1, 6.5)',
    'error int-bound-not-whole 4:21 «6.5»',
    /float\(1, 6.5\)/,
  ],
  [
    'a bound that is a word',
    'a: 1 # @tune float(x, 3)',
    'error bound-not-a-number 4:20 «x»',
    /float\(low, high\)/,
  ],
  ['an infinite bound', 'a: 1 # @tune float(0, .inf)', 'error bound-not-a-number 4:23 «.inf»', /finite/],
  ['one bound', 'a: 1 # @tune float(3)', 'error missing-bounds 4:14 «float(3)»', /lower and an upper/],
  ['no parentheses', 'a: 1 # @tune choice', 'error missing-arguments 4:14 «choice»', /choice\(a, b\)/],
  ['a mistyped option', 'a: 1 # @tune float(0, 1, lgo)', 'error unknown-option 4:26 «lgo»', /mean `log`/],
  ['an option twice', 'a: 1 # @tune float(1, 2, log, log)', 'error repeated-option 4:31 «log»', /twice/],
  ['a choice of one', 'a: 1 # @tune choice(1)', 'warning single-value 4:14 «choice(1)»', /nothing to search/],
  ['a choice of none', 'a: 1 # @tune choice()', 'error no-choices 4:14 «choice()»', /needs values/],
  [
    'an ordinal of one',
    'a: 1 # @tune ordinal(1)',
    'warning single-value 4:14 «ordinal(1)»',
    /nothing to search/,
  ],
  [
    'the same choice twice',
    'a: 1 # @tune choice(1, 2, 1.0)',
    'error duplicate-choice 4:27 «1.0»',
    /Drop one/,
  ],
  [
    'an unknown distribution',
    'a: 1 # @tune flaot(0, 2)',
    'error unknown-distribution 4:14 «flaot»',
    /Did you mean `float`\? Known are float, int, choice, ordinal, bool/,
  ],
  ['bool with a list', 'a: true # @tune bool(true)', 'error bool-arguments 4:17 «bool(true)»', /@tune bool/],
  ['an alias among choices', 'a: b # @tune choice(b, *x)', 'error bad-value 4:24 «*x»', /alias/],
  ['broken YAML among choices', 'a: b # @tune choice(b, {x: "})', 'error tune-syntax 4:24 «{x:»', /value/],
];

const SYNTAX: readonly Case[] = [
  ['nothing after @tune', 'a: 1 # @tune', 'error tune-syntax 4:13 «»', /such as `float\(0, 1\)`/],
  ['a missing parenthesis', 'a: 1 # @tune float(0, 2', 'error tune-syntax 4:24 «»', /`,`, `\)` could follow/],
  ['a loose word', 'a: 1 # @tune float(0, 2) good', 'error tune-syntax 4:26 «good»', /begins with ` #`/],
  ['`when` alone', 'a: 1 # @tune int(0, 2) when', 'error tune-syntax 4:28 «»', /a path could follow/],
  ['a path alone', 'a: 1 # @tune int(0, 2) when b', 'error tune-syntax 4:30 «»', /`==`, `!=`, `in`, `not`/],
  ['a single =', 'a: 1 # @tune int(0, 2) when b = 1', 'error tune-syntax 4:31 «=»', /`==`/],
  ['`as` without a name', 'a: 1 # @tune int(0, 2) as', 'error tune-syntax 4:26 «»', /name/],
  ['two on a line', 'a: 1 # @tune int(0, 2) @tune bool', 'error two-tunes 4:24 «@tune»', /line of its own/],
  [
    'a second behind #',
    'a: 1 # @tune int(0, 2) # @tune int(0, 3)',
    'error two-tunes 4:26 «@tune»',
    /Only one/,
  ],
];

const PLACES: readonly Case[] = [
  [
    'a line of its own',
    '# @tune int(0, 1)\na: 1',
    'error no-value 4:3 «@tune int(0, 1)»',
    /at the end of the line/,
  ],
  ['a key without value', 'a: # @tune int(0, 1)', 'error no-value 4:6 «@tune int(0, 1)»', /`a` has no value/],
  [
    'the second line of a value',
    'a: [1,\n 2] # @tune bool',
    'error no-value 5:7 «@tune bool»',
    /part of a value that begins further up.* in block style/,
  ],
  [
    'a block list',
    'a: # @tune choice([1], [2])\n  - 1',
    'error block-value 4:6 «@tune choice([1], [2])»',
    /inside it, or write it on one line/,
  ],
  [
    'a block of text',
    'a: | # @tune choice(a, b)\n  a',
    'error block-value 4:8 «@tune choice(a, b)»',
    /quotes/,
  ],
  ['an alias', 'b: &b 1\na: *b # @tune int(0, 2)', 'error alias-value 5:4 «*b»', /Write the value out/],
  [
    'a value that an alias repeats',
    'b: &b 1 # @tune int(0, 2)\na: *b',
    'error aliased-value 4:11 «@tune int(0, 2)»',
    /alias \*b, and a trial would change both/,
  ],
  [
    'a value inside a mapping that is merged elsewhere',
    'b: &b\n  lr: 1 # @tune int(0, 2)\nc:\n  <<: *b',
    'error aliased-value 5:11 «@tune int(0, 2)»',
    /`b.lr` is used a second time/,
  ],
  [
    'a tagged value',
    'a: !!str 1 # @tune choice("1", "2")',
    'error tagged-value 4:14 «@tune choice("1", "2")»',
    /!!str/,
  ],
  [
    'a comment inside the value',
    'a: [1, # @tune choice([1, 2], [2])\n  2]',
    'error comment-in-value 4:10 «@tune choice([1, 2], [2])»',
    /one line/,
  ],
  [
    'a value outside a range',
    'a: 5 # @tune float(0, 1)',
    'error value-outside-space 4:4 «5»',
    /`a` is 5 .* float\(0, 1\)/,
  ],
  [
    'a fraction for int',
    'a: 1.5 # @tune int(1, 2)',
    'error value-outside-space 4:4 «1.5»',
    /1.5 .* int\(1, 2\)/,
  ],
  ['a value between steps', 'a: 3 # @tune int(0, 8, step=2)', 'error value-outside-space 4:4 «3»', /step=2/],
  [
    'a value not among choices',
    'a: [7] # @tune choice([1], x)',
    'error value-outside-space 4:4 «[7]»',
    /\[7\] .* choice\(\[1\], x\)/,
  ],
  ['a word for float', 'a: x # @tune float(0, 1)', 'error not-a-number 4:4 «x»', /tune it with choice/],
  ['a number in quotes', 'a: "1" # @tune int(0, 1)', 'error not-a-number 4:4 «"1"»', /`a` is "1"/],
  ['a word for bool', 'a: yes # @tune bool', 'error not-a-bool 4:4 «yes»', /true and false/],
];

const CONDITIONS: readonly Case[] = [
  [
    'a path that is not there',
    'a: 1 # @tune int(0, 2) when othr == 1',
    'error unknown-path 4:29 «othr»',
    /Did you mean `other`/,
  ],
  [
    'a path without its beginning',
    'm:\n  name: x\na: 1 # @tune int(0, 2) when name == x',
    'error unknown-path 6:29 «name»',
    /Did you mean `m.name`/,
  ],
  [
    'a part of a tuned value',
    'u: [1] # @tune choice([1], [2])\na: 1 # @tune int(0, 2) when u.0 == 1',
    'error condition-on-part 5:29 «u.0»',
    /`u` is what is tuned/,
  ],
  [
    'itself',
    'a: 1 # @tune int(0, 2) when a == 1',
    'error circular-condition 4:8 «@tune int(0, 2) when a == 1»',
    /`a` waits for `a`/,
  ],
  [
    'a circle',
    'a: 1 # @tune int(0, 2) when b == 1\nb: 1 # @tune int(0, 2) when a == 1',
    'error circular-condition 4:8 «@tune int(0, 2) when b == 1»',
    /`a` waits for `b` waits for `a`/,
  ],
  [
    'a value that never comes',
    'n: x # @tune choice(x, y)\na: 1 # @tune int(0, 2) when n in (x, z)',
    'warning impossible-comparison 5:38 «z»',
    /never `z`. It can be `x`, `y`/,
  ],
  [
    'what the file rules out',
    'b: 2\na: 1 # @tune int(0, 2) when b == 1',
    'warning never-active 5:8 «@tune int(0, 2) when b == 1»',
    /never takes part/,
  ],
  [
    'a loss that is tuned where the loss counts',
    'model:\n  loss:\n    name: focal # @tune choice(focal, crossentropy)\n    labelSmoothing: 0 # @tune float(0, 0.2)',
    'warning tuned-loss 6:19 «@tune choice(focal, crossentropy)»',
    /val_loss does not compare between trials where `model\.loss\.name` differs/,
  ],
  [
    'a bound that no step reaches',
    'a: 0 # @tune int(0, 10, step=3)',
    'warning unreachable-bound 4:21 «10»',
    /end at 9/,
  ],
  [
    'a name twice',
    'a: 1 # @tune int(0, 2) as n\nb: 1 # @tune int(0, 2) as n',
    'error duplicate-name 5:27 «n»',
    /`a`/,
  ],
  [
    'a name of another value',
    'a: 1 # @tune int(0, 2) as b\nb: 1',
    'error duplicate-name 4:27 «b»',
    /top of this file/,
  ],
  [
    'a name of another parameter',
    'a: 1 # @tune int(0, 2) as other',
    'error duplicate-name 4:27 «other»',
    /`other`/,
  ],
  [
    'a name of a parameter further down',
    'a: 1 # @tune int(0, 2) as later\nlater: 1 # @tune int(0, 2)',
    'error duplicate-name 4:27 «later»',
    /is taken by `later`/,
  ],
];

const FILES: readonly Case[] = [
  ['broken YAML', 'a: [1\nb: 2', 'error yaml-syntax 5:1 «b»', /not valid YAML: .*\. Correct it/],
  ['a colon in a text', 'a: b: c', 'error yaml-syntax 4:4 «b»', /A text with `: ` in it goes in quotes\./],
  ['a tab as indentation', 'a:\n\tb: 1', 'error yaml-syntax 5:1 «\t»', /Tabs/],
  ['a key twice', 'a: 1\na: 2', 'error yaml-syntax 5:1 «a»', /unique/],
  ['an alias of nothing', 'a: *nothing', 'error yaml-syntax 4:4 «*nothing»', /No anchor &nothing/],
  ['an alias inside its own anchor', 'a: &a [*a]', 'error yaml-syntax 4:8 «*a»', /inside what it stands for/],
  ['a merge of what is no mapping', 'b: &b 1\na:\n  <<: *b', 'error yaml-syntax 1:1 «»', /must be maps/],
  ['a second document', 'a: 1\n---\nb: 1', 'error several-documents 5:1 «---»', /file of its own/],
  ['a second sweep', '# @sweep\n#   metric: loss', 'error second-sweep 4:3 «@sweep»', /line 1/],
];

describe.each([
  ['a distribution', DISTRIBUTIONS],
  ['the syntax of an annotation', SYNTAX],
  ['the place of an annotation', PLACES],
  ['conditions and names', CONDITIONS],
  ['the file', FILES],
])('a problem with %s', (_, cases) => {
  it.each(cases)('%s', (__, text, found, message) => {
    for (const eol of ['\n', '\r\n']) {
      const result = problems((HEAD + text).replaceAll('\n', eol));
      expect(result.found).toEqual([found]);
      expect(result.messages[0]).toMatch(message);
    }
  });
});

describe('@sweep and @tune without each other', () => {
  it('a sweep without anything to tune', () => {
    expect(problems('# @sweep\n#   metric: loss\na: 1\n').found).toEqual([
      'error nothing-tuned 1:3 «@sweep»',
    ]);
  });

  it('something to tune without a sweep', () => {
    const { found, messages } = problems('b: 2\na: 1 # @tune int(0, 2)\nc: 1 # @tune int(0, 2)\n');
    expect(found).toEqual(['error tune-without-sweep 2:8 «@tune»']);
    expect(messages[0]).toMatch(/# @sweep.*metric: val_loss/);
  });

  it('@tune in other letters, which is passed over, but not in prose', () => {
    const { found, messages } = problems(`${HEAD}a: 0.5 # @Tune float(0, 1)\nb: 1 # ask @Tuner or @TUNE`);
    expect(found).toEqual(['warning tune-capitals 4:10 «@Tune»']);
    expect(messages[0]).toMatch(/Did you mean `@tune`\?/);
  });

  it('neither is nobody’s business, even where the YAML is broken', () => {
    expect(parseConfig('a: [1\nb: {')).toEqual({ tuned: [], diagnostics: [] });
    expect(parseConfig('')).toEqual({ tuned: [], diagnostics: [] });
  });
});

describe('the settings of a sweep', () => {
  const sweep = (...lines: readonly string[]) =>
    problems(['# @sweep', ...lines.map((line) => `#   ${line}`), 'a: 1 # @tune int(0, 2)', ''].join('\n'));
  const METRIC = 'metric: loss';

  it.each<readonly [string, readonly string[], string, RegExp]>([
    ['no metric', [], 'error missing-metric 1:3 «@sweep»', /metric: val_loss/],
    ['an unknown key', ['metrc: loss', METRIC], 'error unknown-setting 2:5 «metrc»', /Did you mean `metric`/],
    ['an unknown goal', [METRIC, 'goal: maximise'], 'error unknown-goal 3:11 «maximise»', /`maximize`/],
    ['a metric we do not know', ['metric: score'], 'error missing-goal 2:13 «score»', /goal: minimize/],
    [
      'a mistyped metric',
      ['metric: val_acuracy'],
      'error missing-goal 2:13 «val_acuracy»',
      /Did you mean `val_accuracy`/,
    ],
    [
      'one goal for many',
      ['metric: [loss, mae]', 'goal: minimize'],
      'error goal-of-many 3:11 «minimize»',
      /name: /,
    ],
    ['a metric twice', ['metric: [loss, loss]'], 'error duplicate-metric 2:20 «loss»', /twice/],
    [
      'no name of a metric',
      ['metric: {goal: minimize}'],
      'error bad-metric 2:13 «{goal: minimize}»',
      /a name/,
    ],
    ['a number as metric', ['metric: 3'], 'error bad-metric 2:13 «3»', /a name/],
    ['an empty list of metrics', ['metric: []'], 'error bad-metric 2:13 «[]»', /a name/],
    [
      'a mistyped goal of one metric',
      ['metric: {name: x, gaol: minimize}', 'goal: minimize'],
      'error unknown-setting 2:23 «gaol»',
      /`goal`/,
    ],
    [
      'two goals',
      ['metric: {name: loss, goal: minimize}', 'goal: minimize'],
      'error two-goals 3:11 «minimize»',
      /Drop one/,
    ],
    [
      'an unknown sampler',
      [METRIC, 'sampler: tpee'],
      'error unknown-sampler 3:14 «tpee»',
      /`tpe`\? Known are auto, .*random/,
    ],
    ['an unknown pruner', [METRIC, 'pruner: mean'], 'error unknown-pruner 3:13 «mean»', /none, median/],
    ['a number as stop', [METRIC, 'stop: 40'], 'error bad-stop 3:11 «40»', /stop: \{trials: 100\}/],
    [
      'an unknown stop',
      [METRIC, 'stop: {trails: 40}'],
      'error unknown-setting 3:12 «trails»',
      /Did you mean `trials`/,
    ],
    ['no trials', [METRIC, 'stop: {trials: 0}'], 'error bad-setting 3:20 «0»', /1 or larger/],
    ['half a trial', [METRIC, 'stop: {trials: 1.5}'], 'error bad-setting 3:20 «1.5»', /whole/],
    ['a plateau of a word', [METRIC, 'stop: {plateau: long}'], 'error bad-setting 3:21 «long»', /whole/],
    ['no minutes', [METRIC, 'stop: {minutes: 0}'], 'error bad-setting 3:21 «0»', /above 0/],
    ['a target that is none', [METRIC, 'stop: {target: high}'], 'error bad-setting 3:20 «high»', /0\.95/],
    ['a negative seed', [METRIC, 'seed: -1'], 'error bad-setting 3:11 «-1»', /0 or larger/],
    ['no workers', [METRIC, 'workers: 0'], 'error bad-setting 3:14 «0»', /1 or larger/],
    [
      'train and command',
      [METRIC, 'train: ./a.ts', 'command: b'],
      'error train-and-command 4:14 «b»',
      /Drop one/,
    ],
    ['an empty train', [METRIC, 'train: ""'], 'error bad-setting 3:12 «""»', /\.\/train\.ts/],
    ['a warm start from a number', [METRIC, 'warmStart: 3'], 'error bad-setting 3:16 «3»', /\.\/other\.yaml/],
    ['include', [METRIC, 'include: [a]'], 'error not-supported 3:14 «[a]»', /not supported yet/],
    ['run', [METRIC, 'run: x'], 'error not-supported 3:10 «x»', /not supported yet/],
    ['a list as body', ['- loss'], 'error sweep-not-a-mapping 2:5 «- loss»', /lines such as/],
    ['broken YAML', [METRIC, 'stop: {trials: 1'], 'error sweep-syntax 3:21 «»', /Correct this line/],
    ['a key twice', [METRIC, METRIC], 'error sweep-syntax 3:5 «metric»', /unique/],
  ])('%s', (_, lines, found, message) => {
    const result = sweep(...lines);
    expect(result.found).toEqual([found]);
    expect(result.messages[0]).toMatch(message);
  });

  it('settings on the line of @sweep', () => {
    const { found } = problems('# @sweep metric: loss\na: 1 # @tune int(0, 2)\n');
    expect(found).toEqual(['error sweep-inline 1:10 «metric: loss»']);
  });

  it('every problem of a block is told at once', () => {
    const { found } = sweep('metrics: loss', 'stop: {trials: -1, minute: 3}', 'seed: x');
    expect(found).toHaveLength(5);
  });
});

describe('columns', () => {
  it('do not count a byte order mark, and offsets do', () => {
    const { diagnostics } = parseConfig('\uFEFFa: 9 # @tune int(0, 2)\n# @sweep\n#   metric: loss\n');
    expect(diagnostics.map(({ range }) => [range.line, range.column, range.start])).toEqual([[1, 4, 4]]);
  });
});

describe('a file in the middle of being typed', () => {
  const whole = readFileSync(new URL('../fixtures/configs/kitchen-sink.yaml', import.meta.url), 'utf8');
  const piece = fc.oneof(
    fc.constant(''),
    fc.constantFrom(...'#@:-[]{}()"\'&*!|>%,=? \t\n\r'),
    fc.constantFrom(
      '@tune ',
      '# @sweep\n',
      '# @tune choice(',
      ' when ',
      'not ',
      '<<: *defaults',
      '&defaults ',
      '__proto__',
    ),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );
  const slip = fc.record({ at: fc.nat(whole.length), length: fc.nat(6), piece });

  it('never breaks the reader, and every problem lies inside the text', () => {
    fc.assert(
      fc.property(fc.array(slip, { minLength: 1, maxLength: 4 }), (slips) => {
        const text = slips.reduce(
          (so, { at, length, piece: typed }) => so.slice(0, at) + typed + so.slice(at + length),
          whole,
        );
        const { config, tuned, diagnostics } = parseConfig(text);
        const wrong = diagnostics.some(({ severity }) => severity === 'error');
        const nothing = diagnostics.length === 0 && tuned.length === 0;
        expect(config === undefined).toBe(wrong || nothing);
        for (const { start, end, line, column, endLine } of [
          ...diagnostics.map(({ range }) => range),
          ...tuned.flatMap(({ valueRange, annotationRange }) => [valueRange, annotationRange]),
        ]) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(text.length);
          expect(line).toBeGreaterThanOrEqual(1);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(endLine).toBeLessThanOrEqual(text.split('\n').length);
        }
      }),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 200) },
    );
  });
});

it('a word is like another only where something of it stays', () => {
  expect(nearest('lr', ['ab', 'x'])).toBeUndefined();
  expect(nearest('lr', ['ls', 'ab'])).toBe('ls');
  expect(nearest('learning', ['lerning', 'burning'])).toBe('lerning');
  expect(nearest('momentum', ['optimizer'])).toBeUndefined();
});
