/** Reads a config by a form and words what does not fit it: file, line, path, and the nearest key or what must stand there. */
import type { z } from 'zod';
import { didYouMean } from '../../core/annotation/nearest.js';
import type { Json } from '../../core/json.js';
import { placeOf } from './config-lines.js';
import { FatalTrainingError } from './fatal-error.js';

type Path = readonly (string | number)[];

const at = (config: Json, path: Path): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
    config,
  );

const shown = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : JSON.stringify(value));

/**
 * @param keysAt the keys that may stand at a path
 * @throws FatalTrainingError that names every wrong key with its line
 */
export function readForm<T>(
  form: z.ZodType<T>,
  config: Json,
  { configFile, configText }: { readonly configFile: string; readonly configText: string },
  keysAt: (path: Path) => readonly string[],
): T {
  const result = form.safeParse(config);
  if (result.success) return result.data;
  const messages = result.error.issues.flatMap((issue) => {
    const path = issue.path.filter((key) => typeof key !== 'symbol');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const known = keysAt(path);
        const remedy = didYouMean(key, known) || ` Known here: ${known.join(', ')}.`;
        return `${placeOf(configFile, configText, [...path, key])}unknown key "${[...path, key].join('.')}".${remedy}`;
      });
    }
    const value = at(config, path);
    const name = path.length === 0 ? 'the config' : path.join('.');
    const place = placeOf(configFile, configText, path);
    return value === undefined
      ? [`${place}${name} is missing: it ${issue.message}.`]
      : [`${place}${name} ${issue.message}; it is ${shown(value)}.`];
  });
  throw new FatalTrainingError(messages.join('\n'));
}
