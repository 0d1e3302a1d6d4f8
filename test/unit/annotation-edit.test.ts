/** Editing a file: only changed values change, everything else stays byte for byte, and what was written reads back. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { AnnotatedConfig } from '../../src/core/annotation/annotated-config.js';
import { applyValues, patchedData } from '../../src/core/annotation/edit.js';
import { parseConfig } from '../../src/core/annotation/yaml.js';
import { type Json, jsonEqual } from '../../src/core/json.js';
import { cardinality, valueAt } from '../../src/core/space/encode.js';
import type { Params } from '../../src/core/space/parameter.js';

function read(text: string): AnnotatedConfig {
  const { config, diagnostics } = parseConfig(text);
  if (!config) throw new Error(JSON.stringify(diagnostics, null, 1));
  return config;
}

const HEAD = '# @sweep\n#   metric: loss\n';

/** The one line below the head after its value was set. */
function line(text: string, value: Json): string {
  const config = read(HEAD + text);
  const name = config.tuned[0]?.name ?? '';
  return applyValues(HEAD + text, config.tuned, { [name]: value }).text.slice(HEAD.length);
}

describe('a new value', () => {
  it.each<readonly [what: string, before: string, value: Json, after: string]>([
    ['takes the place of the old one', 'a: 1 # @tune int(0, 99)', 42, 'a: 42 # @tune int(0, 99)'],
    ['leaves the comment in its column', 'a: 1    # @tune int(0, 99)', 42, 'a: 42   # @tune int(0, 99)'],
    [
      'also where it is shorter',
      'a: adam  # @tune choice(adam, sgd)',
      'sgd',
      'a: sgd   # @tune choice(adam, sgd)',
    ],
    ['as far as there is room', 'a: 1   # @tune int(0, 1e4)', 1000, 'a: 1000  # @tune int(0, 1e4)'],
    [
      'that equals the old one leaves it as it is written',
      'a: 1e-3 # @tune float(0, 1)',
      0.001,
      'a: 1e-3 # @tune float(0, 1)',
    ],
    [
      'keeps every digit',
      'a: 1 # @tune float(0, 1)',
      0.0031622776601683794,
      'a: 0.0031622776601683794 # @tune float(0, 1)',
    ],
    [
      'keeps the exponent of a small number',
      'a: 1e-2 # @tune float(0, 1)',
      0.000859287,
      'a: 8.59287e-4 # @tune float(0, 1)',
    ],
    [
      'has none where the number is not small',
      'a: 1e-3 # @tune float(0, 1)',
      0.25,
      'a: 0.25 # @tune float(0, 1)',
    ],
    ['has a point before its exponent', 'a: 0.5 # @tune float(0, 1)', 1e-7, 'a: 1.0e-7 # @tune float(0, 1)'],
    ['stays a real number for typed readers', 'a: 0.5 # @tune float(0, 1)', 1, 'a: 1.0 # @tune float(0, 1)'],
    ['may be whole where the old one was', 'a: 0 # @tune float(0, 1)', 1, 'a: 1 # @tune float(0, 1)'],
    [
      'is not quoted without need',
      'a: adam # @tune choice(adam, sgd)',
      'sgd',
      'a: sgd # @tune choice(adam, sgd)',
    ],
    ['is quoted like the old one', "a: 'x' # @tune choice(x, y)", 'y', "a: 'y' # @tune choice(x, y)"],
    ['is quoted twice like the old one', 'a: "x" # @tune choice(x, y)', 'y', 'a: "y" # @tune choice(x, y)'],
    ['is quoted where YAML needs it', 'a: x # @tune choice(x, "1")', '1', 'a: "1" # @tune choice(x, "1")'],
    [
      'is quoted where it would be a comment',
      'a: x # @tune choice(x, "y #z")',
      'y #z',
      'a: "y #z" # @tune choice(x, "y #z")',
    ],
    ['of another type loses the quotes', 'a: "x" # @tune choice(x, 1)', 1, 'a: 1 # @tune choice(x, 1)'],
    [
      'escapes what a quote cannot hold',
      'a: \'x\' # @tune choice(x, "y\\nz")',
      'y\nz',
      'a: "y\\nz" # @tune choice(x, "y\\nz")',
    ],
    [
      'as a list stands in brackets',
      'a: [1] # @tune choice([1], [32, 16])',
      [32, 16],
      'a: [32, 16] # @tune choice([1], [32, 16])',
    ],
    [
      'as a list keeps the padding',
      'a: [ 1 ] # @tune choice([1], [32, 16])',
      [32, 16],
      'a: [ 32, 16 ] # @tune choice([1], [32, 16])',
    ],
    [
      'as a list quotes as before',
      'a: ["x"] # @tune choice([x], [y, z])',
      ['y', 'z'],
      'a: ["y", "z"] # @tune choice([x], [y, z])',
    ],
    ['as an empty list', 'a: [1] # @tune choice([1], [])', [], 'a: [] # @tune choice([1], [])'],
    [
      'as a mapping',
      'a: null # @tune choice(null, {k: [x, "a, b"]})',
      { k: ['x', 'a, b'] },
      'a: {k: [x, "a, b"]} # @tune choice(null, {k: [x, "a, b"]})',
    ],
    ['keeps the anchor', 'a: &lr 1 # @tune int(0, 9)', 2, 'a: &lr 2 # @tune int(0, 9)'],
    [
      'replaces a value of several lines',
      'a: # @tune choice([1, 2], x)\n  [1,\n  2]\nb: 1',
      'x',
      'a: # @tune choice([1, 2], x)\n  x\nb: 1',
    ],
    ['on the line below its key', 'a: # @tune int(0, 9)\n  1', 2, 'a: # @tune int(0, 9)\n  2'],
    ['as null', 'a: x # @tune choice(x, null)', null, 'a: null # @tune choice(x, null)'],
    ['as a bool', 'a: true # @tune bool', false, 'a: false # @tune bool'],
  ])('%s', (_, before, value, after) => {
    expect(line(before, value)).toBe(after);
  });
});

describe('the values of a trial', () => {
  const text = `${HEAD}a: 1 # @tune int(0, 9) as first\nb: 2 # @tune int(0, 9)\n`;
  const config = read(text);

  it('go by name, and what is missing keeps the value of the file', () => {
    expect(applyValues(text, config.tuned, { first: 5 }).text).toBe(text.replace('a: 1', 'a: 5'));
    expect(patchedData(config.data, config.tuned, { first: 5 })).toEqual({ a: 5, b: 2 });
  });

  it('that nothing in the file is named after change nothing', () => {
    expect(applyValues(text, config.tuned, { other: 5, toString: 1 }).edits).toEqual([]);
    expect(patchedData(config.data, config.tuned, { other: 5 })).toBe(config.data);
  });

  it('come as edits with the ranges they replace, in the order of the text', () => {
    const { edits } = applyValues(text, config.tuned, { b: 7, first: 5 });
    expect(
      edits.map(({ range, newText }) => [
        text.slice(range.start, range.end),
        newText,
        range.line,
        range.column,
      ]),
    ).toEqual([
      ['1', '5', 3, 4],
      ['2', '7', 4, 4],
    ]);
  });

  it('leave the data they are put into as it was', () => {
    patchedData(config.data, config.tuned, { first: 5 });
    expect(config.data).toEqual({ a: 1, b: 2 });
  });
});

/** A value that the distribution can give; where it is a range, one of its ends or a point between. */
function valuesOf({ space }: AnnotatedConfig): fc.Arbitrary<Params> {
  const entries = Object.entries(space).map(([name, parameter]): [string, fc.Arbitrary<Json>] => {
    switch (parameter.type) {
      case 'float':
        if (parameter.step !== undefined)
          return [name, fc.nat(cardinality(parameter) - 1).map((k) => valueAt(parameter, k))];
        return [name, fc.double({ min: parameter.low, max: parameter.high, noNaN: true })];
      case 'int':
        return [name, fc.integer({ min: parameter.low, max: parameter.high })];
      case 'bool':
        return [name, fc.boolean()];
      case 'categorical':
      case 'ordinal':
        return [name, fc.constantFrom(...parameter.choices)];
      default:
        return parameter satisfies never;
    }
  });
  return fc.record(Object.fromEntries(entries), { requiredKeys: [] }) as fc.Arbitrary<Params>;
}

const FOLDER = new URL('../fixtures/configs/', import.meta.url);
const FIXTURES = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
const LINE_ENDS = ['\n', '\r\n'];
const MARKS = ['', '\uFEFF'];

describe.each(FIXTURES)('%s', (name) => {
  const original = readFileSync(new URL(name, FOLDER), 'utf8').replaceAll('\r\n', '\n');

  it.each(LINE_ENDS.flatMap((eol) => MARKS.map((mark) => [eol, mark] as const)))(
    'with line ends %j and mark %j survives every edit outside its values',
    (eol, mark) => {
      const text = mark + original.replaceAll('\n', eol);
      const config = read(text);
      expect(config.tuned.length).toBeGreaterThan(0);
      fc.assert(
        fc.property(valuesOf(config), (params) => {
          const edited = applyValues(text, config.tuned, params);
          const changed = config.tuned.filter(
            ({ name: key, value }) => params[key] !== undefined && !jsonEqual(params[key], value),
          );
          expect(edited.edits).toHaveLength(changed.length);

          // Outside the values of the changed parameters, byte for byte.
          let from = 0;
          let to = 0;
          for (const { range, newText } of edited.edits) {
            const between = text.slice(from, range.start);
            expect(edited.text.slice(to, to + between.length)).toBe(between);
            from = range.end;
            to += between.length + newText.length;
          }
          expect(edited.text.slice(to)).toBe(text.slice(from));

          // The text and the data say the same, exactly.
          const again = read(edited.text);
          expect(again.data).toEqual(patchedData(config.data, config.tuned, params));
          for (const { name: key } of config.tuned)
            expect(jsonEqual(again.baseline[key], { ...config.baseline, ...params }[key])).toBe(true);

          // Back again: the values are the file's, whatever way they are written.
          const back = applyValues(edited.text, again.tuned, config.baseline);
          expect(read(back.text).data).toEqual(config.data);
        }),
        { numRuns: 60 },
      );
    },
  );

  it('is the same file when its own values are applied', () => {
    const config = read(original);
    expect(applyValues(original, config.tuned, config.baseline)).toEqual({ text: original, edits: [] });
  });
});

describe('any value', () => {
  const json = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<Json>(
        null,
        true,
        false,
        'null',
        '~',
        '0x1',
        '1e3',
        '- a',
        '? a',
        '---',
        '#',
        ' ',
        "it's",
        '"',
        '\\',
        ': ',
        'a: b',
        '[',
        '!x',
        '&x',
        '*x',
        '@',
        '`',
        '%',
        '\t',
        '\u2028',
        '\u0085',
        '\uFEFF',
        '\uD800',
      ),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.double({ noNaN: false }),
      fc.integer(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 5 }), tie('value'), {
        maxKeys: 3,
        noNullPrototype: true,
      }),
    ),
  })).value;

  it.each(['plain', "'single'", '"double"', '[list]', '1.5'])(
    'written over %s reads back the same',
    (old) => {
      const text = `${HEAD}a:\n  - k: ${old} # @tune choice(${old}, 0)\n`;
      const { tuned } = read(text);
      fc.assert(
        fc.property(json, (value) => {
          const edited = applyValues(text, tuned, { 'a.0.k': value }).text;
          const data = parse(edited, { version: '1.2' }) as { a: { k: Json }[] };
          expect(jsonEqual(data.a[0]?.k, value)).toBe(true);
          expect(edited.split('\n')).toHaveLength(text.split('\n').length);
        }),
        { numRuns: 400 },
      );
    },
  );
});
