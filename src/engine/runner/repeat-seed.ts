/**
 * Another training seed for a config that fixes one with a top-level `seed:`: a repeated trial's, or a rerun's that is to
 * measure noise. Elsewhere the seed follows from the trial's number anyway.
 */
import { isScalar, parseDocument } from 'yaml';
import type { Json, JsonObject } from '../../core/json.js';
import { derivedSeed } from '../../core/random.js';

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export interface SeededConfig {
  readonly config: Json;
  readonly text: string;
}

/** Config and text of trial `number`, which repeats another. */
export const withOwnSeed = (config: Json, text: string, number: number): SeededConfig =>
  withSeed(config, text, (own) => derivedSeed(own, number, 'repeat'));

/** Config and text with another seed where they fix one. */
export function withSeed(config: Json, text: string, seedFrom: (own: number) => number): SeededConfig {
  if (!isObject(config) || typeof config.seed !== 'number') return { config, text };
  const seed = seedFrom(config.seed);
  const document = parseDocument(text, { logLevel: 'silent' });
  const node = document.errors.length === 0 ? document.get('seed', true) : undefined;
  const range = isScalar(node) ? node.range : undefined;
  const changed = range ? `${text.slice(0, range[0])}${seed}${text.slice(range[1])}` : text;
  return { config: { ...config, seed }, text: changed };
}
