/** The studies of a config on disk: which there are, which one to continue, and how a new one is named. */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Json, jsonEqual } from '../core/json.js';
import type { Space } from '../core/space/parameter.js';
import { JOURNAL_SUFFIX, journalFile, storeFolder, studiesFolder, studyStem } from '../core/study/places.js';
import { StudyReducer } from '../core/study/reduce.js';
import type { Objective, Study } from '../core/study/trial.js';
import { type LoadedJournal, loadJournal } from './journal.js';
import { readSnapshot } from './snapshot.js';

/** A journal read from disk and what it says. */
export interface StoredStudy {
  readonly file: string;
  readonly loaded: LoadedJournal;
  readonly reducer: StudyReducer;
}

/** `iris`, `iris-2`, `iris-10`: by their number, not as text. */
const numberOf = (stem: string, name: string): number =>
  name === stem ? 1 : Number(/^-(\d+)$/.exec(name.slice(stem.length))?.[1] ?? 0);

/** Names of the studies of a config, oldest first. */
export async function studyNames(configFile: string): Promise<readonly string[]> {
  const files = await readdir(studiesFolder(configFile)).catch(() => []);
  const stem = studyStem(configFile);
  return files
    .filter((file) => file.endsWith(JOURNAL_SUFFIX))
    .map((file) => file.slice(0, -JOURNAL_SUFFIX.length))
    .sort((a, b) => numberOf(stem, a) - numberOf(stem, b) || a.localeCompare(b));
}

/** @throws JournalError when the journal is damaged. Rejects with ENOENT where there is none. */
export async function loadStudy(configFile: string, name: string): Promise<StoredStudy> {
  const file = journalFile(configFile, name);
  const snapshot = await readSnapshot(file);
  const reducer = snapshot?.reducer ?? new StudyReducer();
  const loaded = await loadJournal(file, (record) => reducer.apply(record), snapshot?.since);
  return { file, loaded, reducer };
}

/** The study as it is now, from as it was read before: only what came since is read. */
export async function updateStudy(
  configFile: string,
  name: string,
  stored: StoredStudy,
): Promise<StoredStudy> {
  const { file, loaded, reducer } = stored;
  const { size } = await stat(file);
  if (loaded.unended || loaded.torn.length > 0 || size < loaded.goodBytes) return loadStudy(configFile, name);
  return { file, reducer, loaded: await loadJournal(file, (record) => reducer.apply(record), loaded) };
}

/** The name that the next new study of a config gets. */
export async function newStudyName(configFile: string): Promise<string> {
  const stem = studyStem(configFile);
  const names = await studyNames(configFile);
  const last = Math.max(0, ...names.map((name) => numberOf(stem, name)));
  return last === 0 ? stem : `${stem}-${last + 1}`;
}

/** Makes `.sweetspot/`, which keeps itself out of git. */
export async function ensureStore(configFile: string): Promise<void> {
  await mkdir(studiesFolder(configFile), { recursive: true });
  const ignore = join(storeFolder(configFile), '.gitignore');
  await readFile(ignore).catch(() => writeFile(ignore, '*\n'));
}

export interface Wanted {
  readonly space: Space;
  readonly objectives: readonly Objective[];
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
  if (wanted.seed !== undefined && wanted.seed !== study.settings.seed) return 'its seed is another one';
  return undefined;
}
