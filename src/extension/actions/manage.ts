/** Studies as things: renamed, duplicated, merged, put away and mended, by the command line that comes along. */
import { basename, dirname, join } from 'node:path';
import { window } from 'vscode';
import { JOURNAL_SUFFIX } from '../../core/study/places.js';
import { count } from '../format.js';
import type { OwnCli } from '../own-cli.js';
import type { ResultsPanels } from '../panel/results-panels.js';
import type { Studies } from '../studies.js';
import { isArchived, isRunning, progressText, type StudyEntry } from '../study-entry.js';
import type { ExchangeActions } from './exchange.js';

export class ManageActions {
  constructor(
    private readonly studies: Studies,
    private readonly cli: OwnCli,
    private readonly results: ResultsPanels,
    private readonly exchange: ExchangeActions,
  ) {}

  async rename(entry: StudyEntry): Promise<void> {
    if (!this.#atRest(entry)) return;
    const name = await window.showInputBox({
      title: `Rename ${entry.name}`,
      value: entry.name,
      validateInput: (text) => this.#nameProblem(entry, text),
    });
    if (name === undefined || name === entry.name) return;
    await this.#change('rename', entry, entry.name, name);
  }

  async duplicate(entry: StudyEntry): Promise<void> {
    if (!this.#atRest(entry)) return;
    await this.#change('duplicate', entry, entry.name);
  }

  /** Of several studies, or of one and those that are picked. */
  async merge(chosen: readonly StudyEntry[]): Promise<void> {
    const all = await this.#several(
      chosen,
      'Merge with which studies? They stay as they are; the trials of all begin a new one.',
    );
    const [first] = all;
    if (!first || !all.every((entry) => this.#atRest(entry))) return;
    const output = await this.#change('merge', first, ...all.map(({ name }) => name));
    if (output !== undefined) void window.showInformationMessage(firstLines(output));
  }

  /** Several studies side by side: those chosen, or one and those that are picked. */
  async compare(chosen: readonly StudyEntry[]): Promise<void> {
    const all = await this.#several(chosen, 'Compare with which studies?');
    const [first] = all;
    if (!first) return;
    const others = all.slice(1);
    // A chart has one axis: what was measured otherwise, or put away, is compared in words.
    if (others.every((other) => !isArchived(other) && sameObjective(first, other)))
      this.results.compare(
        first,
        others.map(({ id }) => id),
      );
    else await this.exchange.compareAsText(all);
  }

  async archive(chosen: readonly StudyEntry[], archived: boolean): Promise<void> {
    const [first] = chosen;
    if (!first || !chosen.every((entry) => this.#atRest(entry))) return;
    const names = chosen.map(({ name }) => name);
    await this.#change('archive', first, ...names, ...(archived ? [] : ['--off']));
  }

  async repair(entry: StudyEntry): Promise<void> {
    if (!this.#atRest(entry)) return;
    const output = await this.#change('repair', entry, '--study', entry.name);
    if (output !== undefined) void window.showInformationMessage(firstLines(output));
  }

  /** What the command said, or undefined when the person was told why it did nothing. */
  async #change(command: string, entry: StudyEntry, ...args: readonly string[]): Promise<string | undefined> {
    const result = await this.cli.run(command, entry.configFile, ...args);
    await this.studies.sync();
    await this.studies.load(entry.id);
    if (result.kind === 'done') return result.output;
    void window.showErrorMessage(result.message);
    return undefined;
  }

  #atRest(entry: StudyEntry): boolean {
    const elsewhere = entry.phase.kind === 'elsewhere';
    if (!isRunning(entry) && !elsewhere) return true;
    void window.showInformationMessage(
      `${entry.name} is running${entry.phase.kind === 'elsewhere' ? ` on ${entry.phase.host}` : ''}. Stop it first.`,
    );
    return false;
  }

  /** What can be known before the command line looks. */
  #nameProblem(entry: StudyEntry, name: string): string | undefined {
    if (name.trim() === '') return 'A study needs a name.';
    if (/[\\/:*?"<>|]/.test(name)) return 'Use letters, digits, "_", "-", "." and spaces.';
    const there = this.studies.get(join(dirname(entry.id), `${name}${JOURNAL_SUFFIX}`));
    return there && there.id !== entry.id ? `There is a study ${name} already.` : undefined;
  }

  /** At least two of one config, else none: the person was told, or wants nothing. */
  async #several(chosen: readonly StudyEntry[], placeHolder: string): Promise<readonly StudyEntry[]> {
    const [first] = chosen;
    if (!first || chosen.length > 1) return chosen;
    const items = this.studies
      .of(first.configFile)
      .filter((entry) => entry.id !== first.id && !isArchived(entry))
      .map((entry) => ({ label: entry.name, description: `${progressText(entry)} trials`, entry }));
    if (items.length === 0) {
      void window.showInformationMessage(
        `${basename(first.configFile)} has no other study than ${first.name}.`,
      );
      return [];
    }
    // No question where there is only one answer.
    if (items.length === 1) return [first, ...items.map(({ entry }) => entry)];
    const title = first.name;
    const picked = (await window.showQuickPick(items, { canPickMany: true, title, placeHolder })) ?? [];
    return picked.length > 0 ? [first, ...picked.map(({ entry }) => entry)] : [];
  }
}

/** Damage is told once per study and window; the study is there to look at meanwhile. */
export function offerRepair(entry: StudyEntry, repair: () => Promise<void>): void {
  const lines = count(entry.damaged, 'line');
  const them = entry.damaged === 1 ? 'it' : 'them';
  void window
    .showWarningMessage(
      `${lines} of the journal of ${entry.name} cannot be read. The study is shown without ${them}, and cannot go on until it is repaired; a copy is kept.`,
      'Repair',
      'Open Read-Only',
    )
    .then((choice) => (choice === 'Repair' ? repair() : undefined));
}

const firstLines = (output: string): string => output.trim().split('\n').slice(0, 3).join(' ');

function sameObjective(a: StudyEntry, b: StudyEntry): boolean {
  const [first] = a.study.objectives;
  const [second] = b.study.objectives;
  return first?.metric === second?.metric && first?.direction === second?.direction;
}
