/** The studies of a config on disk: which there are, which one to continue, and how a new one is named. */
import { mkdir, open as openFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Json, jsonEqual } from '../../core/json.js';
import type { Constraint } from '../../core/space/constraint.js';
import type { Space } from '../../core/space/parameter.js';
import { StudyReducer } from '../../core/study/journal/reduce.js';
import {
  JOURNAL_SUFFIX,
  journalFile,
  storeFolder,
  studiesFolder,
  studyNumber,
  studyStem,
} from '../../core/study/places.js';
import type { Objective, Study } from '../../core/study/trial.js';
import { JournalError, type LoadedJournal, loadJournal } from '../journal/journal.js';
import { readSnapshot } from '../journal/snapshot.js';

/** A journal read from disk and what it says. */
export interface StoredStudy {
  readonly file: string;
  readonly loaded: LoadedJournal;
  readonly reducer: StudyReducer;
  /** A snapshot stood in for lines that were not looked at. */
  readonly fromSnapshot: boolean;
}

/** Enough of a journal to hold the names in its first line. */
const HEAD = 1024;

/** The number of a study that was given a name: of the one it was made with, which its first line keeps. Lines of old say it as the name. */
async function numberOfRenamed(configFile: string, journal: string): Promise<number> {
  const handle = await openFile(journal, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    const head = buffer.toString('utf8', 0, bytesRead);
    const line = head.slice(0, head.indexOf('\n'));
    const name = (/"made_as":("(?:[^"\\]|\\.)*")/.exec(line) ??
      /"study_name":("(?:[^"\\]|\\.)*")/.exec(line))?.[1];
    return name === undefined ? 0 : studyNumber(configFile, JSON.parse(name) as string);
  } catch {
    return 0;
  } finally {
    await handle.close();
  }
}

interface NumberedStudy {
  readonly name: string;
  readonly number: number;
}

async function numberedStudies(configFile: string): Promise<readonly NumberedStudy[]> {
  const files = await readdir(studiesFolder(configFile)).catch(() => []);
  const names = files
    .filter((file) => file.endsWith(JOURNAL_SUFFIX))
    .map((file) => file.slice(0, -JOURNAL_SUFFIX.length));
  const numbered = names.map(async (name) => ({
    name,
    number:
      studyNumber(configFile, name) || (await numberOfRenamed(configFile, journalFile(configFile, name))),
  }));
  return (await Promise.all(numbered)).sort((a, b) => a.number - b.number || a.name.localeCompare(b.name));
}

/** Names of the studies of a config, oldest first; archived ones are among them. */
export async function studyNames(configFile: string): Promise<readonly string[]> {
  return (await numberedStudies(configFile)).map(({ name }) => name);
}

/**
 * The latest study that is not archived; undefined where there is none.
 * @throws JournalError when its journal is damaged.
 */
export async function latestStudy(configFile: string): Promise<StoredStudy | undefined> {
  for (const name of (await studyNames(configFile)).toReversed()) {
    const stored = await loadStudy(configFile, name);
    if (!stored.reducer.study.marks?.archived) return stored;
  }
  return undefined;
}

/** @throws JournalError when the journal is damaged. Rejects with ENOENT where there is none. */
export async function loadStudy(configFile: string, name: string): Promise<StoredStudy> {
  const file = journalFile(configFile, name);
  const snapshot = await readSnapshot(file);
  const reducer = snapshot?.reducer ?? new StudyReducer();
  const loaded = await loadJournal(file, (record) => reducer.apply(record), snapshot?.since);
  reducer.rename(name);
  return { file, loaded, reducer, fromSnapshot: snapshot !== undefined };
}

/**
 * Looks at every line of a journal, also those that a snapshot stands for: what is wrong with the first that is damaged,
 * or undefined where all are sound.
 */
export async function damageOf(file: string): Promise<string | undefined> {
  try {
    await loadJournal(file, () => undefined);
    return undefined;
  } catch (error) {
    if (error instanceof JournalError) return error.message;
    throw error;
  }
}

/** The study as it is now, from as it was read before: only what came since is read. */
export async function updateStudy(
  configFile: string,
  name: string,
  stored: StoredStudy,
): Promise<StoredStudy> {
  const { file, loaded, reducer, fromSnapshot } = stored;
  const { size } = await stat(file);
  if (loaded.unended || loaded.torn.length > 0 || size < loaded.goodBytes) return loadStudy(configFile, name);
  const read = await loadJournal(file, (record) => reducer.apply(record), loaded);
  return { file, reducer, loaded: read, fromSnapshot };
}

/** The name that the next new study of a config gets. */
export async function newStudyName(configFile: string): Promise<string> {
  const stem = studyStem(configFile);
  const studies = await numberedStudies(configFile);
  const taken = new Set(studies.map(({ name }) => name));
  let number = 1 + Math.max(0, ...studies.map((study) => study.number));
  const named = (): string => (number === 1 ? stem : `${stem}-${number}`);
  while (taken.has(named())) number++;
  return named();
}

/** Makes `.sweetspot/`, which keeps itself out of git. Rejects, in a sentence, where it may not. */
export async function ensureStore(configFile: string): Promise<void> {
  await mkdir(studiesFolder(configFile), { recursive: true }).catch((error: Error) => {
    throw new Error(
      `${storeFolder(configFile)} cannot be made: ${error.message}. Studies are kept beside their config: make that folder writable, or copy the config to another.`,
      { cause: error },
    );
  });
  const ignore = join(storeFolder(configFile), '.gitignore');
  await readFile(ignore).catch(() => writeFile(ignore, '*\n'));
}

export const OTHER_SEED = 'its seed is another one';

export interface Wanted {
  readonly space: Space;
  readonly objectives: readonly Objective[];
  readonly constraints?: readonly Constraint[];
  /** Only when the caller insists on one. */
  readonly seed?: number;
}

/** Why the study cannot be continued with what is wanted now, or undefined where it can. */
export function continuationProblem(study: Study, wanted: Wanted): string | undefined {
  if (!jsonEqual(study.space as unknown as Json, wanted.space as unknown as Json)) {
    return 'the search space has changed';
  }
  if (!jsonEqual(study.objectives as unknown as Json, wanted.objectives as unknown as Json)) {
    return 'the metric has changed';
  }
  const constraints = (of: readonly Constraint[] | undefined): Json => (of ?? []).map(({ text }) => text);
  if (!jsonEqual(constraints(study.settings.constraints), constraints(wanted.constraints))) {
    return 'the constraints have changed';
  }
  if (wanted.seed !== undefined && wanted.seed !== study.settings.seed) return OTHER_SEED;
  return undefined;
}
