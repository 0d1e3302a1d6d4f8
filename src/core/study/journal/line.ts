/**
 * One journal line: JSON as Python writes it (bare NaN, Infinity, -Infinity), ended by a checksum under the key `c`
 * that covers the line without it. Lines that another program (Optuna) wrote carry none and are accepted as they are.
 */
import { str as crc32 } from 'crc-32';
import type { Json } from '../../json.js';
import type { JournalRecord } from './records.js';

/** How the `worker_id` of our own lines begins; such a line must have its checksum. */
export const OUR_WORKER = 'sweetspot-';

/** How a line of ours ends: `,"c":"xxxxxxxx"}`. */
export const CHECKSUM_LENGTH = 16;
const HEX = /^[0-9a-f]{8}$/;

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

/** Most records hold none; those go through JSON.stringify without a replacer, which is several times faster. */
function hasNonFinite(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return false;
  for (const key in value) if (hasNonFinite((value as Record<string, unknown>)[key])) return true;
  return false;
}

/** A string of JSON; where it stands for a non-finite number, that one is captured. */
const STRING = /"(?:\\u0000sweetspot:(NaN|-?Infinity)"|(?:[^"\\]|\\.)*")/g;
/** The words NaN and Infinity with one letter as its code: the same text to every reader of JSON. */
const coded = (text: string): string =>
  text.replaceAll('NaN', 'Na\\u004e').replaceAll('Infinity', 'Infinit\\u0079');

/**
 * JSON.stringify that writes non-finite numbers as bare tokens. Keys whose value is undefined are left out. The reader
 * of Optuna's VS Code extension takes these words for numbers inside texts, too, loses the line, and then mistakes every
 * later trial for another: where a line has such a number, texts spell the words with a code (`coded`).
 */
export function printJson(value: unknown): string {
  if (!hasNonFinite(value)) return JSON.stringify(value);
  return JSON.stringify(value, (_key, item) =>
    typeof item !== 'number' || Number.isFinite(item) ? item : NON_FINITE + String(item),
  ).replace(STRING, (text, number: string | undefined) => number ?? coded(text));
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

/** The checksum at the end of a line and the text that it covers, or undefined for a line without one. */
function sealOf(line: string): { readonly body: string; readonly sum: string } | undefined {
  const at = line.length - CHECKSUM_LENGTH;
  if (at < 1 || !line.startsWith(',"c":"', at) || !line.endsWith('"}')) return undefined;
  const sum = line.slice(at + 6, at + 14);
  return HEX.test(sum) ? { body: `${line.slice(0, at)}}`, sum } : undefined;
}

/** Whether the line carries a checksum, and the right one. */
export function isSealed(line: string): boolean {
  const seal = sealOf(line);
  return seal !== undefined && checksum(seal.body) === seal.sum;
}

/** Reads a line without its newline. */
export function parseLine(line: string): ParsedLine {
  const seal = sealOf(line);
  if (seal && checksum(seal.body) !== seal.sum) {
    return { kind: 'damaged', reason: 'its checksum does not match' };
  }
  return parseBody(seal?.body ?? line, seal !== undefined);
}

/** Reads a record from its JSON. `sealed`: it stood in a line whose checksum is right. */
export function parseBody(body: string, sealed: boolean): ParsedLine {
  try {
    const value = parseJson(body) as Record<string, Json>;
    if (typeof value !== 'object' || value === null || typeof value.op_code !== 'number') {
      return { kind: 'damaged', reason: 'it is not a journal record' };
    }
    if (!sealed && String(value.worker_id).startsWith(OUR_WORKER)) {
      return { kind: 'damaged', reason: 'its checksum is missing' };
    }
    return { kind: 'record', record: value as unknown as JournalRecord };
  } catch {
    return { kind: 'damaged', reason: 'it is not JSON' };
  }
}
