/**
 * Our distributions in Optuna's words and back: the JSON text of a journal's `distribution` field and the internal
 * number of a value (optuna/distributions.py). Optuna knows neither order nor lists: an ordinal is written as a
 * categorical, a list choice as its JSON text; the typed space lies beside them in the study's attribute.
 */
import { type Json, type JsonObject, jsonEqual } from '../../json.js';
import { choicesOf } from '../../space/encode.js';
import type { Distribution, Params, Space } from '../../space/parameter.js';
import { parseJson } from './line.js';

const plain = (value: Json): null | boolean | number | string =>
  value !== null && typeof value === 'object' ? JSON.stringify(value) : value;

/** The text of `distribution`. */
export function distributionJson(distribution: Distribution): string {
  switch (distribution.type) {
    case 'float': {
      const { low, high, log = false, step = null } = distribution;
      return JSON.stringify({ name: 'FloatDistribution', attributes: { step, low, high, log } });
    }
    case 'int': {
      const { low, high, log = false, step = 1 } = distribution;
      return JSON.stringify({ name: 'IntDistribution', attributes: { log, step, low, high } });
    }
    case 'categorical':
    case 'ordinal':
    case 'bool':
      return JSON.stringify({
        name: 'CategoricalDistribution',
        attributes: { choices: choicesOf(distribution).map(plain) },
      });
  }
}

/** Optuna's internal number: the value itself, or the index of the choice (-1 where it is none of them). */
export function internalValue(distribution: Distribution, value: Json): number {
  if (distribution.type === 'float' || distribution.type === 'int') return value as number;
  return choicesOf(distribution).findIndex((choice) => jsonEqual(choice, value));
}

/** The value of an internal number. */
export function externalValue(distribution: Distribution, internal: number): Json {
  if (distribution.type === 'float' || distribution.type === 'int') return internal;
  return choicesOf(distribution)[internal] ?? null;
}

/** What Optuna calls the value: a list or mapping is its JSON text there. */
export function optunaValue(distribution: Distribution, value: Json): null | boolean | number | string {
  return distribution.type === 'float' || distribution.type === 'int' ? (value as number) : plain(value);
}

/** The values that `fixed_params` of an enqueued trial holds: a list that Optuna knows as its text is the list again. */
export function fixedParams(fixed: Json | undefined, space: Space): Params {
  if (fixed === undefined || fixed === null || typeof fixed !== 'object' || Array.isArray(fixed)) return {};
  return Object.fromEntries(
    Object.entries(fixed as JsonObject).map(([name, value]) => {
      const parameter = space[name];
      const choices = parameter && 'choices' in parameter ? parameter.choices : [];
      const list = choices.find((choice) => typeof choice === 'object' && JSON.stringify(choice) === value);
      return [name, list ?? value];
    }),
  );
}

/** Names that Optuna gave up: which kind of number each was, and whether on a logarithmic scale. */
const LEGACY: Readonly<Record<string, readonly ['float' | 'int', boolean]>> = {
  UniformDistribution: ['float', false],
  LogUniformDistribution: ['float', true],
  DiscreteUniformDistribution: ['float', false],
  IntUniformDistribution: ['int', false],
  IntLogUniformDistribution: ['int', true],
};

/**
 * Reads the text of `distribution`, in full, abbreviated or with a name of old; used for journals that carry no typed
 * space.
 */
export function parseDistribution(text: string): Distribution {
  const parsed = parseJson(text) as Record<string, Json>;
  const name = (parsed.name ?? parsed.type) as string;
  const attributes = (parsed.attributes ?? parsed) as Record<string, Json>;
  if (name === 'CategoricalDistribution' || name === 'categorical') {
    return { type: 'categorical', choices: attributes.choices as readonly Json[] };
  }
  const [kind, alwaysLog] = LEGACY[name] ?? [/^int/i.test(name) ? 'int' : 'float', false];
  const low = attributes.low as number;
  const high = attributes.high as number;
  const log = alwaysLog || attributes.log === true;
  const step = (attributes.step ?? attributes.q) as number | null | undefined;
  return {
    type: kind as 'float' | 'int',
    low,
    high,
    ...(log ? { log } : {}),
    ...(step != null && !log && !(kind === 'int' && step === 1) ? { step } : {}),
  };
}
