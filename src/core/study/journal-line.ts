/**
 * One journal line: JSON as Python writes it (bare NaN, Infinity, -Infinity), ended by a checksum under the key `c`
 * that covers the line without it. Lines that another program (Optuna) wrote carry none and are accepted as they are.
 */
import { str as crc32 } from 'crc-32';
import type { Json } from '../json.js';
import type { JournalRecord } from './records.js';

/** How the `worker_id` of our own lines begins; such a line must have its checksum. */
export const OUR_WORKER = 'sweetspot-';

const CHECKSUM = /,"c":"([0-9a-f]{8})"\}$/;

/** Strings are matched first so that a NaN inside one is never taken for a number. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g;
const NON_FINITE = '\u0000sweetspot:';

/** JSON.parse that also reads bare NaN and (-)Infinity. Throws SyntaxError as JSON.parse does. */
export function parseJson(text: string): unknown {
  if (!text.includes('NaN') && !text.includes('Infinity')) return JSON.parse(text);
  const marked = text.replace(TOKENS, (token) =>
    token.startsWith('"') ? token : JSON.stringify(NON_FINITE + token),
  );
  return JSON.parse(marked, (_key, value) =>
    typeof value === 'string' && value.startsWith(NON_FINITE)
      ? Number(value.slice(NON_FINITE.length))
      : value,
  );
}

/** JSON.stringify that writes non-finite numbers as bare tokens. Keys whose value is undefined are left out. */
export function printJson(value: unknown): string {
  let hasNonFinite = false;
  const text = JSON.stringify(value, (_key, item) => {
    if (typeof item !== 'number' || Number.isFinite(item)) return item;
    hasNonFinite = true;
    return NON_FINITE + String(item);
  });
  return hasNonFinite ? text.replace(/"\\u0000sweetspot:(NaN|-?Infinity)"/g, '$1') : text;
}

const checksum = (text: string): string => (crc32(text) >>> 0).toString(16).padStart(8, '0');

/** The line of a record, checksum and newline included. */
export function printLine(record: JournalRecord): string {
  const body = printJson(record);
  return `${body.slice(0, -1)},"c":"${checksum(body)}"}\n`;
}

export type ParsedLine =
  | { readonly kind: 'record'; readonly record: JournalRecord }
  | { readonly kind: 'damaged'; readonly reason: string };

/** Reads a line without its newline. */
export function parseLine(line: string): ParsedLine {
  const match = CHECKSUM.exec(line);
  if (match) {
    const body = `${line.slice(0, match.index)}}`;
    if (checksum(body) !== match[1]) return { kind: 'damaged', reason: 'its checksum does not match' };
  }
  try {
    const value = parseJson(line) as Record<string, Json>;
    if (typeof value !== 'object' || value === null || typeof value.op_code !== 'number') {
      return { kind: 'damaged', reason: 'it is not a journal record' };
    }
    if (!match && String(value.worker_id).startsWith(OUR_WORKER)) {
      return { kind: 'damaged', reason: 'its checksum is missing' };
    }
    delete value.c;
    return { kind: 'record', record: value as unknown as JournalRecord };
  } catch {
    return { kind: 'damaged', reason: 'it is not JSON' };
  }
}
