/** Finds the study a command speaks of, or says what is wrong in words for the one who typed it. */
import { resolve } from 'node:path';
import { JournalError } from '../engine/journal.js';
import { loadStudy, type StoredStudy, studyNames } from '../engine/study-store.js';
import { ExitCode } from './output.js';

/** Ends the program with a message and an exit code. */
export class UsageError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = ExitCode.usage) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** @throws UsageError when there is no such study, or its journal is damaged. */
export async function openStudy(config: string, name: string | undefined): Promise<StoredStudy> {
  const configFile = resolve(config);
  const names = await studyNames(configFile);
  const latest = names.at(-1);
  if (latest === undefined) {
    throw new UsageError(
      `There is no study of ${config} yet. Start one: sweetspot run ${config}`,
      ExitCode.failed,
    );
  }
  if (name !== undefined && !names.includes(name)) {
    throw new UsageError(`There is no study "${name}" of ${config}; there are ${names.join(', ')}.`);
  }
  try {
    return await loadStudy(configFile, name ?? latest);
  } catch (error) {
    if (error instanceof JournalError) throw new UsageError(error.message, ExitCode.failed);
    throw error;
  }
}
