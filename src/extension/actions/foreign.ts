/** Opening, closing and going on with the files of other programs. */
import { basename } from 'node:path';
import { commands, Uri, window, workspace } from 'vscode';
import type { Configs } from '../configs.js';
import { Command } from '../contributions.js';
import type { ForeignFiles } from '../foreign-files.js';
import type { OwnCli } from '../own-cli.js';
import type { ResultsPanels } from '../panel/results-panels.js';
import type { Studies } from '../studies.js';
import { progressText, type StudyEntry } from '../study-entry.js';
import { isTreeNode } from '../views/nodes.js';

export class ForeignActions {
  constructor(
    private readonly configs: Configs,
    private readonly studies: Studies,
    private readonly files: ForeignFiles,
    private readonly results: ResultsPanels,
    private readonly cli: OwnCli,
  ) {}

  async open(argument: unknown): Promise<void> {
    const file = argument instanceof Uri ? argument : await pickFile();
    if (!file) return;
    const entries = await this.files.open(file.fsPath);
    if (!entries) return;
    const entry = entries.length === 1 ? entries[0] : await pickStudy(entries);
    if (entry) this.results.open(entry);
  }

  async close(argument: unknown): Promise<void> {
    if (isTreeNode(argument) && argument.kind === 'foreign') await this.files.close(argument.path);
  }

  /** Its trials as the beginning of a study of a config of the workspace. */
  async goOn(argument: unknown): Promise<void> {
    const entry =
      this.#entry(argument) ?? (await pickStudy(this.studies.all.filter(({ foreign }) => foreign)));
    if (!entry) return;
    const config = await this.#pickConfig(entry.name, entry);
    if (config !== undefined) await this.#begin(entry.configFile, config, entry.study.name);
  }

  /** A file that was picked to be imported: a table at once, other files after a look at which study is meant. */
  async importFile(file: string, configFile: string | undefined): Promise<void> {
    if (/\.csv$/i.test(file)) {
      const config = configFile ?? (await this.#pickConfig(basename(file)));
      if (config !== undefined) await this.#begin(file, config);
      return;
    }
    const entries = await this.files.open(file);
    if (!entries) return;
    const entry = entries.length === 1 ? entries[0] : await pickStudy(entries);
    const config = entry && (configFile ?? (await this.#pickConfig(entry.name, entry)));
    if (entry && config !== undefined) await this.#begin(file, config, entry.study.name);
  }

  /** Says that nothing can be done to a study of another program but to go on with it. */
  refuse(entry: StudyEntry): void {
    void window
      .showInformationMessage(
        `${entry.name} belongs to ${basename(entry.configFile)}, a file of another program, and is only looked at. Its trials can begin a study of one of your configs.`,
        'Continue as a Study…',
      )
      .then((choice) => choice && this.goOn({ journal: entry.id }));
  }

  #entry(argument: unknown): StudyEntry | undefined {
    const journal =
      typeof argument === 'object' && argument !== null && 'journal' in argument
        ? argument.journal
        : undefined;
    return typeof journal === 'string' ? this.studies.get(journal) : undefined;
  }

  async #begin(file: string, config: string, study?: string): Promise<void> {
    const which = study === undefined ? [] : ['--study', study];
    const result = await this.cli.run('import', file, config, ...which);
    await this.studies.sync();
    if (result.kind === 'refused') {
      void window.showErrorMessage(result.message);
      return;
    }
    const begun = this.studies.of(config)[0];
    const said = result.output.trim().split('\n').slice(0, -1).join(' ');
    const choice = await window.showInformationMessage(said, 'Resume', 'Open Results');
    if (!begun || choice === undefined) return;
    const command = choice === 'Resume' ? Command.resume : Command.openResults;
    await commands.executeCommand(command, { journal: begun.id });
  }

  async #pickConfig(name: string, entry?: StudyEntry): Promise<string | undefined> {
    const all = this.configs.all;
    if (all.length === 0) {
      const space = Object.keys(entry?.study.space ?? {}).join(', ');
      void window.showInformationMessage(
        `A study needs a config. Write one whose @tune comments name the parameters of ${name}${space === '' ? '' : ` (${space})`}, then continue.`,
      );
      return undefined;
    }
    const items = all.map(({ path }) => ({
      label: basename(path),
      description: workspace.asRelativePath(path),
      path,
    }));
    const placeHolder = `Go on with ${name} as a study of which config?`;
    return (await window.showQuickPick(items, { placeHolder }))?.path;
  }
}

async function pickFile(): Promise<Uri | undefined> {
  const picked = await window.showOpenDialog({
    title: "Open another program's study",
    openLabel: 'Open in Sweetspot',
    filters: { 'Optuna journals and databases': ['log', 'jsonl', 'db', 'sqlite', 'sqlite3'] },
  });
  return picked?.[0];
}

async function pickStudy(entries: readonly StudyEntry[]): Promise<StudyEntry | undefined> {
  const items = entries.map((entry) => ({
    label: entry.name,
    description: `${progressText(entry)} trials`,
    entry,
  }));
  return (await window.showQuickPick(items, { placeHolder: 'Which study?' }))?.entry;
}
