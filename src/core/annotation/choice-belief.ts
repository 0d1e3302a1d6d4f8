/**
 * What an annotation says the user believes of choices: `choice(a, b, c, prior=b)` or `weights=[1, 3, 1]`,
 * `bool(prior=true)`, `ordinal(8, 16, 32, prior=16, sd=1)`. The values themselves are read in distribution.ts.
 */
import { type Json, jsonEqual } from '../json.js';
import { choicesOf } from '../space/encode.js';
import type { Distribution, Parameter } from '../space/parameter.js';
import { type RawText, readFlowValue } from './tune-syntax.js';

type Choices = Exclude<Distribution, { readonly type: 'float' | 'int' }>;
type Fail = (code: string, message: string, at: RawText) => undefined;

const OPTION = /^(prior|weights|sd)\s*=(?!=)\s*(.*)$/s;

export const isBelief = ({ text }: RawText): boolean => OPTION.test(text);

/** The favourite has half of the mass, and its part of the other half. */
const favouring = (choices: readonly Json[], favourite: number): readonly number[] =>
  choices.map((_, k) => (k === favourite ? choices.length + 1 : 1));

/** The distribution with what is believed of it, or undefined after an error. */
export function withBelief(
  distribution: Choices,
  options: readonly RawText[],
  fail: Fail,
): Parameter | undefined {
  const choices = choicesOf(distribution);
  const given = new Map<string, RawText & { readonly value: Json }>();
  for (const option of options) {
    const [, key = '', text = ''] = OPTION.exec(option.text) ?? [];
    if (given.has(key)) return fail('repeated-option', `\`${key}\` stands twice. Drop one.`, option);
    const read = readFlowValue(text);
    if (!read.ok)
      return fail(`bad-${key}`, `\`${text}\` cannot be read as a YAML value: ${read.message}`, option);
    given.set(key, { ...option, value: read.value });
  }
  const [prior, weights, sd] = [given.get('prior'), given.get('weights'), given.get('sd')];
  const favourite = prior ? choices.findIndex((choice) => jsonEqual(choice, prior.value)) : -1;
  if (prior && favourite < 0)
    return fail(
      'prior-outside',
      `The prior is none of the values: ${choices.map((choice) => JSON.stringify(choice)).join(', ')}. Name one of them, or put \`"${prior.text}"\` in quotes if it is a value itself.`,
      prior,
    );
  if (distribution.type === 'ordinal') {
    if (weights)
      return fail(
        'bad-weights',
        'An ordinal takes `prior=` and one of its values; `weights=` is for choice.',
        weights,
      );
    if (sd && !prior)
      return fail(
        'sd-without-prior',
        '`sd` is the spread around a `prior`, in places. Add one, or drop it.',
        sd,
      );
    if (sd && typeof sd.value !== 'number')
      return fail('bad-sd', 'The spread needs a number of places. Write it as `sd=1`.', sd);
    if (!prior) return distribution;
    return {
      ...distribution,
      prior: { mean: favourite, ...(typeof sd?.value === 'number' && { sd: sd.value }) },
    };
  }
  if (sd) return fail('bad-sd', '`sd` needs an order of the values. Use `weights=` here, or ordinal.', sd);
  if (prior && weights)
    return fail('repeated-option', '`prior` and `weights` say the same. Drop one.', weights);
  if (prior) return { ...distribution, weights: favouring(choices, favourite) };
  if (!weights) return distribution;
  const list = weights.value;
  const numbers = Array.isArray(list) ? list.filter((one) => typeof one === 'number') : [];
  if (!Array.isArray(list) || numbers.length !== list.length)
    return fail(
      'bad-weights',
      'The weights are a list of numbers, one per value, such as `weights=[1, 3, 1]`.',
      weights,
    );
  return { ...distribution, weights: numbers };
}
