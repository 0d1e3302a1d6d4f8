/**
 * One item in the status bar: progress and best value while sweeps run, and the sweep that stopped last in this window
 * while it can be resumed. Click opens the results; the tooltip stops and resumes.
 */
import { basename } from 'node:path';
import { MarkdownString, StatusBarAlignment, window } from 'vscode';
import { isFinished } from '../core/study/journal/reduce.js';
import { hasSeveralObjectives } from '../core/study/objectives/front.js';
import { plannedTrials } from '../core/study/planned.js';
import { Command } from './contributions.js';
import { Disposables } from './disposables.js';
import type { Studies } from './studies.js';
import {
  bestText,
  isResumable,
  isRunning,
  phaseText,
  progressText,
  resultText,
  type StudyEntry,
} from './study-entry.js';
import { Throttle } from './throttle.js';

/** At most so often, in milliseconds. */
const DRAW_EVERY = 250;

export function registerStatus(studies: Studies): Disposables {
  const own = new Disposables();
  const item = own.add(window.createStatusBarItem('sweetspot.progress', StatusBarAlignment.Left, 10));
  item.name = 'Sweetspot';
  /** The journal of the sweep that ran last in this window. */
  let latest: string | undefined;
  /** The journal that a click opens. */
  let opens: string | undefined;
  const show = (icon: string, text: string, entries: readonly StudyEntry[], journal: string): void => {
    item.text = `$(${icon}) ${text}`;
    item.tooltip = tooltip(entries);
    // A command with arguments dies when another takes its place, and with it a click that is on its way: while a sweep
    // draws four times a second, one click in four was lost.
    if (journal !== opens) {
      item.command = { command: Command.openResults, title: 'Open Results', arguments: [{ journal }] };
      opens = journal;
    }
    item.accessibilityInformation = { label: `Sweetspot: ${entries.map(summary).join('; ')}` };
    item.show();
  };
  const draw = own.add(
    new Throttle(DRAW_EVERY, () => {
      const running = studies.all.filter(isRunning);
      const [only] = running;
      const stopped = latest === undefined ? undefined : studies.get(latest);
      if (only) {
        latest = only.id;
        show('sync~spin', running.length === 1 ? summary(only) : sum(running), running, only.id);
      } else if (stopped && isResumable(stopped)) {
        show('debug-pause', summary(stopped), [stopped], stopped.id);
      } else item.hide();
    }),
  );
  own.add(studies.onDidChange(() => draw.request()));
  own.add(studies.onDidChangeList(() => draw.request()));
  return own;
}

function summary(entry: StudyEntry): string {
  if (hasSeveralObjectives(entry.study)) {
    return [progressText(entry), resultText(entry)].filter(Boolean).join(' · ');
  }
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
  const asked = running.map(({ study }) => plannedTrials(study));
  const total = asked.every((trials) => trials !== undefined)
    ? asked.reduce((n, trials) => n + (trials ?? 0), 0)
    : undefined;
  return `${total === undefined ? done : `${done}/${total}`} · ${running.length} sweeps`;
}

function tooltip(entries: readonly StudyEntry[]): MarkdownString {
  const text = new MarkdownString(undefined, true);
  // Links may call these commands and no others.
  text.isTrusted = {
    enabledCommands: [Command.openResults, Command.stopFinish, Command.stopNow, Command.resume],
  };
  for (const entry of entries) {
    const link = (command: string) =>
      `command:${command}?${encodeURIComponent(JSON.stringify([{ journal: entry.id }]))}`;
    text
      .appendMarkdown('**')
      .appendText(`${basename(entry.configFile)} · ${entry.name}`)
      .appendMarkdown('**  \n');
    text.appendText(`${summary(entry)}. ${phaseText(entry)}.`).appendMarkdown('  \n');
    const actions = isRunning(entry)
      ? [
          `[$(debug-stop) Stop After Running Trials](${link(Command.stopFinish)})`,
          `[$(stop-circle) Stop Now](${link(Command.stopNow)})`,
        ]
      : [`[$(debug-continue) Resume](${link(Command.resume)})`];
    const results = `[$(graph-line) Open Results](${link(Command.openResults)})`;
    text.appendMarkdown(`${[results, ...actions].join(' · ')}\n\n`);
  }
  return text;
}
