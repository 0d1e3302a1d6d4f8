/**
 * Repairs a damaged journal: mends what its checksums allow, writes anew what a snapshot knows, leaves out the rest, and
 * keeps the file as it was beside it.
 */
import { constants, copyFile, readFile } from 'node:fs/promises';
import { printLine } from '../../core/study/journal/line.js';
import { mendLines, withStandIns } from '../../core/study/journal/mend.js';
import { Op } from '../../core/study/journal/records.js';
import { restoreLines } from '../../core/study/journal/restore.js';
import { writeWhole } from '../write-whole.js';
import { dropSnapshot, readSnapshot } from './snapshot.js';

export type Repair =
  | { readonly kind: 'sound' }
  /** Nothing was changed. */
  | { readonly kind: 'hopeless'; readonly message: string }
  | {
      readonly kind: 'repaired';
      /** Where the file lies as it was. */
      readonly copy: string;
      /** Lines that are again as they were written. */
      readonly mended: number;
      /** Lines written anew from what a snapshot knew of them. */
      readonly restored: number;
      /** Lines that are gone, as text. */
      readonly lost: readonly string[];
      /** Trials whose beginning is among them; they are failed trials now. */
      readonly trials: readonly number[];
    };

const text = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');

/** The caller holds the study's lock. */
export async function repairJournal(file: string): Promise<Repair> {
  const bytes = await readFile(file);
  const lines: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf(10, from);
    const to = newline < 0 ? bytes.length : newline;
    lines.push(new Uint8Array(bytes.buffer, bytes.byteOffset + from, to - from));
    from = to + 1;
  }
  const found = mendLines(lines, text);
  if (found.every(({ kind }) => kind === 'sound')) return { kind: 'sound' };
  const snapshot = found.some(({ kind }) => kind === 'lost') ? await readSnapshot(file, true) : undefined;
  const mended = snapshot ? restoreLines(found, snapshot.since.lines, snapshot.reducer.study, text) : found;
  const first = mended[0];
  if (first?.kind === 'lost' || (first && first.record.op_code !== Op.createStudy)) {
    return {
      kind: 'hopeless',
      message: `${file}:1: the line that begins the study is lost, and with it what the study is about. Restore the file from a copy.`,
    };
  }
  const { lines: kept, trials } = withStandIns(mended, text);
  const copy = `${file}.damaged-${Date.now()}`;
  await copyFile(file, copy, constants.COPYFILE_EXCL);
  const newline = Buffer.from('\n');
  const parts = kept.flatMap((line) =>
    'bytes' in line ? [line.bytes, newline] : [Buffer.from(printLine(line.record))],
  );
  await dropSnapshot(file);
  await writeWhole(file, Buffer.concat(parts), { flush: true });
  const lost = mended.flatMap((line) => (line.kind === 'lost' ? [text(line.bytes)] : []));
  return {
    kind: 'repaired',
    copy,
    mended: mended.filter(({ kind }) => kind === 'mended').length,
    restored: mended.filter(({ kind }) => kind === 'restored').length,
    lost,
    trials,
  };
}
