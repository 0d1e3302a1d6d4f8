/** Out of Sweetspot and into it: a study written for people and other programs, and runs of W&B or Optuna as a study. */
import { basename, dirname, join } from 'node:path';
import { ProgressLocation, type QuickPickItem, QuickPickItemKind, Uri, window } from 'vscode';
import { isThere } from '../disk.js';
import type { ReportDocuments } from '../editor/report-documents.js';
import { count } from '../format.js';
import type { OwnCli } from '../own-cli.js';
import type { Studies } from '../studies.js';
import { isArchived, type StudyEntry } from '../study-entry.js';
import type { ForeignActions } from './foreign.js';
import { offerFile } from './written-file.js';

interface Format extends QuickPickItem {
  readonly format: string;
  /** Ending of the file; a folder is written where there is none. */
  readonly ending?: string;
}

const separator = (label: string): QuickPickItem => ({ label, kind: QuickPickItemKind.Separator });

const FOR_PEOPLE: readonly Format[] = [
  {
    label: '$(globe) Report',
    description: 'one HTML page with the charts',
    format: 'html',
    ending: 'html',
  },
  { label: '$(markdown) Summary', description: 'Markdown', format: 'markdown', ending: 'md' },
];
const TABLES: readonly Format[] = [
  { label: '$(table) CSV', description: 'a line for each trial', format: 'csv', ending: 'csv' },
  {
    label: '$(table) Parquet',
    description: 'the same, typed and small',
    format: 'parquet',
    ending: 'parquet',
  },
  { label: '$(json) JSON', description: 'everything, every report too', format: 'json', ending: 'json' },
];
const PROGRAMS: readonly Format[] = [
  {
    label: '$(beaker) Optuna',
    description: 'a journal that Optuna loads and goes on with',
    format: 'optuna',
    ending: 'log',
  },
  {
    label: '$(database) Optuna Database',
    description: 'the same in SQLite',
    format: 'optuna',
    ending: 'db',
  },
  { label: '$(folder) MLflow', description: 'a folder of runs (mlruns)', format: 'mlflow' },
  { label: '$(folder) TensorBoard', description: 'a folder of HParams event files', format: 'tensorboard' },
];
const COMPARISON = 'compare';

export class ExchangeActions {
  constructor(
    private readonly studies: Studies,
    private readonly cli: OwnCli,
    private readonly reports: ReportDocuments,
    private readonly foreign: ForeignActions,
  ) {}

  async export(entry: StudyEntry): Promise<void> {
    const others = this.#beside(entry);
    const text: readonly QuickPickItem[] = others.length === 0 ? [] : [comparison(entry, others.length)];
    const picked = await window.showQuickPick<QuickPickItem>(
      [
        separator('To read'),
        ...FOR_PEOPLE,
        ...text,
        separator('Tables'),
        ...TABLES,
        separator('For other programs'),
        ...PROGRAMS,
      ],
      {
        title: `Export ${entry.name} · ${count(entry.study.trials.length, 'trial')}`,
        placeHolder: 'As what?',
        matchOnDescription: true,
      },
    );
    if (!picked || !('format' in picked)) return;
    const format = picked as Format;
    if (format.format === COMPARISON) await this.compareAsText([entry, ...others]);
    else await this.#write(entry, format);
  }

  /** Studies of one config side by side, as a text to read and copy. */
  async compareAsText(entries: readonly StudyEntry[]): Promise<void> {
    const [first] = entries;
    if (!first) return;
    const names = entries.map(({ name }) => name);
    const result = await this.cli.run('compare', first.configFile, ...names);
    if (result.kind === 'refused') void window.showErrorMessage(result.message);
    else await this.reports.show(`${basename(first.configFile)}: ${names.join(' | ')}`, result.output);
  }

  /** Trials of another program begin a study of a config. */
  async import(configFile: string | undefined): Promise<void> {
    const picked = await window.showOpenDialog({
      title: 'Import trials',
      openLabel: 'Import',
      filters: {
        'W&B tables, Optuna journals and databases': ['csv', 'log', 'jsonl', 'db', 'sqlite', 'sqlite3'],
      },
      ...(configFile === undefined ? {} : { defaultUri: Uri.file(dirname(configFile)) }),
    });
    const file = picked?.[0];
    if (file) await this.foreign.importFile(file.fsPath, configFile);
  }

  #beside(entry: StudyEntry): readonly StudyEntry[] {
    if (entry.foreign) return [];
    return this.studies
      .of(entry.configFile)
      .filter((other) => other.id !== entry.id && !isArchived(other) && other.damaged === 0);
  }

  async #write(entry: StudyEntry, { format, ending, label }: Format): Promise<void> {
    const target = await (ending === undefined ? askFolder(entry, format) : askFile(entry, ending));
    if (!target) return;
    if (ending === undefined && (await isThere(target.fsPath)) && !(await mayWriteInto(target))) return;
    const result = await window.withProgress(
      { location: ProgressLocation.Window, title: `Exporting ${entry.name}` },
      () =>
        this.cli.run(
          'export',
          entry.configFile,
          `--study=${entry.foreign ? entry.study.name : entry.name}`,
          `--format=${format}`,
          `--output=${target.fsPath}`,
        ),
    );
    if (result.kind === 'refused') {
      void window.showErrorMessage(result.message);
      return;
    }
    const what = label.replace(/^\$\([^)]*\) /, '');
    await offerFile(target, `${basename(target.fsPath)} holds ${entry.name} (${what}).`);
  }
}

const comparison = (entry: StudyEntry, others: number): Format => ({
  label: '$(split-horizontal) Comparison',
  description: `beside ${others === 1 ? 'the other study' : `the ${others} other studies`} of ${basename(entry.configFile)}, as text`,
  format: COMPARISON,
});

function askFile(entry: StudyEntry, ending: string): Thenable<Uri | undefined> {
  return window.showSaveDialog({
    title: `Export ${entry.name}`,
    saveLabel: 'Export',
    defaultUri: Uri.file(join(dirname(entry.configFile), `${entry.name}.${ending}`)),
    filters: { [ending.toUpperCase()]: [ending] },
  });
}

async function askFolder(entry: StudyEntry, format: string): Promise<Uri | undefined> {
  const name = format === 'mlflow' ? 'mlruns' : `${entry.name}-${format}`;
  const picked = await window.showOpenDialog({
    title: `Export ${entry.name}: a folder ${name} is made in the one you choose`,
    openLabel: 'Export Here',
    defaultUri: Uri.file(dirname(entry.configFile)),
    canSelectFolders: true,
    canSelectFiles: false,
  });
  const parent = picked?.[0];
  return parent && Uri.joinPath(parent, name);
}

async function mayWriteInto(folder: Uri): Promise<boolean> {
  const write = 'Write Into It';
  const detail = 'What it holds of this study is written anew; everything else in it stays.';
  const question = `${basename(folder.fsPath)} is there already.`;
  return (await window.showWarningMessage(question, { modal: true, detail }, write)) === write;
}
