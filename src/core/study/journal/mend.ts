/**
 * What can be saved of damaged journal lines. A checksum of 32 bits does not only find a wrong bit in a line but says
 * which one it is: each position changes the checksum in its own way. Bits that turned a newline into something else,
 * or something else into a newline, are found by trying. Pure; which file, and what to do with what is lost, is the
 * caller's.
 */
import { buf } from 'crc-32';
import { CHECKSUM_LENGTH, isSealed, OUR_WORKER, parseLine } from './line.js';
import { Attr, type JournalRecord, Op, StateCode } from './records.js';

/** CRC-32 (polynomial EDB88320, reflected) of each byte. */
const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let c = byte;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});
const NEWLINE = 10;
const BRACE = 125;

type Text = (bytes: Uint8Array) => string;

export type MendedLine =
  | { readonly kind: 'sound' | 'mended'; readonly bytes: Uint8Array; readonly record: JournalRecord }
  /** Written anew. */
  | { readonly kind: 'restored'; readonly record: JournalRecord }
  | { readonly kind: 'lost'; readonly bytes: Uint8Array };

/** Reads the lines of a journal (newlines excluded) and mends what can be mended. */
export function mendLines(lines: readonly Uint8Array[], text: Text): readonly MendedLine[] {
  const result: MendedLine[] = [];
  for (let i = 0; i < lines.length; i++) {
    const bytes = lines[i] as Uint8Array;
    const parsed = parseLine(text(bytes));
    if (parsed.kind === 'record') {
      result.push({ kind: 'sound', bytes, record: parsed.record });
      continue;
    }
    const next = lines[i + 1];
    const mended = flipped(bytes, text) ?? split(bytes, text);
    const joined =
      mended || !next || parseLine(text(next)).kind === 'record' ? undefined : join(bytes, next, text);
    if (joined) i++;
    for (const line of mended ?? joined ?? []) {
      const again = parseLine(text(line));
      if (again.kind === 'record') result.push({ kind: 'mended', bytes: line, record: again.record });
    }
    if (!mended && !joined) result.push({ kind: 'lost', bytes });
  }
  return result;
}

/** The line with the one bit turned back that makes its checksum right, or undefined where no single bit does. */
function flipped(bytes: Uint8Array, text: Text): readonly Uint8Array[] | undefined {
  const turned = (at: number, bit: number): Uint8Array => {
    const copy = bytes.slice();
    copy[at] = (copy[at] as number) ^ (1 << bit);
    return copy;
  };
  const seal = bytes.length - CHECKSUM_LENGTH;
  if (seal < 1) return undefined;
  for (let at = seal; at < bytes.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const candidate = turned(at, bit);
      if (isSealed(text(candidate))) return [candidate];
    }
  }
  const sum = Number.parseInt(text(bytes.subarray(seal + 6, seal + 14)), 16);
  if (Number.isNaN(sum)) return undefined;
  const covered = bytes.slice(0, seal + 1);
  covered[seal] = BRACE;
  const difference = (buf(covered) ^ sum) | 0;
  // How each bit of the last byte before the brace changes the checksum; one byte further to the front, how that is
  // carried through one byte more.
  let changes = Array.from({ length: 8 }, (_, bit) => through(table[1 << bit] as number));
  for (let at = seal - 1; at >= 0; at--) {
    const bit = changes.indexOf(difference);
    if (bit >= 0) {
      const candidate = turned(at, bit);
      return isSealed(text(candidate)) ? [candidate] : undefined;
    }
    changes = changes.map(through);
  }
  return undefined;
}

/** A difference of checksums after one more byte. */
const through = (difference: number): number =>
  ((table[difference & 255] as number) ^ (difference >>> 8)) | 0;

const almostNewline = (byte: number): boolean => {
  const difference = byte ^ NEWLINE;
  return difference !== 0 && (difference & (difference - 1)) === 0;
};

/** Two lines whose newline became something else. */
function split(bytes: Uint8Array, text: Text): readonly Uint8Array[] | undefined {
  for (let at = bytes.indexOf(BRACE); at >= 0; at = bytes.indexOf(BRACE, at + 1)) {
    if (at + 1 >= bytes.length || !almostNewline(bytes[at + 1] as number)) continue;
    const parts = [bytes.subarray(0, at + 1), bytes.subarray(at + 2)];
    if (parts.every((part) => isSealed(text(part)))) return parts;
  }
  return undefined;
}

/** One line in the middle of which something became a newline. */
function join(first: Uint8Array, second: Uint8Array, text: Text): readonly Uint8Array[] | undefined {
  const whole = new Uint8Array(first.length + 1 + second.length);
  whole.set(first);
  whole.set(second, first.length + 1);
  for (let bit = 0; bit < 8; bit++) {
    whole[first.length] = NEWLINE ^ (1 << bit);
    if (isSealed(text(whole))) return [whole];
  }
  return undefined;
}

/**
 * The records without the lost lines, and with a failed trial in the place of each whose creation was lost: trials are
 * counted, so that without it all later ones would be taken for their predecessors.
 */
export function withStandIns(
  lines: readonly MendedLine[],
  text: Text,
): {
  readonly lines: readonly ({ readonly bytes: Uint8Array } | { readonly record: JournalRecord })[];
  /** Numbers of the trials that are lost. */
  readonly trials: readonly number[];
} {
  const result: ({ readonly bytes: Uint8Array } | { readonly record: JournalRecord })[] = [];
  const trials: number[] = [];
  let count = 0;
  lines.forEach((line, i) => {
    if (line.kind !== 'lost') {
      if (line.record.op_code === Op.createTrial) count++;
      result.push('bytes' in line ? { bytes: line.bytes } : { record: line.record });
      return;
    }
    const missing = missingTrials(lines, i, count, text);
    for (let k = 0; k < missing; k++) {
      trials.push(count++);
      result.push({ record: STAND_IN });
    }
  });
  return { lines: result, trials };
}

/** How many trials, of which there were `count` before, began in a lost line. */
export function missingTrials(lines: readonly MendedLine[], at: number, count: number, text: Text): number {
  const line = lines[at];
  const created =
    line && 'bytes' in line && /"op_code":4\b|"distributions":\{/.test(text(line.bytes)) ? 1 : 0;
  return Math.max(created, lines[at + 1]?.kind === 'lost' ? 0 : highestTrial(lines, at + 1) + 1 - count);
}

/** The highest trial spoken of from a line to the next that creates one, or -1. */
function highestTrial(lines: readonly MendedLine[], from: number): number {
  let highest = -1;
  for (let i = from; i < lines.length; i++) {
    const line = lines[i];
    if (!line || line.kind === 'lost') continue;
    if (line.record.op_code === Op.createTrial) break;
    if ('trial_id' in line.record) highest = Math.max(highest, line.record.trial_id);
  }
  return highest;
}

const STAND_IN: JournalRecord = {
  op_code: Op.createTrial,
  worker_id: `${OUR_WORKER}repair`,
  study_id: 0,
  datetime_start: null,
  state: StateCode.failed,
  distributions: {},
  params: {},
  user_attrs: { [Attr.reason]: 'lost: the line of the journal that began this trial was damaged' },
  system_attrs: {},
  intermediate_values: {},
};
