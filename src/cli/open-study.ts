/** Finds the study a command speaks of, or says what is wrong in words for the one who typed it. */
import { resolve } from 'node:path';
import { type ForeignStudy, viewForeign } from '../core/exchange/foreign-study.js';
import { bestTrial } from '../core/study/best.js';
import type { StudyReducer } from '../core/study/journal/reduce.js';
import type { Study, Trial } from '../core/study/trial.js';
import { isForeignFile, openForeign } from '../engine/exchange/open-foreign.js';
import { JournalError } from '../engine/journal/journal.js';
import { isAtWork } from '../engine/journal/lock.js';
import { latestStudy, loadStudy, type StoredStudy, studyNames } from '../engine/studies/study-store.js';
import { ExitCode } from './output.js';

/** Ends the program with a message and an exit code. */
export class UsageError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = ExitCode.usage) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** One of the studies of a foreign file: the one named, or the only one. */
export function chooseForeign(
  file: string,
  studies: readonly ForeignStudy[] | string,
  name: string | undefined,
): ForeignStudy {
  if (typeof studies === 'string') throw new UsageError(studies);
  const names = studies.map((study) => study.name).join(', ');
  const [only, ...others] = studies;
  if (name === undefined && only && others.length === 0) return only;
  if (name === undefined)
    throw new UsageError(`${file} holds several studies: ${names}. Say which with --study.`);
  const found = studies.find((study) => study.name === name);
  if (!found) throw new UsageError(`There is no study "${name}" in ${file}; there are ${names}.`);
  return found;
}

/** A study to look at, of a config or of a file that another program wrote. */
export async function viewStudy(file: string, name: string | undefined): Promise<StudyReducer> {
  if (isForeignFile(file)) return viewForeign(chooseForeign(file, await openForeign(resolve(file)), name));
  return (await openStudy(file, name)).reducer;
}

/** @throws UsageError when there is no such study, or its journal is damaged. */
export async function openStudy(config: string, name: string | undefined): Promise<StoredStudy> {
  const configFile = resolve(config);
  const names = await studyNames(configFile);
  if (names.length === 0) {
    throw new UsageError(
      `There is no study of ${config} yet. Start one: sweetspot run ${config}`,
      ExitCode.failed,
    );
  }
  if (name !== undefined && !names.includes(name)) {
    throw new UsageError(`There is no study "${name}" of ${config}; there are ${names.join(', ')}.`);
  }
  try {
    const stored = name === undefined ? await latestStudy(configFile) : await loadStudy(configFile, name);
    if (stored) return stored;
    throw new UsageError(
      `All studies of ${config} are archived: ${names.join(', ')}. Name one with --study, or start a new one: sweetspot run ${config}`,
      ExitCode.failed,
    );
  } catch (error) {
    if (error instanceof JournalError) throw new UsageError(error.message, ExitCode.failed);
    throw error;
  }
}

/** How a study is called, and a trial of it, that was cut off: its journal says that it runs. */
export const INTERRUPTED = 'interrupted';

export const isInterrupted = async (study: Study, journal: string): Promise<boolean> =>
  study.status.kind === 'running' && !(await isAtWork(journal));

/** @throws UsageError when the study has no such trial. */
export function trialOf(study: Study, number: number): Trial {
  const trial = study.trials[number];
  if (trial) return trial;
  throw new UsageError(
    `The study "${study.name}" has no trial ${number}; it has ${study.trials.length} trials.`,
  );
}

/** The trial named, else the best. @throws UsageError when there is none. */
export function trialOrBest(study: Study, number: number | undefined): Trial {
  if (number !== undefined) return trialOf(study, number);
  const best = bestTrial(study);
  if (best) return best;
  throw new UsageError(`No trial of the study "${study.name}" has completed yet.`, ExitCode.failed);
}
