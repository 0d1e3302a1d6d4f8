/**
 * Reads journal lines from bytes, many and fast: nine lines in ten are reports (op 7), and those of our own are taken
 * apart where they lie, without a string or JSON in between. What a line means is line.ts's; this only gets
 * there sooner. A line that the short way does not know goes the long way, so both always agree.
 */
import { bstr, buf } from 'crc-32';
import { CHECKSUM_LENGTH, OUR_WORKER, parseBody, parseLine } from './line.js';
import type { JournalRecord } from './records.js';

export interface LineReader {
  /** UTF-8 text of `bytes[from, to)`: the one thing that every host has and this language does not. */
  text(bytes: Uint8Array, from: number, to: number): string;
  /** `from` is where the line begins in `bytes`. */
  record(record: JournalRecord, from: number): void;
  damaged(reason: string, from: number, to: number): void;
}

const NEWLINE = 10;
const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const REPORT = ascii(`{"op_code":7,"worker_id":"${OUR_WORKER}`);
const TRIAL = ascii('","trial_id":');
const STEP = ascii(',"step":');
const VALUE = ascii(',"intermediate_value":');
const SEAL = ascii(',"c":"');

function startsAt(bytes: Uint8Array, part: Uint8Array, at: number): boolean {
  for (let i = 0; i < part.length; i++) if (bytes[at + i] !== part[i]) return false;
  return true;
}

/** The number that eight hexadecimal digits in small letters stand for, or undefined. */
function hex(bytes: Uint8Array, at: number): number | undefined {
  let value = 0;
  for (let i = at; i < at + 8; i++) {
    const code = bytes[i] as number;
    const digit = code >= ZERO && code <= NINE ? code - ZERO : code >= 97 && code <= 102 ? code - 87 : -1;
    if (digit < 0) return undefined;
    value = (value << 4) | digit;
  }
  return value;
}

/** Whether the bytes of a line, newline excluded, end with a checksum: right, wrong, or not at all. */
function sealed(bytes: Uint8Array, from: number, to: number): boolean | undefined {
  const at = to - CHECKSUM_LENGTH;
  if (at <= from || !startsAt(bytes, SEAL, at) || bytes[to - 2] !== QUOTE || bytes[to - 1] !== 125)
    return undefined;
  const sum = hex(bytes, at + SEAL.length);
  return sum === undefined ? undefined : bstr('}', buf(bytes.subarray(from, at))) === sum;
}

/** Powers of ten that a double holds exactly. */
const EXACT = Array.from({ length: 23 }, (_, k) => 10 ** k);

/**
 * Reports of one journal, read in place. Positions are kept in fields, since a function returns but one number and an
 * object for each of two million lines costs more than reading them.
 */
class ReportParser {
  #at = 0;
  #workerBytes = new Uint8Array(0);
  #worker = '';

  /** The report of a line whose checksum is right, or undefined where it has another shape. `to`: where the seal begins. */
  parse(bytes: Uint8Array, from: number, to: number, text: LineReader['text']): JournalRecord | undefined {
    if (!startsAt(bytes, REPORT, from)) return undefined;
    const nameEnd = bytes.indexOf(QUOTE, from + REPORT.length);
    if (nameEnd < 0 || nameEnd >= to || !startsAt(bytes, TRIAL, nameEnd)) return undefined;
    const worker = this.#workerOf(bytes, from + REPORT.length - OUR_WORKER.length, nameEnd, text);
    this.#at = nameEnd + TRIAL.length;
    const trial = this.#whole(bytes);
    if (trial < 0 || !startsAt(bytes, STEP, this.#at)) return undefined;
    this.#at += STEP.length;
    const step = this.#whole(bytes);
    if (step < 0 || !startsAt(bytes, VALUE, this.#at)) return undefined;
    const value = this.#number(bytes, this.#at + VALUE.length, to);
    // Neither a plain number to the end (NaN, further metrics): the long way.
    if (Number.isNaN(value)) return undefined;
    return { op_code: 7, worker_id: worker, trial_id: trial, step, intermediate_value: value };
  }

  #workerOf(bytes: Uint8Array, from: number, to: number, text: LineReader['text']): string {
    const known = this.#workerBytes;
    if (known.length !== to - from || !startsAt(bytes, known, from)) {
      this.#workerBytes = bytes.slice(from, to);
      this.#worker = text(bytes, from, to);
      // An escape in it, which ours never has, would need JSON to read it.
      if (this.#worker.includes('\\')) this.#worker = JSON.parse(`"${this.#worker}"`) as string;
    }
    return this.#worker;
  }

  /** Digits from where we are, or -1. */
  #whole(bytes: Uint8Array): number {
    let value = 0;
    const start = this.#at;
    for (; this.#at - start < 15; this.#at++) {
      const digit = (bytes[this.#at] as number) - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    return this.#at === start ? -1 : value;
  }

  /**
   * The number that fills `bytes[from, to)`, or NaN. Up to 15 digits and 22 decimals are exact in doubles, and so is
   * their quotient (Clinger, "How to read floating point numbers accurately", 1990); the rest is left to the language.
   */
  #number(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    let digits = 0;
    let decimals = -1;
    let value = 0;
    for (; at < to; at++) {
      const code = bytes[at] as number;
      if (code === DOT && decimals < 0) {
        decimals = 0;
        continue;
      }
      const digit = code - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      if (value !== 0) digits++;
      if (decimals >= 0) decimals++;
    }
    if (at === to && digits <= 15 && decimals <= 22) {
      const exact = decimals > 0 ? value / (EXACT[decimals] as number) : value;
      return negative ? -exact : exact;
    }
    if (at < to && (bytes[at] === COMMA || to - from > 30)) return Number.NaN;
    return Number(String.fromCharCode.apply(null, bytes.subarray(from, to) as unknown as number[]));
  }
}

/** Reads the whole lines of a chunk of a journal, one after another. */
export class JournalBytes {
  readonly #reader: LineReader;
  readonly #reports = new ReportParser();

  constructor(reader: LineReader) {
    this.#reader = reader;
  }

  /** Takes all lines that end in `bytes`; returns where the first that does not begins. */
  read(bytes: Uint8Array): number {
    let from = 0;
    for (;;) {
      const to = bytes.indexOf(NEWLINE, from);
      if (to < 0) return from;
      this.line(bytes, from, to);
      from = to + 1;
    }
  }

  /** Takes one line, newline excluded. */
  line(bytes: Uint8Array, from: number, to: number): void {
    const reader = this.#reader;
    const seal = sealed(bytes, from, to);
    if (seal === false) {
      reader.damaged('its checksum does not match', from, to);
      return;
    }
    const report = seal ? this.#reports.parse(bytes, from, to - CHECKSUM_LENGTH, reader.text) : undefined;
    if (report) {
      reader.record(report, from);
      return;
    }
    const parsed = seal
      ? parseBody(`${reader.text(bytes, from, to - CHECKSUM_LENGTH)}}`, true)
      : parseLine(reader.text(bytes, from, to));
    if (parsed.kind === 'record') reader.record(parsed.record, from);
    else reader.damaged(parsed.reason, from, to);
  }
}
