/**
 * Whether a result stands: a trial run again here, a study derived again from its journal, and the file that holds the best
 * trial with its environment for a deployment. The command line does the work and finds the words.
 */
import { basename, dirname, join } from 'node:path';
import { ProgressLocation, Uri, window, workspace } from 'vscode';
import { studyStem } from '../../core/study/places.js';
import type { Trial } from '../../core/study/trial.js';
import type { ReportDocuments } from '../editor/report-documents.js';
import type { CliResult, OwnCli } from '../own-cli.js';
import { setting } from '../settings.js';
import type { StudyEntry } from '../study-entry.js';
import { offerFile } from './written-file.js';

export class ReproduceActions {
  constructor(
    private readonly cli: OwnCli,
    private readonly reports: ReportDocuments,
  ) {}

  /** Runs a trial again and says whether its result is the same, within noise, or has drifted. */
  async verify(entry: StudyEntry, trial: Trial): Promise<void> {
    if (!workspace.isTrusted) {
      void window.showWarningMessage(
        'Verifying runs a trial, which is code of the workspace, and this workspace is not trusted. Nothing was started.',
      );
      return;
    }
    const backend = setting('tensorflow.backend');
    const result = await this.#run(`Running trial ${trial.number} of ${entry.name} again`, entry, 'verify', [
      `--trial=${trial.number}`,
      // The trial's own backend unless the person wants one.
      ...(backend === 'auto' ? [] : [`--backend=${backend}`]),
    ]);
    if (result) await this.#tell(`Trial ${trial.number} of ${entry.name}`, result);
  }

  /** Derives every suggestion and pruning again. */
  async replay(entry: StudyEntry): Promise<void> {
    const result = await this.#run(`Deriving ${entry.name} again from its journal`, entry, 'replay', []);
    if (result) await this.#tell(`Replay of ${entry.name}`, result);
  }

  /** Writes the lock file where the person says. */
  async lock(entry: StudyEntry, trial: Trial): Promise<void> {
    const folder = dirname(entry.configFile);
    const target = await window.showSaveDialog({
      title: `Lock trial ${trial.number} of ${entry.name}`,
      saveLabel: 'Write Lock File',
      defaultUri: Uri.file(join(folder, `${studyStem(entry.configFile)}.lock.json`)),
      filters: { 'Lock file': ['json'] },
    });
    if (!target) return;
    const args = [`--study=${entry.name}`, `--trial=${trial.number}`, `--output=${target.fsPath}`];
    const result = await this.cli.run('lock', entry.configFile, ...args);
    if (result.kind === 'refused') {
      void window.showErrorMessage(result.message);
      return;
    }
    const written = basename(target.fsPath);
    const different = result.output.includes('does not have these values yet');
    await offerFile(
      target,
      `${written} holds trial ${trial.number} of ${entry.name} with its environment. In CI, \`sweetspot verify ${written}\` fails when the result has drifted.${different ? ` ${basename(entry.configFile)} itself does not have these values yet: apply them.` : ''}`,
    );
  }

  async #run(
    title: string,
    entry: StudyEntry,
    command: string,
    args: readonly string[],
  ): Promise<CliResult | undefined> {
    const abort = new AbortController();
    const result = await window.withProgress(
      { location: ProgressLocation.Notification, title, cancellable: true },
      (_, token) => {
        token.onCancellationRequested(() => abort.abort());
        return this.cli.cancellable(
          abort.signal,
          command,
          entry.configFile,
          `--study=${entry.name}`,
          ...args,
        );
      },
    );
    return abort.signal.aborted ? undefined : result;
  }

  /** The first paragraph; the rest on request. A verdict against the result is a warning, no verdict an error. */
  async #tell(about: string, result: CliResult): Promise<void> {
    const text = result.output.trim();
    if (text === '') {
      if (result.kind === 'refused') void window.showErrorMessage(result.message);
      return;
    }
    const [first = '', ...more] = text.split(/\n\n/);
    const short = first.split('\n').slice(0, 2).join(' ');
    const show = result.kind === 'done' ? window.showInformationMessage : window.showWarningMessage;
    const isWhole = more.length === 0 && first.split('\n').length <= 2;
    const choice = await show(`${about}: ${short}`, ...(isWhole ? [] : ['Show Report']));
    if (choice === 'Show Report') await this.reports.show(about, `${text}\n`);
  }
}
