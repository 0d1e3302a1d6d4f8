/** What is done with a study as a whole besides running it: looking at a trial's log, deleting it. */
import { stat } from 'node:fs/promises';
import { FileSystemError, Uri, window, workspace } from 'vscode';
import { JOURNAL_SUFFIX, lockFile, trialLog } from '../../core/study/places.js';
import type { Trial } from '../../core/study/trial.js';
import { count } from '../format.js';
import { isRunning, type StudyEntry } from '../study-entry.js';

export async function showTrialLog(entry: StudyEntry, trial: Trial): Promise<void> {
  const file = trialLog(entry.id, trial.number);
  if (!(await exists(file))) {
    void window.showInformationMessage(`Trial ${trial.number} of ${entry.name} printed nothing.`);
    return;
  }
  await window.showTextDocument(Uri.file(file));
}

/** To the trash where there is one. Asks first. */
export async function deleteStudy(entry: StudyEntry): Promise<void> {
  if (isRunning(entry)) {
    void window.showInformationMessage(`${entry.name} is running. Stop it, then delete it.`);
    return;
  }
  const detail = `Its journal with ${count(entry.study.trials.length, 'trial')} and the files of the trials move to the trash. The config stays as it is.`;
  const choice = await window.showWarningMessage(
    `Delete the study ${entry.name}?`,
    { modal: true, detail },
    'Delete',
  );
  if (choice !== 'Delete') return;
  try {
    for (const path of [entry.id.slice(0, -JOURNAL_SUFFIX.length), lockFile(entry.id), entry.id]) {
      if (await exists(path)) await remove(Uri.file(path));
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    void window.showErrorMessage(`${entry.name} could not be deleted: ${message}`);
  }
}

async function remove(uri: Uri): Promise<void> {
  try {
    await workspace.fs.delete(uri, { recursive: true, useTrash: true });
  } catch (error) {
    if (error instanceof FileSystemError && error.code === 'FileNotFound') return;
    // Remote machines and containers have no trash.
    await workspace.fs.delete(uri, { recursive: true, useTrash: false });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
