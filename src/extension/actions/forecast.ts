/**
 * What a sweep would take, before it is started: one short trial in the background, then a picker that says so and starts
 * the sweep, as the file has it or with another number of trials.
 */
import { basename } from 'node:path';
import { ProgressLocation, type QuickPickItem, QuickPickItemKind, window, workspace } from 'vscode';
import type { Configs } from '../configs.js';
import type { CliResult, OwnCli } from '../own-cli.js';
import { setting } from '../settings.js';
import type { RunActions } from './run.js';

interface Choice extends QuickPickItem {
  readonly start?: 'as-it-is' | 'other-trials';
}

export class ForecastActions {
  constructor(
    private readonly configs: Configs,
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
    // The trial reads the file from the disk.
    if (!(await this.run.isReady(configFile))) return;
    const result = await this.#try(configFile);
    if (!result) return;
    const lines = result.output.trim().split('\n').filter(Boolean);
    if (lines.length === 0) {
      void window.showWarningMessage(
        `${basename(configFile)}: ${result.kind === 'refused' ? result.message : 'The forecast said nothing.'}`,
      );
      return;
    }
    if (result.kind === 'done') await this.#offer(configFile, lines);
    else await this.#warn(configFile, lines);
  }

  async #try(configFile: string): Promise<CliResult | undefined> {
    const workers = setting('workers');
    const abort = new AbortController();
    const result = await window.withProgress(
      {
        location: ProgressLocation.Notification,
        title: `Trying one trial of ${basename(configFile)}`,
        cancellable: true,
      },
      (_, token) => {
        token.onCancellationRequested(() => abort.abort());
        return this.cli.cancellable(
          abort.signal,
          'run',
          configFile,
          '--forecast',
          `--backend=${setting('tensorflow.backend')}`,
          ...(workers > 0 ? [`--workers=${workers}`] : []),
        );
      },
    );
    return abort.signal.aborted ? undefined : result;
  }

  async #offer(configFile: string, lines: readonly string[]): Promise<void> {
    const trials = this.configs.get(configFile)?.parsed.config?.sweep.stop.trials;
    const choices: readonly Choice[] = [
      {
        label: '$(play) Start Sweep',
        ...(trials === undefined ? {} : { description: `${trials} trials` }),
        start: 'as-it-is',
      },
      { label: '$(edit) Start with Another Number of Trials…', start: 'other-trials' },
      { label: '', kind: QuickPickItemKind.Separator },
      ...lines.flatMap((line) => wrapped(line).map((label) => ({ label, alwaysShow: true }))),
    ];
    for (;;) {
      const picked = await window.showQuickPick(choices, {
        title: `Forecast for ${basename(configFile)}`,
        placeHolder: 'Start it?',
        ignoreFocusOut: true,
      });
      if (!picked) return;
      // A line of the forecast is there to be read.
      if (picked.start === undefined) continue;
      const request = picked.start === 'as-it-is' ? {} : await askTrials(trials);
      if (!request) continue;
      await this.run.start(configFile, request);
      return;
    }
  }

  /** The trial that was tried has failed: that is what matters. */
  async #warn(configFile: string, lines: readonly string[]): Promise<void> {
    const start = 'Start Sweep All the Same';
    const text = `${basename(configFile)}: ${lines.slice().reverse().join(' ')}`;
    if ((await window.showWarningMessage(text, start)) === start) await this.run.start(configFile);
  }
}

/** Characters that a picker shows on a line. */
const LINE = 84;

/** A picker cuts off what is long. */
const wrapped = (text: string): readonly string[] =>
  text.match(new RegExp(`.{1,${LINE}}(?:\\s|$)|\\S+`, 'g'))?.map((line) => line.trim()) ?? [text];

async function askTrials(trials: number | undefined): Promise<{ readonly trials: number } | undefined> {
  const text = await window.showInputBox({
    title: 'How many trials?',
    value: trials === undefined ? '' : String(trials),
    prompt: 'For this run; the file keeps its number.',
    validateInput: (typed) => (/^[1-9]\d*$/.test(typed.trim()) ? undefined : 'A whole number from 1 on.'),
  });
  return text === undefined ? undefined : { trials: Number(text) };
}
