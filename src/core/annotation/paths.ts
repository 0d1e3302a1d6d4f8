/**
 * Dotted paths into a config (`model.units.0`): printing, reading, and looking up. A segment that could be mistaken
 * stands in double quotes, as JSON writes it.
 */
import type { Json, JsonObject } from '../json.js';

export type Path = readonly string[];

const PLAIN = /^[^\s.,:()[\]{}"'=!#<>]+$/;

export const formatPath = (path: Path): string =>
  path.map((segment) => (PLAIN.test(segment) ? segment : JSON.stringify(segment))).join('.');

/** Reads what `formatPath` wrote. */
export const parsePath = (text: string): Path =>
  (text.match(/"(?:[^"\\]|\\.)*"|[^."]+/g) ?? []).map((segment) =>
    segment.startsWith('"') ? (JSON.parse(segment) as string) : segment,
  );

export const samePath = (a: Path, b: Path): boolean =>
  a.length === b.length && a.every((segment, at) => segment === b[at]);

export const startsWith = (path: Path, start: Path): boolean =>
  path.length >= start.length && start.every((segment, at) => segment === path[at]);

function child(data: Json, segment: string): Json | undefined {
  if (data === null || typeof data !== 'object') return undefined;
  if (Array.isArray(data))
    return /^\d+$/.test(segment) ? (data[Number(segment)] as Json | undefined) : undefined;
  return Object.hasOwn(data, segment) ? (data as JsonObject)[segment] : undefined;
}

/** What stands at a path, or undefined if nothing does. */
export function valueAtPath(data: Json, path: Path): Json | undefined {
  let value: Json | undefined = data;
  for (const segment of path) value = value === undefined ? undefined : child(value, segment);
  return value;
}

/** A copy of `data` with `value` at a path that exists in it; everything else is shared with the original. */
export function withValueAtPath(data: Json, path: Path, value: Json): Json {
  const [segment, ...rest] = path;
  if (segment === undefined) return value;
  const inner = child(data, segment);
  if (inner === undefined) throw new Error(`The config has nothing at ${formatPath(path)}.`);
  const changed = withValueAtPath(inner, rest, value);
  return Array.isArray(data)
    ? data.map((item: Json, at) => (at === Number(segment) ? changed : item))
    : Object.fromEntries(
        Object.entries(data as JsonObject).map(([key, item]) => [key, key === segment ? changed : item]),
      );
}

/** The paths of every value of a config, mappings and lists included, down to `depth` levels. */
export function allPaths(data: Json, depth = 8): readonly Path[] {
  if (data === null || typeof data !== 'object' || depth === 0) return [];
  return Object.entries(data as JsonObject).flatMap(([key, value]) => [
    [key],
    ...allPaths(value, depth - 1).map((rest) => [key, ...rest]),
  ]);
}
