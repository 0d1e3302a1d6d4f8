/**
 * The append-only store of a study: JSON lines with a checksum each, one writer. An append is done when its bytes are
 * on disk (fdatasync); appends that wait together share one (group commit). A torn last line, what a crash leaves, is
 * cut off at opening with a copy kept beside it.
 */
import { access, type FileHandle, mkdir, open as openFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { JournalBytes } from '../../core/study/journal/bytes.js';
import { isSealed, parseLine, printLine } from '../../core/study/journal/line.js';
import type { JournalRecord } from '../../core/study/journal/records.js';
import { journalOwner } from '../../core/study/places.js';

/** Between two tries to write to a full disk. */
const RETRY_MS = 500;
/** Bytes read at a time. */
const CHUNK = 1 << 20;
/** Zero bytes in a row that only a hole in a file has: what a power cut leaves of a write under way. */
const HOLE = Buffer.alloc(4);

/** A journal that cannot be used as it is; the message says which line and what to do. */
export class JournalError extends Error {}

/** How far a journal has been read. */
export interface LoadedJournal {
  /** Bytes up to and including the last whole line. */
  readonly goodBytes: number;
  readonly lines: number;
  /** What follows them: the beginning of a line that was never finished. */
  readonly torn: Buffer;
  /** The last line is whole but for its newline; it counts, and `goodBytes` includes it. */
  readonly unended: boolean;
}

const START: Pick<LoadedJournal, 'goodBytes' | 'lines'> = { goodBytes: 0, lines: 0 };

/**
 * Reads all whole lines, in order, from where `since` stopped. A line that was cut short at the end of the file is what
 * a crash leaves, and was never acknowledged; a damaged line anywhere else is an error, the last one included.
 * @throws JournalError when a line is damaged.
 */
export async function loadJournal(
  file: string,
  apply: (record: JournalRecord) => void,
  since = START,
): Promise<LoadedJournal> {
  let { goodBytes, lines } = since;
  let base = goodBytes;
  let torn: Buffer | undefined;
  const handle = await openFile(file, 'r');
  try {
    const { size } = await handle.stat();
    const reader = new JournalBytes({
      text: (bytes, from, to) =>
        Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8'),
      record(record) {
        lines++;
        apply(record);
      },
      damaged(reason, from, to) {
        const line = Buffer.from(current.buffer, current.byteOffset + from, to - from);
        if (base + to + 1 === size && line.includes(HOLE)) {
          torn = Buffer.from(current.subarray(from));
          return;
        }
        throw new JournalError(
          `${file}:${lines + 1}: the line is damaged (${reason}). Nothing of the file has been changed. Mend it with: sweetspot repair ${repairArguments(file)}`,
        );
      },
    });
    let current = new Uint8Array(0);
    // One buffer for all: two million lines leave garbage enough.
    let buffer = new Uint8Array(Math.min(CHUNK, size - goodBytes));
    let carried = 0;
    for (let at = goodBytes; at < size; ) {
      if (carried === buffer.length) {
        const longer = new Uint8Array(2 * buffer.length);
        longer.set(buffer);
        buffer = longer;
      }
      const { bytesRead } = await handle.read(buffer, carried, buffer.length - carried, at);
      if (bytesRead === 0) break;
      base = at - carried;
      at += bytesRead;
      current = buffer.subarray(0, carried + bytesRead);
      const end = reader.read(current);
      carried = current.length - end;
      buffer.copyWithin(0, end, current.length);
      goodBytes = base + end - (torn?.length ?? 0);
    }
    if (torn) return { goodBytes, lines, torn, unended: false };
    const rest = Buffer.from(buffer.slice(0, carried));
    return endOf(rest, apply, goodBytes, lines);
  } finally {
    await handle.close();
  }
}

/**
 * What an unended last line is: whole with its newline missing or turned into something else, which the checksum shows,
 * or torn.
 */
function endOf(
  rest: Buffer,
  apply: (record: JournalRecord) => void,
  goodBytes: number,
  lines: number,
): LoadedJournal {
  for (const length of [rest.length, rest.length - 1]) {
    const line = length > 0 ? rest.toString('utf8', 0, length) : '';
    const parsed = isSealed(line) ? parseLine(line) : undefined;
    if (parsed?.kind !== 'record') continue;
    apply(parsed.record);
    return {
      goodBytes: goodBytes + length,
      lines: lines + 1,
      torn: Buffer.from(rest.subarray(length)),
      unended: true,
    };
  }
  return { goodBytes, lines, torn: rest, unended: false };
}

/** What to type after `sweetspot repair` for this journal. */
function repairArguments(file: string): string {
  const owner = journalOwner(file);
  if (!owner) return file;
  const quoted = (word: string): string => (/^[\w./:\\-]+$/.test(word) ? word : JSON.stringify(word));
  return `${quoted(owner.configFile)} --study ${quoted(owner.study)}`;
}

interface Waiting {
  readonly text: string;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Whether the error says that there is no room, on the disk or for this user. */
const isFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');

export class Journal {
  readonly file: string;
  readonly #handle: FileHandle;
  #size: number;
  #queue: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #full = false;
  #broken: Error | undefined;
  /** Whether to wait for room on a full disk; otherwise that is an error like any other. */
  waitForRoom = false;
  /** Called with words for the user when the disk is full, and with undefined when there is room again. */
  onRoom: ((problem: string | undefined) => void) | undefined;

  private constructor(file: string, handle: FileHandle, size: number) {
    this.file = file;
    this.#handle = handle;
    this.#size = size;
  }

  /**
   * Makes a new journal that begins with these records: with all of them, or not at all, whatever happens meanwhile.
   * Rejects with EEXIST where there is one.
   */
  static async create(file: string, records: readonly JournalRecord[] = []): Promise<Journal> {
    await mkdir(dirname(file), { recursive: true });
    const there = await access(file).then(
      () => true,
      () => false,
    );
    if (there) throw Object.assign(new Error(`EEXIST: ${file} is there already`), { code: 'EEXIST' });
    const unfinished = `${file}.${process.pid}`;
    const handle = await openFile(unfinished, 'w');
    try {
      const journal = new Journal(file, handle, 0);
      await journal.append(records);
      await rename(unfinished, file);
      const folder = await openFile(dirname(file), 'r').catch(() => undefined);
      // The new name must survive a power cut too; Windows can neither open nor sync a folder and needs no such help.
      await folder?.sync().catch(() => undefined);
      await folder?.close();
      return journal;
    } catch (error) {
      await handle.close();
      await rm(unfinished, { force: true });
      throw error;
    }
  }

  /** Opens for appending what `loadJournal` has read, after setting a torn tail aside as `<file>.torn-<ms>`. */
  static async continue(file: string, loaded: LoadedJournal): Promise<Journal> {
    if (loaded.torn.length > 0) await writeFile(`${file}.torn-${Date.now()}`, loaded.torn);
    const handle = await openFile(file, 'r+');
    try {
      let size = loaded.goodBytes;
      if (loaded.torn.length > 0) await handle.truncate(size);
      if (loaded.unended) size += (await handle.write('\n', size)).bytesWritten;
      if (loaded.torn.length > 0 || loaded.unended) await handle.datasync();
      return new Journal(file, handle, size);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /**
   * Resolves when the records are on disk. After a rejection none of them is in the file, nor will anything later be:
   * trials are told by their position, so that a line that is missing would give later ones another meaning.
   */
  append(records: readonly JournalRecord[]): Promise<void> {
    // Here, since `#drain` must wait for something before it ends: it clears `#writing`, which is set when it returns.
    if (this.#broken) return Promise.reject(this.#broken);
    let text = '';
    for (const record of records) text += printLine(record);
    return new Promise((resolve, reject) => {
      this.#queue.push({ text, resolve, reject });
      this.#writing ??= this.#drain();
    });
  }

  /** Whether everything that was appended is on disk. */
  get idle(): boolean {
    return this.#writing === undefined && this.#broken === undefined;
  }

  /** Bytes on disk. */
  get size(): number {
    return this.#size;
  }

  /** Waits for appends under way; on a full disk, no longer than until the next try. */
  async close(): Promise<void> {
    this.waitForRoom = false;
    await this.#writing;
    await this.#handle.close();
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0);
      const bytes = Buffer.from(batch.map(({ text }) => text).join(''));
      try {
        if (this.#broken) throw this.#broken;
        await this.#writeWhenThereIsRoom(bytes);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        this.#broken ??= new Error(this.#wordsOf(error), { cause: error });
        for (const { reject } of batch) reject(this.#broken);
      }
    }
    this.#writing = undefined;
  }

  /** A full disk is waited for, with nothing of the batch left in the file; everything else is the caller's to know. */
  async #writeWhenThereIsRoom(bytes: Buffer): Promise<void> {
    for (;;) {
      try {
        await this.#write(bytes);
        if (this.#full) this.onRoom?.(undefined);
        this.#full = false;
        return;
      } catch (error) {
        await this.#handle.truncate(this.#size).catch(() => undefined);
        if (!isFull(error) || !this.waitForRoom) throw error;
        if (!this.#full) {
          this.onRoom?.(
            `The disk is full: ${this.file} cannot grow. The study waits and goes on when there is room.`,
          );
        }
        this.#full = true;
        await new Promise((done) => setTimeout(done, RETRY_MS));
      }
    }
  }

  #wordsOf(error: unknown): string {
    if (isFull(error)) return `The disk is full: ${this.file} cannot grow. Make room and try again.`;
    return `${this.file} cannot be written: ${error instanceof Error ? error.message : String(error)}.`;
  }

  async #write(bytes: Buffer): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      const { bytesWritten } = await this.#handle.write(
        bytes,
        written,
        bytes.length - written,
        this.#size + written,
      );
      written += bytesWritten;
    }
    await this.#handle.datasync();
    this.#size += bytes.length;
  }
}
