/**
 * Our distributions in Optuna's words and back: the JSON text of a journal's `distribution` field and the internal
 * number of a value (optuna/distributions.py). Optuna knows neither order nor lists: an ordinal is written as a
 * categorical, a list choice as its JSON text; the typed space lies beside them in the study's attribute.
 */
import { type Json, jsonEqual } from '../json.js';
import { choicesOf } from '../space/encode.js';
import type { Distribution } from '../space/parameter.js';

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

/** Reads the text of `distribution`; used for journals that carry no typed space. */
export function parseDistribution(text: string): Distribution {
  const { name, attributes } = JSON.parse(text) as { name: string; attributes: Record<string, Json> };
  if (name === 'CategoricalDistribution') {
    return { type: 'categorical', choices: attributes.choices as readonly Json[] };
  }
  const low = attributes.low as number;
  const high = attributes.high as number;
  const log = attributes.log === true;
  const step = attributes.step as number | null | undefined;
  const type = name === 'IntDistribution' ? 'int' : 'float';
  return {
    type,
    low,
    high,
    ...(log ? { log } : {}),
    ...(step != null && !log && !(type === 'int' && step === 1) ? { step } : {}),
  };
}
