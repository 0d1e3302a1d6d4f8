/** Studies that were deleted: put into the trash beside their config, where *Restore Deleted Study…* finds them. */
import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { commands, window, workspace } from 'vscode';
import { journalFile, trashed, trashFolder } from '../../core/study/places.js';
import type { Configs } from '../configs.js';
import { Command } from '../contributions.js';
import { count, since } from '../format.js';
import type { OwnCli } from '../own-cli.js';
import type { Studies } from '../studies.js';
import { isRunning, type StudyEntry } from '../study-entry.js';

interface Deleted {
  readonly configFile: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const TO_TRASH = 'Move to Trash';
const FOREVER = 'Delete Permanently';

export class TrashActions {
  constructor(
    private readonly configs: Configs,
    private readonly studies: Studies,
    private readonly cli: OwnCli,
  ) {}

  /** Studies of one config. Asks first. */
  async delete(entries: readonly StudyEntry[]): Promise<void> {
    const [first] = entries;
    const running = entries.find((entry) => isRunning(entry) || entry.phase.kind === 'elsewhere');
    if (running) {
      void window.showInformationMessage(`${running.name} is running. Stop it, then delete it.`);
      return;
    }
    if (!first) return;
    const trials = entries.reduce((sum, { study }) => sum + study.trials.length, 0);
    const [what, their] =
      entries.length === 1
        ? [`the study ${first.name}`, 'Its']
        : [`the ${entries.length} studies ${entries.map(({ name }) => name).join(', ')}`, 'Their'];
    const choice = await window.showWarningMessage(
      `Delete ${what}?`,
      {
        modal: true,
        detail: `${their} ${count(trials, 'trial')} and the files of the trials move to the trash in .sweetspot; Restore Deleted Study brings them back. The config stays as it is.`,
      },
      TO_TRASH,
      FOREVER,
    );
    if (choice !== TO_TRASH && choice !== FOREVER) return;
    const names = entries.map(({ name }) => name);
    const how = choice === FOREVER ? ['--forever'] : [];
    const result = await this.cli.run('delete', first.configFile, ...names, ...how);
    await this.studies.sync();
    if (result.kind === 'refused') void window.showErrorMessage(result.message);
  }

  /** Of all configs, or of one: those deleted last come first. */
  async restore(configFile: string | undefined): Promise<void> {
    const files = configFile === undefined ? this.configs.all.map(({ path }) => path) : [configFile];
    const found = (await Promise.all(files.map(deletedOf))).flat().sort((a, b) => b.at - a.at);
    if (found.length === 0) {
      void window.showInformationMessage(
        `No deleted study${configFile === undefined ? '' : ` of ${basename(configFile)}`} can be restored.`,
      );
      return;
    }
    const items = found.map((deleted) => ({
      label: deleted.name,
      description: workspace.asRelativePath(deleted.configFile),
      detail: `deleted ${since(deleted.at, Date.now())}`,
      deleted,
    }));
    const placeHolder = 'Which study comes back?';
    const picked = await window.showQuickPick(items, { placeHolder, matchOnDescription: true });
    if (!picked) return;
    const { name, configFile: config } = picked.deleted;
    const result = await this.cli.run('restore', config, name);
    await this.studies.sync();
    if (result.kind === 'refused') {
      void window.showErrorMessage(result.message);
      return;
    }
    const choice = await window.showInformationMessage(`${name} is back.`, 'Open Results');
    if (choice) await commands.executeCommand(Command.openResults, { journal: journalFile(config, name) });
  }
}

/** Of each name the one that would come back. */
async function deletedOf(configFile: string): Promise<readonly Deleted[]> {
  const folders = await readdir(trashFolder(configFile)).catch(() => []);
  const latest = new Map<string, Deleted>();
  for (const folder of folders) {
    const found = trashed(folder);
    if (found && found.at > (latest.get(found.name)?.at ?? 0))
      latest.set(found.name, { configFile, ...found });
  }
  return [...latest.values()];
}
