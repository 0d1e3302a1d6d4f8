/** What a trial has left on the disk, for its page: its files with their sizes, and the end of what it printed. */
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { trialFolder, trialLog } from '../../core/study/places.js';
import {
  parseOutcome,
  VALIDATION_FILE,
  type ValidationOutcome,
} from '../../core/study/validation-outcome.js';
import type { TrialFiles } from '../../protocol/panel.js';

/** Files that are listed, and bytes of the log that are sent. */
const MOST_FILES = 200;
const MOST_LOG = 200_000;

/** Never rejects: what is not there is left out. */
export async function trialFiles(journal: string, trial: number): Promise<TrialFiles> {
  const folder = trialFolder(journal, trial);
  const log = trialLog(journal, trial);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = await Promise.all(
    paths
      .filter((path) => path !== log)
      .slice(0, MOST_FILES)
      .map(async (path) => ({
        name: relative(folder, path).split(sep).join('/'),
        bytes: (await stat(path).catch(() => undefined))?.size ?? 0,
      })),
  );
  files.sort((a, b) => a.name.localeCompare(b.name));
  return { files, left: Math.max(0, paths.length - 1 - MOST_FILES), log: await tail(log) };
}

/** What the trial's model made of the validation rows; null where there is no file that says so. */
export async function trialValidation(journal: string, trial: number): Promise<ValidationOutcome | null> {
  const text = await readFile(join(trialFolder(journal, trial), VALIDATION_FILE), 'utf8').catch(() => '');
  const outcome = parseOutcome(text);
  return outcome === undefined || outcome.kind === 'wrong' ? null : outcome;
}

/** The end of a file, from the beginning of a line; empty where there is none. */
async function tail(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return '';
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - MOST_LOG);
    const buffer = Buffer.alloc(size - from);
    await file.read(buffer, 0, buffer.length, from);
    const text = buffer.toString('utf8');
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await file.close();
  }
}
