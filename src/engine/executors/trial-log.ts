/**
 * What a trial prints, kept in its folder up to a limit. Folder and file are made with the first word: most trials say
 * none. A log that cannot be written must not end a trial.
 */
import { createWriteStream, mkdirSync, statSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';

/** Bytes of a trial's output that are kept; the rest is dropped with a note. */
const LIMIT = 10 * 2 ** 20;

export class TrialLog {
  readonly #folder: string;
  #stream: WriteStream | undefined;
  #bytes = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  write(chunk: Buffer): void {
    const stream = this.#open();
    if (this.#bytes > LIMIT) return;
    this.#bytes += chunk.length;
    stream?.write(chunk);
    if (this.#bytes > LIMIT) stream?.write(`\n[Sweetspot keeps the first ${LIMIT / 2 ** 20} MB of a log.]\n`);
  }

  end(): void {
    this.#stream?.end();
  }

  #open(): WriteStream | undefined {
    if (this.#stream) return this.#stream;
    const file = join(this.#folder, 'log.txt');
    try {
      mkdirSync(this.#folder, { recursive: true });
      // What earlier attempts of the trial said counts, too.
      this.#bytes += statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    } catch {
      return undefined;
    }
    this.#stream = createWriteStream(file, { flags: 'a' });
    this.#stream.on('error', () => undefined);
    return this.#stream;
  }
}
