/** From the raw parts of an annotation to a distribution, with every problem reported where it stands. */
import type { Json } from '../json.js';
import type { Distribution } from '../space/parameter.js';
import { type DistributionProblem, distributionProblem } from '../space/validate.js';
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
): Distribution | undefined {
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
  if (name === 'bool') {
    if (given.length === 0) return { type: 'bool' };
    return fail('bool-arguments', 'bool takes nothing in parentheses. Write `@tune bool`.', whole);
  }
  if (raw.arguments === null)
    return fail(
      'missing-arguments',
      `\`${name}\` needs its values in parentheses, such as \`${EXAMPLES[name]}\`.`,
      nameExtent,
    );

  let distribution: Distribution;
  let parts: Partial<Record<DistributionProblem['part'], Extent>> = {};
  if (name === 'choice' || name === 'ordinal') {
    const choices = readValues(given, base, diagnostics);
    if (choices === undefined) return undefined;
    distribution = { type: name === 'choice' ? 'categorical' : 'ordinal', choices };
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
): { distribution: Distribution; parts: Partial<Record<DistributionProblem['part'], Extent>> } | undefined {
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
  let step: number | undefined;
  for (const option of options) {
    const extent = shift(option, base);
    const [, key = option.text, , value] = /^(\w+)\s*(=\s*(.*))?$/.exec(option.text) ?? [];
    if ((key === 'log' && log) || (key === 'step' && step !== undefined))
      return fail('repeated-option', `\`${key}\` stands twice. Drop one.`, extent);
    if (key === 'log' && value === undefined) {
      log = true;
      parts.log = extent;
    } else if (key === 'step') {
      step = value === undefined ? undefined : readNumber(value);
      if (step === undefined)
        return fail('bad-step', 'The step needs a number. Write it as `step=0.1`.', extent);
      parts.step = extent;
    } else {
      const hint = didYouMean(key, ['log', 'step']);
      return fail(
        'unknown-option',
        `\`${option.text}\` is not an option of ${type}.${hint} After the bounds come \`log\` or \`step=\` and a number.`,
        extent,
      );
    }
  }
  const [low = 0, high = 0] = bounds;
  const distribution = { type, low, high, ...(log && { log }), ...(step !== undefined && { step }) };
  return { distribution, parts };
}

function readNumber(text: string): number | undefined {
  const read = readFlowValue(text);
  return read.ok && typeof read.value === 'number' ? read.value : undefined;
}

const shift = ({ start, end }: Extent, base: number): Extent => ({ start: base + start, end: base + end });
