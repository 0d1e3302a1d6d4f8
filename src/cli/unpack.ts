/** `unpack`: the studies of another program's file as journals of ours in a folder, for the editor to show. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { recordsOfForeign } from '../core/exchange/foreign-study.js';
import { printLine } from '../core/study/journal/line.js';
import { JOURNAL_SUFFIX } from '../core/study/places.js';
import { openForeign } from '../engine/exchange/open-foreign.js';
import { writeWhole } from '../engine/write-whole.js';
import { UsageError } from './open-study.js';

/** Prints a JSON list of `{name, journal}`. A journal that is there is replaced whole. */
export async function unpack(file: string, { into }: { readonly into: string }): Promise<void> {
  const studies = await openForeign(resolve(file));
  if (typeof studies === 'string') throw new UsageError(studies);
  await mkdir(into, { recursive: true });
  const unpacked: { name: string; journal: string }[] = [];
  for (const [index, study] of studies.entries()) {
    // Any text can be a name there.
    const safe = study.name.replace(/[^\p{L}\p{N}_-]+/gu, '_').slice(0, 40);
    const journal = join(resolve(into), `${index}-${safe}${JOURNAL_SUFFIX}`);
    await writeWhole(journal, recordsOfForeign(study).map(printLine).join(''));
    unpacked.push({ name: study.name, journal });
  }
  console.log(JSON.stringify(unpacked));
}
