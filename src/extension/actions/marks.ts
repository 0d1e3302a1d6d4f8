/** What a person says of trials: stars, exclusions, notes and tags; kept by the study's engine, or by the command line. */
import { window } from 'vscode';
import type { Trial } from '../../core/study/trial.js';
import { count } from '../format.js';
import type { OwnCli } from '../own-cli.js';
import type { Studies } from '../studies.js';
import type { StudyEntry } from '../study-entry.js';

export class MarkActions {
  constructor(
    private readonly studies: Studies,
    private readonly cli: OwnCli,
  ) {}

  /** Takes the stars away where all of them have one. */
  async star(entry: StudyEntry, trials: readonly Trial[]): Promise<void> {
    const off = trials.every(({ marks }) => marks?.starred);
    await this.#mark('star', entry, trials, off ? ['--off'] : []);
  }

  async exclude(entry: StudyEntry, trials: readonly Trial[]): Promise<void> {
    const reason = await window.showInputBox({
      title: `Exclude ${named(trials)}`,
      prompt:
        'Why? An excluded trial does not count: not for the best, not for the search. It can be taken back.',
      placeHolder: 'wrong data, broken run, …',
    });
    if (reason === undefined) return;
    await this.#mark('exclude', entry, trials, reason.trim() === '' ? [] : [`--reason=${reason.trim()}`]);
  }

  include(entry: StudyEntry, trials: readonly Trial[]): Promise<void> {
    return this.#mark('include', entry, trials, []);
  }

  async note(entry: StudyEntry, trial: Trial): Promise<void> {
    const note = await window.showInputBox({
      title: `Note on trial ${trial.number}`,
      value: trial.marks?.note ?? '',
      prompt: 'No text takes the note away.',
    });
    if (note === undefined) return;
    const words = note.trim() === '' ? [] : ['--', note.trim()];
    await this.#mark('note', entry, [trial], words);
  }

  async tag(entry: StudyEntry, trials: readonly Trial[]): Promise<void> {
    const tags = await window.showInputBox({
      title: `Tags of ${named(trials)}`,
      value: (trials[0]?.marks?.tags ?? []).join(' '),
      prompt: 'Words with spaces between them. None takes the tags away.',
    });
    if (tags === undefined) return;
    const words = tags.split(/[\s,]+/).filter((word) => word !== '');
    for (const trial of trials)
      await this.#mark('tag', entry, [trial], words.length > 0 ? ['--', ...words] : []);
  }

  async #mark(
    command: string,
    entry: StudyEntry,
    trials: readonly Trial[],
    words: readonly string[],
  ): Promise<void> {
    const numbers = trials.map(({ number }) => String(number));
    const args = [`--study=${entry.name}`, ...numbers];
    // Options go before what may begin with a dash.
    const result = await this.cli.run(command, entry.configFile, ...args, ...words);
    if (result.kind === 'refused') void window.showErrorMessage(result.message);
    await this.studies.load(entry.id);
  }
}

const named = (trials: readonly Trial[]): string =>
  trials.length === 1 ? `trial ${trials[0]?.number}` : count(trials.length, 'trial');
