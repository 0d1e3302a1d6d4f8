/**
 * One journal as it grows: reads what came since the last time, complete lines only, into a StudyReducer, and hands
 * out raw lines again from any record on. Never writes; the engine is the only one that does.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { JournalBytes } from '../core/study/journal/bytes.js';
import { parseLine } from '../core/study/journal/line.js';
import { Op } from '../core/study/journal/records.js';
import { StudyReducer } from '../core/study/journal/reduce.js';
import { OutgoingStudy } from '../core/study/packed/transfer.js';
import type { Study } from '../core/study/trial.js';

/** Bytes read at a time: little enough that whoever waits for this process does not wait long. */
const CHUNK = 1 << 18;
const NEWLINE = 0x0a;

/** `reset`: the file was replaced or cut, and was read from its start. */
export type Growth = 'same' | 'grown' | 'reset' | 'gone';

export class JournalFile {
  #reducer = new StudyReducer();
  /** Byte offset of each good record, and where the last complete line ends. */
  #starts: number[] = [];
  #end = 0;
  #inode = -1;
  #damaged = 0;
  #bornAt = 0;
  #generation = 0;
  #madeAs = '';
  readonly #lines = new JournalBytes({
    text: (bytes, from, to) => Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8'),
    record: (record, from) => {
      this.#starts.push(this.#end + from);
      if (record.op_code === Op.createStudy) this.#madeAs = record.made_as ?? record.study_name;
      this.#reducer.apply(record);
    },
    damaged: () => {
      this.#damaged++;
    },
  });

  constructor(readonly path: string) {}

  get study(): Study {
    return this.#reducer.study;
  }

  /** The name that the study was made with, whatever it is called now; empty before the first read. */
  get madeAs(): string {
    return this.#madeAs;
  }

  /** Lines that could not be read and were passed over. */
  get damaged(): number {
    return this.#damaged;
  }

  /** Raised when the file was replaced or cut: what was handed out before is of another one. */
  get generation(): number {
    return this.#generation;
  }

  /** When the file was made, in milliseconds since 1970; 0 before the first read. */
  get bornAt(): number {
    return this.#bornAt;
  }

  /** Takes in what was appended. Calls must not overlap. */
  async read(): Promise<Growth> {
    let file: FileHandle;
    try {
      file = await open(this.path, 'r');
    } catch {
      return 'gone';
    }
    try {
      const { size, ino, birthtimeMs } = await file.stat();
      const replaced = this.#inode !== -1 && (ino !== this.#inode || size < this.#end);
      if (replaced) this.#forget();
      this.#inode = ino;
      this.#bornAt = birthtimeMs;
      const before = this.#end;
      await this.#take(file, size);
      return replaced ? 'reset' : this.#end > before ? 'grown' : 'same';
    } finally {
      await file.close();
    }
  }

  /** All of the study so far, for a page that has nothing of it. */
  whole(): OutgoingStudy {
    return new OutgoingStudy(this.#reducer);
  }

  /** The lines from record `seq` on, whole lines up to `maxBytes` (at least one), as they stand on disk. */
  async lines(seq: number, maxBytes: number): Promise<{ lines: string; seq: number; more: boolean }> {
    const total = this.#starts.length;
    const from = this.#starts[seq];
    if (from === undefined) return { lines: '', seq: total, more: false };
    const offsetOf = (record: number) => this.#starts[record] ?? this.#end;
    let next = seq + 1;
    while (next < total && offsetOf(next + 1) - from <= maxBytes) next++;
    const buffer = Buffer.alloc(offsetOf(next) - from);
    const file = await open(this.path, 'r');
    try {
      await file.read(buffer, 0, buffer.length, from);
    } finally {
      await file.close();
    }
    const text = buffer.toString('utf8');
    return { lines: this.#damaged === 0 ? text : onlyGood(text), seq: next, more: next < total };
  }

  async #take(file: FileHandle, size: number): Promise<void> {
    let carry = Buffer.alloc(0);
    for (let at = this.#end; at < size; ) {
      const buffer = Buffer.alloc(Math.min(CHUNK, size - at));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      const bytes =
        carry.length === 0
          ? buffer.subarray(0, bytesRead)
          : Buffer.concat([carry, buffer.subarray(0, bytesRead)]);
      const last = bytes.lastIndexOf(NEWLINE);
      this.#takeLines(bytes.subarray(0, last + 1));
      carry = Buffer.from(bytes.subarray(last + 1));
    }
  }

  #takeLines(bytes: Buffer): void {
    // Without what a Buffer adds, looking for two million newlines is faster.
    this.#end += this.#lines.read(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
  }

  #forget(): void {
    this.#generation++;
    this.#reducer = new StudyReducer();
    this.#starts = [];
    this.#end = 0;
    this.#damaged = 0;
  }
}

function onlyGood(text: string): string {
  return text
    .split('\n')
    .filter((line) => line !== '' && parseLine(line).kind === 'record')
    .map((line) => `${line}\n`)
    .join('');
}
