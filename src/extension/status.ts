/** One item in the status bar while sweeps run: progress and best value; click opens the results. */
import { basename } from 'node:path';
import { MarkdownString, StatusBarAlignment, window } from 'vscode';
import { isFinished } from '../core/study/reduce.js';
import { Command } from './contributions.js';
import { Disposables } from './disposables.js';
import type { Studies } from './studies.js';
import { bestText, isRunning, phaseText, progressText, type StudyEntry } from './study-entry.js';
import { Throttle } from './throttle.js';

/** At most so often, in milliseconds. */
const DRAW_EVERY = 250;

export function registerStatus(studies: Studies): Disposables {
  const own = new Disposables();
  const item = own.add(window.createStatusBarItem('sweetspot.progress', StatusBarAlignment.Left, 10));
  item.name = 'Sweetspot';
  const draw = own.add(
    new Throttle(DRAW_EVERY, () => {
      const running = studies.all.filter(isRunning);
      const [only] = running;
      if (!only) {
        item.hide();
        return;
      }
      item.text = running.length === 1 ? `$(sync~spin) ${summary(only)}` : `$(sync~spin) ${sum(running)}`;
      item.tooltip = tooltip(running);
      item.command = {
        command: Command.openResults,
        title: 'Open Results',
        arguments: [{ journal: only.id }],
      };
      item.accessibilityInformation = { label: `Sweetspot: ${running.map(summary).join('; ')}` };
      item.show();
    }),
  );
  own.add(studies.onDidChange(() => draw.request()));
  own.add(studies.onDidChangeList(() => draw.request()));
  return own;
}

function summary(entry: StudyEntry): string {
  const metric = entry.study.objectives[0]?.metric ?? '';
  const best = bestText(entry);
  return `${progressText(entry)}${best ? ` · ${metric} ${best}` : ''}`;
}

/** `31/80 · 2 sweeps`: trials done of trials asked for, over all that run. */
function sum(running: readonly StudyEntry[]): string {
  const done = running.reduce(
    (n, { study }) => n + study.trials.filter(({ state }) => isFinished(state)).length,
    0,
  );
  const asked = running.map(({ study }) => study.settings.stop.trials);
  const total = asked.every((trials) => trials !== undefined)
    ? asked.reduce((n, trials) => n + (trials ?? 0), 0)
    : undefined;
  return `${total === undefined ? done : `${done}/${total}`} · ${running.length} sweeps`;
}

function tooltip(running: readonly StudyEntry[]): MarkdownString {
  const text = new MarkdownString(undefined, true);
  // Links may call these commands and no others.
  text.isTrusted = { enabledCommands: [Command.openResults, Command.stopFinish, Command.stopNow] };
  for (const entry of running) {
    const link = (command: string) =>
      `command:${command}?${encodeURIComponent(JSON.stringify([{ journal: entry.id }]))}`;
    text
      .appendMarkdown('**')
      .appendText(`${basename(entry.configFile)} · ${entry.name}`)
      .appendMarkdown('**  \n');
    text.appendText(`${summary(entry)}. ${phaseText(entry)}.`).appendMarkdown('  \n');
    text.appendMarkdown(
      `[$(graph-line) Open Results](${link(Command.openResults)}) · [$(debug-stop) Stop After Running Trials](${link(Command.stopFinish)}) · [$(stop-circle) Stop Now](${link(Command.stopNow)})\n\n`,
    );
  }
  return text;
}
