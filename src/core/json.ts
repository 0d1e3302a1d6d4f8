/**
 * JSON values as this project passes them around: what a config holds, what a journal line carries. Parsing and
 * printing of journal lines (which allow bare NaN) is in study/journal/line.ts.
 */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Structural equality: the order of keys does not matter, NaN equals NaN, and -0 equals 0. */
export function jsonEqual(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return Number.isNaN(a) && Number.isNaN(b);
  return canonicalJson(a) === canonicalJson(b);
}

/** One text per value, whatever the order of its keys: usable as a map key. Non-finite numbers keep their name. */
export function canonicalJson(value: Json | undefined): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : String(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  const object = value as JsonObject;
  return `{${Object.keys(object)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key])}`)
    .join(',')}}`;
}
