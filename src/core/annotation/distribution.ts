/** From the raw parts of an annotation to a distribution, with every problem reported where it stands. */
import type { Json } from '../json.js';
import type { Parameter } from '../space/parameter.js';
import { type DistributionProblem, distributionProblem } from '../space/validate.js';
import { isBelief, withBelief } from './choice-belief.js';
import type { Diagnostics } from './diagnostics.js';
import { didYouMean } from './nearest.js';
import { type RawText, type RawTune, readFlowValue } from './tune-syntax.js';

const NAMES = ['float', 'int', 'choice', 'ordinal', 'bool'] as const;
const EXAMPLES = {
  float: 'float(0, 1)',
  int: 'int(1, 10)',
  choice: 'choice(a, b)',
  ordinal: 'ordinal(8, 16, 32)',
  bool: 'bool',
};

const NUMBER_OPTIONS = ['step', 'prior', 'sd', 'steps'] as const;
type NumberOption = (typeof NUMBER_OPTIONS)[number];
const NUMBER_WORDS = { step: 'The step', prior: 'The prior', sd: 'The spread', steps: 'The number of steps' };
const NUMBER_EXAMPLES = { step: 0.1, prior: 0.1, sd: 0.5, steps: 5 };

/** Where the parts of a distribution stand, for blame. Offsets are of the file. */
interface Extent {
  readonly start: number;
  readonly end: number;
}

/** The distribution, or undefined after an error. `base` is the offset of `@tune` in the file. */
export function readDistribution(
  raw: RawTune['distribution'],
  base: number,
  diagnostics: Diagnostics,
): Parameter | undefined {
  const name = NAMES.find((known) => known === raw.name.text);
  const nameExtent = shift(raw.name, base);
  if (name === undefined) {
    const hint = didYouMean(raw.name.text, NAMES);
    diagnostics.error(
      'unknown-distribution',
      `\`${raw.name.text}\` is not a distribution.${hint} Known are ${NAMES.join(', ')}.`,
      nameExtent.start,
      nameExtent.end,
    );
    return undefined;
  }
  const given = raw.arguments ?? [];
  const whole = { start: nameExtent.start, end: base + raw.end };
  const fail = (code: string, message: string, { start, end }: Extent): undefined => {
    diagnostics.error(code, message, start, end);
    return undefined;
  };
  const options = given.filter(isBelief);
  const failAt = (code: string, message: string, at: RawText): undefined =>
    fail(code, message, shift(at, base));
  if (name === 'bool') {
    if (options.length !== given.length)
      return fail(
        'bool-arguments',
        'bool takes no values in parentheses. Write `@tune bool`, or `@tune bool(prior=true)` for what you believe.',
        whole,
      );
    if (given.length === 0) return { type: 'bool' };
  }
  if (raw.arguments === null && name !== 'bool')
    return fail(
      'missing-arguments',
      `\`${name}\` needs its values in parentheses, such as \`${EXAMPLES[name]}\`.`,
      nameExtent,
    );

  let distribution: Parameter;
  let parts: Partial<Record<DistributionProblem['part'], Extent>> = {};
  if (name === 'choice' || name === 'ordinal' || name === 'bool') {
    const values = given.filter((one) => !isBelief(one));
    const choices = readValues(values, base, diagnostics);
    if (choices === undefined) return undefined;
    const plain =
      name === 'bool'
        ? ({ type: 'bool' } as const)
        : ({ type: name === 'choice' ? 'categorical' : 'ordinal', choices } as const);
    const believed = withBelief(plain, options, failAt);
    if (believed === undefined) return undefined;
    distribution = believed;
    parts = Object.fromEntries(
      options.map((option) => [/^\w+/.exec(option.text)?.[0] ?? '', shift(option, base)]),
    );
  } else {
    const numeric = readNumeric(name, given, base, whole, fail);
    if (numeric === undefined) return undefined;
    ({ distribution, parts } = numeric);
  }
  const problem = distributionProblem(distribution);
  if (problem === undefined) return distribution;
  const choice = problem.index === undefined ? undefined : given[problem.index];
  const { start, end } = choice ? shift(choice, base) : (parts[problem.part] ?? whole);
  diagnostics.add(problem.severity, problem.code, problem.message, start, end);
  return problem.severity === 'error' ? undefined : distribution;
}

/** The values of a list in parentheses, or undefined after an error. */
export function readValues(
  raw: readonly RawText[],
  base: number,
  diagnostics: Diagnostics,
): readonly Json[] | undefined {
  const values: Json[] = [];
  for (const one of raw) {
    const read = readFlowValue(one.text);
    if (read.ok) values.push(read.value);
    else
      diagnostics.error(
        'bad-value',
        `\`${one.text}\` cannot be read as a YAML value: ${read.message} Put it in quotes if it is a text.`,
        base + one.start,
        base + one.end,
      );
  }
  return values.length === raw.length ? values : undefined;
}

function readNumeric(
  type: 'float' | 'int',
  given: readonly RawText[],
  base: number,
  whole: Extent,
  fail: (code: string, message: string, extent: Extent) => undefined,
): { distribution: Parameter; parts: Partial<Record<DistributionProblem['part'], Extent>> } | undefined {
  const [lowText, highText, ...options] = given;
  if (lowText === undefined || highText === undefined)
    return fail(
      'missing-bounds',
      `\`${type}\` needs a lower and an upper bound, such as \`${EXAMPLES[type]}\`.`,
      whole,
    );
  const parts: Partial<Record<DistributionProblem['part'], Extent>> = {
    low: shift(lowText, base),
    high: shift(highText, base),
    bounds: { start: base + lowText.start, end: base + highText.end },
  };
  const bounds: number[] = [];
  for (const text of [lowText, highText]) {
    const bound = readNumber(text.text);
    if (bound === undefined)
      return fail(
        'bound-not-a-number',
        `The bound \`${text.text}\` is not a number. Write \`${type}(low, high)\`, such as \`${EXAMPLES[type]}\`.`,
        shift(text, base),
      );
    bounds.push(bound);
  }
  let log = false;
  const numbers = new Map<NumberOption, number>();
  for (const option of options) {
    const extent = shift(option, base);
    const [, word = option.text, , value] = /^(\w+)\s*(=\s*(.*))?$/.exec(option.text) ?? [];
    const key = NUMBER_OPTIONS.find((known) => known === word);
    if ((word === 'log' && log) || (key && numbers.has(key)))
      return fail('repeated-option', `\`${word}\` stands twice. Drop one.`, extent);
    if (word === 'log' && value === undefined) {
      log = true;
      parts.log = extent;
    } else if (key) {
      const number = value === undefined ? undefined : readNumber(value);
      if (number === undefined)
        return fail(
          `bad-${key}`,
          `${NUMBER_WORDS[key]} needs a number. Write it as \`${key}=${NUMBER_EXAMPLES[key]}\`.`,
          extent,
        );
      numbers.set(key, number);
      parts[key] = extent;
    } else {
      const hint = didYouMean(word, ['log', ...NUMBER_OPTIONS]);
      return fail(
        'unknown-option',
        `\`${option.text}\` is not an option of ${type}.${hint} After the bounds come \`log\` or \`step=\` and a number, \`prior=\` and \`sd=\` for what you believe, \`steps=\` for a grid.`,
        extent,
      );
    }
  }
  const [low = 0, high = 0] = bounds;
  const step = numbers.get('step');
  const [mean, sd, steps] = [numbers.get('prior'), numbers.get('sd'), numbers.get('steps')];
  if (mean === undefined && sd !== undefined)
    return fail(
      'sd-without-prior',
      '`sd` is the spread around a `prior`. Add one, such as `prior=0.1`, or drop it.',
      parts.sd ?? whole,
    );
  const distribution: Parameter = {
    type,
    low,
    high,
    ...(log && { log }),
    ...(step !== undefined && { step }),
    ...(mean !== undefined && { prior: { mean, ...(sd !== undefined && { sd }) } }),
    ...(steps !== undefined && { steps }),
  };
  return { distribution, parts };
}

function readNumber(text: string): number | undefined {
  const read = readFlowValue(text);
  return read.ok && typeof read.value === 'number' ? read.value : undefined;
}

const shift = ({ start, end }: Extent, base: number): Extent => ({ start: base + start, end: base + end });
