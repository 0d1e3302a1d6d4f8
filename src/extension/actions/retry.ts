/** Runs a trial again with other values: they are edited in one line, and the trial waits for its turn. */
import { window } from 'vscode';
import { jsonEqual } from '../../core/json.js';
import type { Params } from '../../core/space/parameter.js';
import { printAssignments, readAssignments } from '../../core/study/assignments.js';
import type { Trial } from '../../core/study/trial.js';
import type { OwnCli } from '../own-cli.js';
import type { Studies } from '../studies.js';
import type { StudyEntry } from '../study-entry.js';
import type { RunActions } from './run.js';

export class RetryActions {
  constructor(
    private readonly studies: Studies,
    private readonly cli: OwnCli,
    private readonly run: RunActions,
  ) {}

  async retry(entry: StudyEntry, trial: Trial): Promise<void> {
    const before = printAssignments(trial.params);
    const line = await window.showInputBox({
      title: `Try trial ${trial.number} again`,
      prompt:
        'Change what you like. What is left out comes from the trial, and what the trial had no use for from the file.',
      value: before,
      validateInput: (text) => {
        const read = readAssignments(text);
        return typeof read === 'string' ? read : undefined;
      },
    });
    const values = line === undefined ? undefined : readAssignments(line);
    if (values === undefined || typeof values === 'string') return;
    const words = changed(values, readAssignments(before) as Params);
    const args = [`--study=${entry.name}`, `--trial=${trial.number}`, '--json', '--', ...words];
    const result = await this.cli.run('enqueue', entry.configFile, ...args);
    await this.studies.load(entry.id);
    if (result.kind === 'refused') {
      void window.showErrorMessage(result.message);
      return;
    }
    const { trial: number, running } = JSON.parse(result.output) as { trial: number; running: boolean };
    if (running) {
      void window.showInformationMessage(`Trial ${number} of ${entry.name} runs next.`);
      return;
    }
    const message = `Trial ${number} of ${entry.name} waits until the study goes on.`;
    if ((await window.showInformationMessage(message, 'Resume')) === 'Resume')
      await this.run.start(entry.configFile, { study: entry.name });
  }
}

/** What a person has changed or added, as the command line takes it. What a trial had and no longer uses stays away. */
const changed = (values: Params, before: Params): readonly string[] =>
  Object.entries(values)
    .filter(([name, value]) => !jsonEqual(value, before[name]))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
