/** What a trial printed, in an editor. */
import { Uri, window } from 'vscode';
import { trialLog } from '../../core/study/places.js';
import type { Trial } from '../../core/study/trial.js';
import { isThere } from '../disk.js';
import type { StudyEntry } from '../study-entry.js';

export async function showTrialLog(entry: StudyEntry, trial: Trial): Promise<void> {
  const file = trialLog(entry.id, trial.number);
  if (await isThere(file)) await window.showTextDocument(Uri.file(file));
  else void window.showInformationMessage(`Trial ${trial.number} of ${entry.name} printed nothing.`);
}
