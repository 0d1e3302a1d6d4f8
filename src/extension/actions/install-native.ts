/**
 * *Install Native TensorFlow*: runs `sweetspot install-native` into the extension's own storage, with its progress in a
 * notification that can cancel it. What it installs is found by every later sweep (see `nativeFolder`).
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type LogOutputChannel, ProgressLocation, window, workspace } from 'vscode';

/** Where it goes, below the extension's storage: one of the folders that sweeps look in. */
export const nativeFolder = (storage: string): string => join(storage, 'tfjs-node');

/** The lines of `install-native --json`. */
type Line =
  | { readonly event: 'progress'; readonly message: string }
  | { readonly event: 'end'; readonly kind: 'installed'; readonly versions: Readonly<Record<string, string>> }
  | {
      readonly event: 'end';
      readonly kind: 'failed';
      readonly reason: string;
      readonly remedies: readonly string[];
    }
  | { readonly event: 'end'; readonly kind: 'cancelled' };
type End = Extract<Line, { event: 'end' }>;

/** @param cli absolute path of dist/cli.js */
export async function installNative(cli: string, storage: string, log: LogOutputChannel): Promise<void> {
  if (!workspace.isTrusted) {
    void window.showWarningMessage('Installing runs npm, which an untrusted workspace does not allow.');
    return;
  }
  const end = await window.withProgress(
    {
      location: ProgressLocation.Notification,
      title: 'Installing TensorFlow for Node.js',
      cancellable: true,
    },
    (progress, token) =>
      new Promise<End>((resolve) => {
        const child = spawn(
          process.execPath,
          [cli, 'install-native', '--into', nativeFolder(storage), '--json'],
          {
            env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
            stdio: ['ignore', 'pipe', 'pipe'],
            windowsHide: true,
          },
        );
        token.onCancellationRequested(() => child.kill('SIGTERM'));
        let complaint = '';
        let last: End | undefined;
        createInterface({ input: child.stdout }).on('line', (text) => {
          const line = JSON.parse(text) as Line;
          if (line.event === 'end') {
            last = line;
            return;
          }
          log.info(`npm: ${line.message}`);
          progress.report({ message: line.message.slice(0, 80) });
        });
        child.stderr.on('data', (chunk: Buffer) => {
          complaint += chunk.toString();
        });
        const failed = (reason: string): End => ({ event: 'end', kind: 'failed', reason, remedies: [] });
        child.once('error', (error) => resolve(failed(error.message)));
        child.once('close', (code) =>
          resolve(last ?? failed(`it ended with code ${code}. ${complaint.trim()}`)),
        );
      }),
  );
  await tell(end, log);
}

/** Without its full stop; the log has all of it. */
const firstLine = (reason: string): string =>
  (reason.trim().split('\n')[0] ?? '').replace(/\.$/, '').slice(0, 300);

async function tell(end: End, log: LogOutputChannel): Promise<void> {
  switch (end.kind) {
    case 'installed': {
      const versions = Object.entries(end.versions).map(([name, version]) => `${name} ${version}`);
      void window.showInformationMessage(
        `TensorFlow for Node.js is installed and passed a training step (${versions.join(', ')}). The next sweep uses it.`,
      );
      return;
    }
    case 'cancelled':
      void window.showInformationMessage('The installation was cancelled; nothing was changed.');
      return;
    case 'failed': {
      log.error(`TensorFlow for Node.js could not be installed. ${end.reason}`);
      for (const remedy of end.remedies) log.error(remedy);
      const title = 'Show What Can Be Done';
      const chosen = await window.showErrorMessage(
        `TensorFlow for Node.js could not be installed: ${firstLine(end.reason)}. Sweeps go on with the embedded backend.`,
        title,
      );
      if (chosen === title) log.show();
      return;
    }
    default:
      end satisfies never;
  }
}
