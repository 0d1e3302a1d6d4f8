/** What a sweep would take, before it is started: one short trial in the background, then the question whether to start. */
import { basename } from 'node:path';
import { ProgressLocation, window, workspace } from 'vscode';
import type { OwnCli } from '../own-cli.js';
import { setting } from '../settings.js';
import type { RunActions } from './run.js';

export class ForecastActions {
  constructor(
    private readonly cli: OwnCli,
    private readonly run: RunActions,
  ) {}

  async forecast(configFile: string): Promise<void> {
    if (!workspace.isTrusted) {
      void window.showWarningMessage(
        'A forecast runs a trial, which is code of the workspace, and this workspace is not trusted. Nothing was started.',
      );
      return;
    }
    const document = workspace.textDocuments.find(({ uri }) => uri.fsPath === configFile);
    // The trial reads the file from the disk.
    if (document?.isDirty) await document.save();
    const workers = setting('workers');
    const args = [
      '--forecast',
      `--backend=${setting('tensorflow.backend')}`,
      ...(workers > 0 ? [`--workers=${workers}`] : []),
    ];
    const abort = new AbortController();
    const result = await window.withProgress(
      {
        location: ProgressLocation.Notification,
        title: `Trying one trial of ${basename(configFile)}`,
        cancellable: true,
      },
      (_, token) => {
        token.onCancellationRequested(() => abort.abort());
        return this.cli.cancellable(abort.signal, 'run', configFile, ...args);
      },
    );
    if (abort.signal.aborted) return;
    const name = basename(configFile);
    const text = (result.kind === 'done' ? result.output : result.message).trim().replaceAll('\n', ' ');
    const show = result.kind === 'done' ? window.showInformationMessage : window.showWarningMessage;
    if ((await show(`${name}: ${text}`, 'Start Sweep')) === 'Start Sweep') await this.run.start(configFile);
  }
}
