/**
 * Snapshots: what a journal says up to some byte, in a form that loads several times faster. Only ever a shortcut: one
 * that is old, damaged, of another version or of another journal is passed over, and may be deleted at any time. A
 * snapshot lies in the folder of the study's trials, so that it goes where the study goes.
 */
import { mkdir, open as openFile, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as zlib from 'node:zlib';
import { buf } from 'crc-32';
import { parseJson, printJson } from '../../core/study/journal/line.js';
import { type ReducerState, StudyReducer } from '../../core/study/journal/reduce.js';
import {
  numbersOf,
  packedSize,
  type ReportPool,
  rowOf,
  type StoredTrial,
  type TrialRow,
  trialOfRow,
} from '../../core/study/packed/stored-trial.js';
import { studyFiles } from '../../core/study/places.js';
import { writeWhole } from '../write-whole.js';
import type { Journal } from './journal.js';

/** Raised with every change of what a row holds. */
const VERSION = 1;
/** Trials in one piece of JSON: pieces keep the peak of memory low. */
const PIECE = 2000;
/** Bytes at either end of the part of the journal it stands for that must be as they were. */
const SAMPLE = 4096;
/** Journals shorter than this load at once. */
const WORTH_A_SNAPSHOT = 1 << 20;
/** A new snapshot when the journal has grown by so much, or by half where that is more. */
const GROWTH = 8 << 20;

interface Header {
  readonly version: number;
  /** How far it goes: bytes and lines of the journal. */
  readonly goodBytes: number;
  readonly lines: number;
  /** Of the first and last bytes of that part of the journal. */
  readonly sample: number;
  readonly state: ReducerState;
  readonly trials: number;
  /** Bytes of each piece, and how many numbers follow them all. */
  readonly pieces: readonly number[];
  readonly numbers: number;
  /** Of everything after the header. */
  readonly checksum: number;
}

/** Node has a fast one from 20.15 on; a named import of it would keep older ones from starting at all. */
const fastCrc32 = (zlib as { readonly crc32?: (bytes: Uint8Array) => number }).crc32;
const crc32 = (bytes: Uint8Array): number => (fastCrc32 ?? buf)(bytes) >>> 0;

/** The first line: a checksum of the header, a space, the header. */
const seal = (header: string): string => `${crc32(Buffer.from(header))} ${header}\n`;

/** The header of a first line. @throws Error when it is not what was written. */
function unseal(line: Buffer): Header {
  const space = line.indexOf(32);
  const header = line.subarray(space + 1);
  if (Number(line.toString('latin1', 0, space)) !== crc32(header)) throw new Error('The header is damaged.');
  return parseJson(header.toString('utf8')) as Header;
}

const snapshotFile = (journal: string): string => join(studyFiles(journal), 'snapshot');

export const dropSnapshot = (journal: string): Promise<void> => rm(snapshotFile(journal), { force: true });

/** A checksum of both ends of the journal's first bytes, or undefined where it is shorter. */
async function sampleOf(journal: string, bytes: number): Promise<number | undefined> {
  const handle = await openFile(journal, 'r');
  try {
    const length = Math.min(SAMPLE, bytes);
    const both = Buffer.alloc(2 * length);
    const first = await handle.read(both, 0, length, 0);
    const last = await handle.read(both, length, length, bytes - length);
    return first.bytesRead + last.bytesRead === both.length ? crc32(both) : undefined;
  } finally {
    await handle.close();
  }
}

/** Writes the snapshot of a journal whose first `goodBytes` bytes, on disk, are what the reducer has seen. */
export async function writeSnapshot(
  journal: string,
  reducer: StudyReducer,
  since: { readonly goodBytes: number; readonly lines: number },
): Promise<void> {
  // Everything of the reducer is taken before the first wait, since it goes on changing.
  const { state, stored } = reducer;
  const pieces: Buffer[] = [];
  const packed: Float64Array[] = [];
  let numbers = 0;
  for (let from = 0; from < stored.length; from += PIECE) {
    const trials = stored.slice(from, from + PIECE);
    pieces.push(Buffer.from(printJson(trials.map(rowOf))));
    for (const trial of trials) {
      if (!trial.packed) continue;
      const part = numbersOf(trial.packed);
      packed.push(part);
      numbers += part.length;
    }
  }
  const all = new Float64Array(numbers);
  let at = 0;
  for (const part of packed) {
    all.set(part, at);
    at += part.length;
  }
  const body = Buffer.concat([...pieces, Buffer.from(all.buffer)]);
  const frozen = printJson({ state, trials: stored.length });
  const sample = await sampleOf(journal, since.goodBytes);
  if (sample === undefined) return;
  const { goodBytes, lines } = since;
  const facts = {
    version: VERSION,
    goodBytes,
    lines,
    sample,
    pieces: pieces.map(({ length }) => length),
    numbers,
  };
  const header = seal(`${printJson({ ...facts, checksum: crc32(body) }).slice(0, -1)},${frozen.slice(1)}`);
  const file = snapshotFile(journal);
  await mkdir(dirname(file), { recursive: true });
  await writeWhole(file, [Buffer.from(header), body]);
}

/**
 * The snapshot of a journal and how far it goes, or undefined where there is none that can be used.
 * @param unlike whether the journal may look otherwise than it did: for a caller that compares the two itself
 */
export async function readSnapshot(
  journal: string,
  unlike = false,
): Promise<{ reducer: StudyReducer; since: { goodBytes: number; lines: number } } | undefined> {
  try {
    const { size } = await stat(journal);
    if (size < WORTH_A_SNAPSHOT) return undefined;
    const bytes = await readFile(snapshotFile(journal));
    const end = bytes.indexOf(10);
    const header = unseal(bytes.subarray(0, end));
    if (header.version !== VERSION || header.goodBytes > size) return undefined;
    const body = bytes.subarray(end + 1);
    if (crc32(body) !== header.checksum) return undefined;
    if (!unlike && (await sampleOf(journal, header.goodBytes)) !== header.sample) return undefined;
    const reducer = StudyReducer.restore(header.state, (pool) => trialsOf(header, body, pool));
    if (reducer.stored.length !== header.trials) return undefined;
    return { reducer, since: { goodBytes: header.goodBytes, lines: header.lines } };
  } catch {
    // Not there, or not what it says: the journal has it all.
    return undefined;
  }
}

function* trialsOf({ pieces, numbers }: Header, body: Buffer, pool: ReportPool): Generator<StoredTrial> {
  const all = new Float64Array(numbers);
  Buffer.from(all.buffer).set(body.subarray(body.length - all.byteLength));
  let number = 0;
  let at = 0;
  let from = 0;
  for (const length of pieces) {
    const rows = parseJson(body.toString('utf8', from, from + length)) as readonly TrialRow[];
    from += length;
    for (const row of rows) {
      const count = packedSize(row);
      yield trialOfRow(number++, row, all, at, pool);
      at += count;
    }
  }
}

/** Keeps the snapshot of a running study young. */
export class SnapshotKeeper {
  readonly #journal: Journal;
  readonly #reducer: StudyReducer;
  #last = 0;
  #writing: Promise<void> | undefined;

  constructor(journal: Journal, reducer: StudyReducer) {
    this.#journal = journal;
    this.#reducer = reducer;
  }

  /** Writes one if it is time. Only while the journal is idle do the reducer and the disk say the same. */
  look(): void {
    const { size, idle } = this.#journal;
    if (!idle || this.#writing || size < this.#last + Math.max(GROWTH, this.#last / 2)) return;
    this.#write();
  }

  /** The last one; the journal must be closed. */
  async close(): Promise<void> {
    await this.#writing;
    if (this.#journal.idle && this.#journal.size >= WORTH_A_SNAPSHOT) this.#write();
    await this.#writing;
  }

  #write(): void {
    const goodBytes = this.#journal.size;
    this.#last = goodBytes;
    const lines = this.#reducer.study.seq;
    // A study does without: a disk too full for a snapshot has other worries.
    this.#writing = writeSnapshot(this.#journal.file, this.#reducer, { goodBytes, lines })
      .catch(() => undefined)
      .then(() => {
        this.#writing = undefined;
      });
  }
}
