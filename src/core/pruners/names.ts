/** The pruners a study can name, and how it names them. What each one is stands in its own file. */
import type { Json, JsonObject } from '../json.js';

export const PRUNER_NAMES = [
  'none',
  'median',
  'percentile',
  'threshold',
  'patient',
  'asha',
  'hyperband',
  'moasha',
  'wilcoxon',
  'extrapolate',
] as const;
export type PrunerName = (typeof PRUNER_NAMES)[number];

/** A name, or a name with options. */
export type PrunerChoice = string | (JsonObject & { readonly name: string });

/** In one word, for people: `asha`, or `asha (reduction 4)`. */
export function prunerText(choice: PrunerChoice): string {
  if (typeof choice === 'string') return choice;
  const { name, ...options } = choice;
  const said = Object.entries(options).map(
    ([option, value]) =>
      `${option} ${typeof value === 'object' ? prunerText(value as Json as PrunerChoice) : value}`,
  );
  return said.length > 0 ? `${name} (${said.join(', ')})` : name;
}
