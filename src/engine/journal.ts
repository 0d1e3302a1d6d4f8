/**
 * The append-only store of a study: JSON lines with a checksum each, one writer. An append is done when its bytes are
 * on disk (fdatasync); appends that wait together share one (group commit). A torn last line, what a crash leaves, is
 * cut off at opening with a copy kept beside it.
 */
import { type FileHandle, mkdir, open as openFile, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseLine, printLine } from '../core/study/journal-line.js';
import type { JournalRecord } from '../core/study/records.js';

/** A journal that cannot be used as it is; the message says which line and what to do. */
export class JournalError extends Error {}

export interface LoadedJournal {
  readonly records: readonly JournalRecord[];
  /** Bytes up to and including the last whole line. */
  readonly goodBytes: number;
  /** What follows them: the beginning of a line that was never finished. */
  readonly torn: Buffer;
}

/**
 * Reads all whole lines.
 * @throws JournalError when a line other than the last is damaged.
 */
export async function loadJournal(file: string): Promise<LoadedJournal> {
  const bytes = await readFile(file);
  const records: JournalRecord[] = [];
  let start = 0;
  for (let line = 1; start < bytes.length; line++) {
    const newline = bytes.indexOf(10, start);
    if (newline < 0) break;
    const parsed = parseLine(bytes.toString('utf8', start, newline));
    if (parsed.kind === 'damaged') {
      // A crash can leave a whole block of garbage with a newline in it; only then is it still the end of the file.
      if (newline === bytes.length - 1) break;
      throw new JournalError(
        `${file}:${line}: the line is damaged (${parsed.reason}). Restore the file from a copy, or delete this line to go on without what it says.`,
      );
    }
    records.push(parsed.record);
    start = newline + 1;
  }
  return { records, goodBytes: start, torn: bytes.subarray(start) };
}

interface Waiting {
  readonly bytes: Buffer;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class Journal {
  readonly file: string;
  readonly #handle: FileHandle;
  #size: number;
  #queue: Waiting[] = [];
  #writing: Promise<void> | undefined;

  private constructor(file: string, handle: FileHandle, size: number) {
    this.file = file;
    this.#handle = handle;
    this.#size = size;
  }

  /** Makes a new journal. Rejects with EEXIST where there is one. */
  static async create(file: string): Promise<Journal> {
    await mkdir(dirname(file), { recursive: true });
    const handle = await openFile(file, 'wx');
    const folder = await openFile(dirname(file), 'r').catch(() => undefined);
    // The new name must survive a power cut too; Windows can neither open nor sync a folder and needs no such help.
    await folder?.sync().catch(() => undefined);
    await folder?.close();
    return new Journal(file, handle, 0);
  }

  /** Opens for appending what `loadJournal` has read, after setting a torn tail aside as `<file>.torn-<ms>`. */
  static async continue(file: string, loaded: LoadedJournal): Promise<Journal> {
    const handle = await openFile(file, 'r+');
    if (loaded.torn.length > 0) {
      await writeFile(`${file}.torn-${Date.now()}`, loaded.torn);
      await handle.truncate(loaded.goodBytes);
      await handle.datasync();
    }
    return new Journal(file, handle, loaded.goodBytes);
  }

  /** Resolves when the records are on disk. After a rejection none of them is in the file. */
  append(records: readonly JournalRecord[]): Promise<void> {
    const bytes = Buffer.from(records.map(printLine).join(''));
    return new Promise((resolve, reject) => {
      this.#queue.push({ bytes, resolve, reject });
      this.#writing ??= this.#drain();
    });
  }

  /** Waits for appends under way. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#handle.close();
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0);
      try {
        await this.#write(Buffer.concat(batch.map(({ bytes }) => bytes)));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        await this.#handle.truncate(this.#size).catch(() => undefined);
        for (const { reject } of batch) reject(error as Error);
      }
    }
    this.#writing = undefined;
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
