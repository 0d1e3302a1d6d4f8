/** The few notifications: a sweep that ended while the person was elsewhere, and one that did not end well. */
import { basename } from 'node:path';
import { commands, Range, window } from 'vscode';
import { hasSeveralObjectives } from '../core/study/objectives/front.js';
import { Command } from './contributions.js';
import { Disposables } from './disposables.js';
import type { RunProblems } from './editor/run-problems.js';
import { count } from './format.js';
import type { EngineEnd, Studies } from './studies.js';
import { bestText, resultText, type StudyEntry } from './study-entry.js';

/** `problems` knows where in a file the cause of an end stands. */
export function registerNotices(studies: Studies, problems: RunProblems): Disposables {
  const own = new Disposables();
  own.add(studies.onDidEnd((end) => void tell(end, problems)));
  return own;
}

async function tell({ entry, lastWord }: EngineEnd, problems: RunProblems): Promise<void> {
  const name = basename(entry.configFile);
  const about = { journal: entry.id };
  if (entry.phase.kind === 'lost' && !lastWord) {
    const trials = count(finished(entry), 'finished trial');
    await offer(
      window.showErrorMessage(
        `The engine of ${name} stopped unexpectedly. Its ${trials} are safe.`,
        'Resume',
        'Show Log',
      ),
      { Resume: [Command.resume, about], 'Show Log': [Command.showLog] },
    );
  } else if (entry.phase.kind === 'error' && entry.phase.cause === 'config') {
    const { uri, range } = problems.show(entry.configFile, entry.phase.reason);
    const choice = await window.showErrorMessage(
      `The sweep of ${name} could not go on. ${entry.phase.reason}`,
      'Go to Problem',
    );
    if (choice) await window.showTextDocument(uri, { selection: new Range(range.start, range.start) });
  } else if (entry.phase.kind === 'error') {
    await offer(
      window.showErrorMessage(
        `The sweep of ${name} could not go on: ${entry.phase.reason}`,
        'Resume',
        'Show Log',
      ),
      { Resume: [Command.resume, about], 'Show Log': [Command.showLog] },
    );
  } else if (entry.phase.kind === 'finished' && !entry.best) {
    await offer(
      window.showErrorMessage(
        `The sweep of ${name} ended and no trial was completed. ${firstFailure(entry)}`,
        'Open Results',
      ),
      { 'Open Results': [Command.openResults, about] },
    );
  } else if (entry.phase.kind === 'finished' && !window.state.focused) {
    const outcome = hasSeveralObjectives(entry.study)
      ? `${resultText(entry)}, trial ${entry.best?.number} is the balanced one`
      : entry.best?.number === 0
        ? 'The values in the file are the best found'
        : `Best ${entry.study.objectives[0]?.metric} ${bestText(entry)} (trial ${entry.best?.number})`;
    await offer(
      window.showInformationMessage(
        `The sweep of ${name} has finished. ${outcome}.`,
        'Compare with Best',
        'Open Results',
      ),
      { 'Compare with Best': [Command.compareBest, about], 'Open Results': [Command.openResults, about] },
    );
  }
}

async function offer(
  choice: Thenable<string | undefined>,
  actions: Readonly<Record<string, readonly [string, ...unknown[]]>>,
): Promise<void> {
  const action = actions[(await choice) ?? ''];
  if (action) await commands.executeCommand(...action);
}

function finished({ study }: StudyEntry): number {
  return study.trials.filter(({ state }) => state !== 'running' && state !== 'waiting').length;
}

function firstFailure({ study }: StudyEntry): string {
  const failed = study.trials.find(({ state, reason }) => state === 'failed' && reason);
  return failed ? `Trial ${failed.number}: ${failed.reason}` : '';
}
