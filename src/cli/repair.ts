/** `repair`: mends a study's damaged journal and says what could not be saved. */
import { resolve } from 'node:path';
import { journalFile } from '../core/study/places.js';
import { StudyLock } from '../engine/journal/lock.js';
import { repairJournal } from '../engine/journal/repair.js';
import { damageOf, studyNames } from '../engine/studies/study-store.js';
import { UsageError } from './open-study.js';
import { ExitCode } from './output.js';

/** Characters of a lost line that are shown. */
const SHOWN = 200;

export interface RepairOptions {
  readonly study?: string;
  /** Only tell. */
  readonly check?: boolean;
}

export async function repair(config: string, { study, check = false }: RepairOptions): Promise<void> {
  const configFile = resolve(config);
  const names = await studyNames(configFile);
  const name = study ?? names.at(-1);
  if (name === undefined || !names.includes(name)) {
    const known = names.length > 0 ? `there are ${names.join(', ')}` : 'there is none yet';
    throw new UsageError(`There is no study ${name ?? ''} of ${config}; ${known}.`.replace('  ', ' '));
  }
  const file = journalFile(configFile, name);
  if (check) {
    const damage = await damageOf(file);
    if (damage !== undefined) throw new UsageError(damage, ExitCode.failed);
    console.log(`The journal of ${name} is not damaged.`);
    return;
  }
  const locked = await StudyLock.acquire(file);
  if (locked.kind === 'busy') throw new UsageError(locked.message, ExitCode.failed);
  try {
    const result = await repairJournal(file);
    switch (result.kind) {
      case 'sound':
        console.log(`The journal of ${name} is not damaged.`);
        return;
      case 'hopeless':
        throw new UsageError(result.message, ExitCode.failed);
      case 'repaired':
        console.log(`${file} is repaired; as it was, it lies at ${result.copy}.`);
        console.log(
          `Lines mended: ${result.mended}. Lines restored from a snapshot: ${result.restored}. Lines lost: ${result.lost.length}.`,
        );
        for (const line of result.lost) console.log(`  ${JSON.stringify(line.slice(0, SHOWN))}`);
        if (result.trials.length > 0)
          console.log(`Trials lost, which count as failed now: ${result.trials.join(', ')}.`);
    }
  } finally {
    await locked.lock.release();
  }
}
