/**
 * Gives a repeated trial a training seed of its own where the config fixes one with a top-level `seed:`; elsewhere the
 * seed follows from the trial's number anyway.
 */
import { isScalar, parseDocument } from 'yaml';
import type { Json, JsonObject } from '../core/json.js';
import { derivedSeed } from '../core/random.js';

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Config and text of trial `number`, which repeats another. */
export function withOwnSeed(config: Json, text: string, number: number): { config: Json; text: string } {
  if (!isObject(config) || typeof config.seed !== 'number') return { config, text };
  const seed = derivedSeed(config.seed, number, 'repeat');
  const document = parseDocument(text, { logLevel: 'silent' });
  const node = document.errors.length === 0 ? document.get('seed', true) : undefined;
  const range = isScalar(node) ? node.range : undefined;
  const changed = range ? `${text.slice(0, range[0])}${seed}${text.slice(range[1])}` : text;
  return { config: { ...config, seed }, text: changed };
}
