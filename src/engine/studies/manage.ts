/**
 * A study as a thing: renamed, duplicated, thrown away and taken back. All of it is done under the study's lock, so never
 * while an engine is at work on it. What stays with its trials (logs, checkpoints, snapshot) moves along.
 */
import { constants, cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseLine, printLine } from '../../core/study/journal/line.js';
import { Op } from '../../core/study/journal/records.js';
import {
  JOURNAL_SUFFIX,
  journalFile,
  studyFiles,
  studyStem,
  trashed,
  trashFolder,
} from '../../core/study/places.js';
import { loadJournal } from '../journal/journal.js';
import { StudyLock } from '../journal/lock.js';
import { dropSnapshot } from '../journal/snapshot.js';
import { writeWhole } from '../write-whole.js';
import { ensureStore, newStudyName, studyNames } from './study-store.js';

/** What is wrong, in words for the one who asked; nothing was changed. */
export interface Refused {
  readonly kind: 'refused';
  readonly message: string;
}

export const refused = (message: string): Refused => ({ kind: 'refused', message });

const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;
const LONGEST_NAME = 80;

/** Names are file names on every system. */
function nameProblem(name: string): string | undefined {
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}_ .+@-]*$/u.test(name) || /[ .]$/.test(name) || RESERVED.test(name)) {
    return `"${name}" cannot be the name of a study: use letters, digits, "_", "-", "." and spaces, and begin with a letter or digit.`;
  }
  return name.length > LONGEST_NAME ? `A name has at most ${LONGEST_NAME} characters.` : undefined;
}

/** Why a new study cannot have this name; undefined where it can. */
export async function newNameProblem(configFile: string, name: string): Promise<string | undefined> {
  const wrong = nameProblem(name);
  if (wrong !== undefined) return wrong;
  // Some file systems do not tell upper from lower case.
  const taken = (await studyNames(configFile)).find((one) => one.toLowerCase() === name.toLowerCase());
  return taken === undefined ? undefined : `There is a study "${taken}" already. Choose another name.`;
}

/** Does the work while no engine can be at the study. */
export async function whileAtRest<T>(
  configFile: string,
  name: string,
  work: (journal: string) => Promise<T>,
): Promise<T | Refused> {
  const journal = journalFile(configFile, name);
  const locked = await StudyLock.acquire(journal);
  if (locked.kind === 'busy') return refused(`"${name}" is running. ${locked.message}`);
  try {
    return await work(journal);
  } finally {
    await locked.lock.release();
  }
}

const missing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/**
 * Optuna goes by the name in a journal's first line and has no word for another one, so that line is written anew; the
 * name with which the study was made, its place in the row of the config's studies, stays in it.
 */
async function nameInside(journal: string, name: string): Promise<void> {
  const bytes = await readFile(journal);
  const end = bytes.indexOf(10) + 1;
  const first = parseLine(bytes.toString('utf8', 0, end - 1));
  // A damaged line is for the repair to see; the file's name counts for us.
  if (end === 0 || first.kind === 'damaged' || first.record.op_code !== Op.createStudy) return;
  const { study_name, made_as = study_name, ...record } = first.record;
  const line = Buffer.from(printLine({ ...record, study_name: name, made_as }));
  await dropSnapshot(journal);
  await writeWhole(journal, [line, bytes.subarray(end)], { flush: true });
}

/** What trials left; where there is nothing, nothing is copied. */
export async function copyFiles(from: string, to: string): Promise<void> {
  await cp(from, to, {
    recursive: true,
    errorOnExist: true,
    force: false,
    mode: constants.COPYFILE_FICLONE,
  }).catch((error: unknown) => {
    if (!missing(error)) throw error;
  });
}

/** What was copied before something went wrong; not what was in its way. */
export async function removeCopies(folder: string, error: unknown): Promise<void> {
  if ((error as NodeJS.ErrnoException).code === 'ERR_FS_CP_EEXIST') return;
  await rm(folder, { recursive: true, force: true });
}

/** The folder first: with its journal gone a study is gone, with its folder gone it has lost no result. */
async function moveStudy(from: string, to: string): Promise<void> {
  let moved = true;
  await rename(studyFiles(from), studyFiles(to)).catch((error: unknown) => {
    if (!missing(error)) throw error;
    moved = false;
  });
  try {
    await rename(from, to);
  } catch (error) {
    if (moved) await rename(studyFiles(to), studyFiles(from));
    throw error;
  }
}

export async function renameStudy(
  configFile: string,
  from: string,
  to: string,
): Promise<{ readonly kind: 'renamed'; readonly journal: string } | Refused> {
  const problem = await newNameProblem(configFile, to);
  // The same letters in another case are its own name.
  if (problem !== undefined && (from === to || from.toLowerCase() !== to.toLowerCase()))
    return refused(problem);
  return whileAtRest(configFile, from, async (journal) => {
    const target = journalFile(configFile, to);
    await nameInside(journal, to);
    await moveStudy(journal, target);
    return { kind: 'renamed', journal: target };
  });
}

/**
 * A copy of the study as it is, with everything its trials left, under a new name.
 * @throws JournalError when the journal is damaged.
 */
export async function duplicateStudy(
  configFile: string,
  from: string,
  to: string | undefined,
): Promise<{ readonly kind: 'duplicated'; readonly name: string; readonly journal: string } | Refused> {
  const problem = to === undefined ? undefined : await newNameProblem(configFile, to);
  if (problem !== undefined) return refused(problem);
  return whileAtRest(configFile, from, async (journal) => {
    const { goodBytes, unended } = await loadJournal(journal, () => undefined);
    const own = await newStudyName(configFile);
    const name = to ?? own;
    const target = journalFile(configFile, name);
    const bytes = (await readFile(journal)).subarray(0, goodBytes);
    const end = bytes.indexOf(10) + 1;
    const first = parseLine(bytes.toString('utf8', 0, end - 1));
    // The first line says which in the row of the config's studies it is: that the copy comes last.
    const renamed =
      first.kind === 'record' && first.record.op_code === Op.createStudy
        ? Buffer.concat([
            Buffer.from(printLine({ ...first.record, study_name: name, made_as: own })),
            bytes.subarray(end),
          ])
        : bytes;
    try {
      await copyFiles(studyFiles(journal), studyFiles(target));
      await dropSnapshot(target);
      const content = unended ? Buffer.concat([renamed, Buffer.from('\n')]) : renamed;
      await writeWhole(target, content, { flush: true });
    } catch (error) {
      await removeCopies(studyFiles(target), error);
      throw error;
    }
    return { kind: 'duplicated', name, journal: target };
  });
}

/** Moves a study out of the way; `restoreStudy` brings it back. `forever`: there is no way back. */
export async function deleteStudy(
  configFile: string,
  name: string,
  forever: boolean,
): Promise<{ readonly kind: 'deleted'; readonly trash?: string } | Refused> {
  return whileAtRest(configFile, name, async (journal) => {
    if (forever) {
      await rm(journal);
      await rm(studyFiles(journal), { recursive: true, force: true });
      return { kind: 'deleted' };
    }
    const trash = join(trashFolder(configFile), `${name}.${Date.now()}`);
    await mkdir(trash, { recursive: true });
    await moveStudy(journal, join(trash, `${name}${JOURNAL_SUFFIX}`));
    return { kind: 'deleted', trash };
  });
}

/** Names of what lies in the trash, the latest last; a name may be there more than once. */
export async function trashedStudies(
  configFile: string,
): Promise<readonly { readonly name: string; readonly folder: string }[]> {
  const folders = await readdir(trashFolder(configFile)).catch(() => []);
  return folders
    .flatMap((folder) => {
      const found = trashed(folder);
      return found ? [{ ...found, folder: join(trashFolder(configFile), folder) }] : [];
    })
    .sort((a, b) => a.at - b.at)
    .map(({ name, folder }) => ({ name, folder }));
}

/** Brings back what was deleted last under this name. */
export async function restoreStudy(
  configFile: string,
  name: string,
): Promise<{ readonly kind: 'restored'; readonly journal: string } | Refused> {
  const there = await trashedStudies(configFile);
  const found = there.findLast((one) => one.name === name);
  if (!found) {
    const names =
      there.length > 0 ? `there are ${[...new Set(there.map((one) => one.name))].join(', ')}` : 'it is empty';
    return refused(`There is no study "${name}" of ${studyStem(configFile)} in the trash; ${names}.`);
  }
  const problem = await newNameProblem(configFile, name);
  if (problem !== undefined) return refused(`${problem} Rename that one first.`);
  await ensureStore(configFile);
  const journal = journalFile(configFile, name);
  await moveStudy(join(found.folder, `${name}${JOURNAL_SUFFIX}`), journal);
  await rm(found.folder, { recursive: true, force: true });
  return { kind: 'restored', journal };
}
