/** Compare and Apply: a trial's values beside the file, and into it as one undoable edit. */
import { basename } from 'node:path';
import { commands, Range, WorkspaceEdit, window, workspace } from 'vscode';
import type { Trial } from '../../core/study/trial.js';
import type { Configs } from '../configs.js';
import { toRange } from '../editor/ranges.js';
import { trialUri } from '../editor/trial-documents.js';
import { withTrialValues } from '../editor/trial-values.js';
import type { StudyEntry } from '../study-entry.js';

export class ValueActions {
  constructor(private readonly configs: Configs) {}

  /** Opens the diff of the file against itself with the trial's values. */
  async compare(entry: StudyEntry, trial: Trial): Promise<void> {
    const found = await this.#values(entry, trial);
    if (!found) return;
    if (found.edits.length === 0) {
      this.#nothingToDo(entry, trial);
      return;
    }
    const { uri } = found.config;
    const right = trialUri(uri.fsPath, { journal: entry.id, trial: trial.number });
    const what = this.#isBest(entry, trial) ? `best (trial ${trial.number})` : `trial ${trial.number}`;
    await commands.executeCommand('vscode.diff', uri, right, `${basename(entry.configFile)} ↔ ${what}`, {
      preview: true,
    });
  }

  /** Edits the open document and leaves it unsaved: one undo takes it back. */
  async apply(entry: StudyEntry, trial: Trial): Promise<void> {
    const found = await this.#values(entry, trial);
    if (!found) return;
    if (found.edits.length === 0) {
      this.#nothingToDo(entry, trial);
      return;
    }
    const { uri } = found.config;
    const document = await workspace.openTextDocument(uri);
    const edit = new WorkspaceEdit();
    for (const { range, newText } of found.edits) edit.replace(uri, toRange(range), newText);
    if (!(await workspace.applyEdit(edit))) {
      void window.showErrorMessage(`${basename(entry.configFile)} could not be edited. Is it read-only?`);
      return;
    }
    const first = found.edits[0]?.range;
    await window.showTextDocument(document, {
      preview: false,
      ...(first && { selection: new Range(toRange(first).start, toRange(first).start) }),
    });
  }

  async #values(entry: StudyEntry, trial: Trial) {
    const { configFile } = entry;
    const name = basename(configFile);
    // Reads an unsaved document as it stands, also one that was never looked at.
    await workspace.openTextDocument(configFile).then(undefined, () => undefined);
    const config = this.configs.now(configFile);
    if (!config) {
      void window.showErrorMessage(
        `${name} is gone or no longer holds a @sweep comment: there is nothing to compare with.`,
      );
      return undefined;
    }
    const values = withTrialValues(name, config.text, config.parsed, trial.params);
    if (values.kind === 'error') {
      void window.showErrorMessage(values.message);
      return undefined;
    }
    return { config, edits: values.edits };
  }

  #isBest(entry: StudyEntry, trial: Trial): boolean {
    return entry.best?.number === trial.number;
  }

  #nothingToDo(entry: StudyEntry, trial: Trial): void {
    const what = this.#isBest(entry, trial) ? 'the best values' : `the values of trial ${trial.number}`;
    void window.showInformationMessage(`The file already has ${what}.`);
  }
}
