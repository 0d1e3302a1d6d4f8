/**
 * What a command is about: the file it was called on, the tree's item, the study a page named, or, from the palette,
 * the active editor's file and else what the person picks.
 */
import { basename } from 'node:path';
import { commands, Uri, window, workspace } from 'vscode';
import { formatNumber } from '../../core/format.js';
import { isBetter, objectiveOf } from '../../core/study/best.js';
import { shortNames } from '../../core/study/table/table.js';
import type { Trial } from '../../core/study/trial.js';
import type { Configs } from '../configs.js';
import { Command, TRIAL_SCHEME } from '../contributions.js';
import { trialOfUri } from '../editor/trial-documents.js';
import type { Focus } from '../focus.js';
import { paramsText } from '../format.js';
import type { Studies } from '../studies.js';
import { phaseText, progressText, resultText, type StudyEntry } from '../study-entry.js';
import { isTreeNode } from '../views/nodes.js';
import { pickBest } from './front-pick.js';

/** How pages, lenses and tooltips name a study or one of its trials. */
interface StudyArgument {
  readonly journal: string;
  readonly trial?: number;
}

function isStudyArgument(value: unknown): value is StudyArgument {
  return (
    typeof value === 'object' && value !== null && 'journal' in value && typeof value.journal === 'string'
  );
}

export class Targets {
  constructor(
    private readonly configs: Configs,
    private readonly studies: Studies,
    private readonly focus: Focus,
  ) {}

  /** Absolute path of a config. Asks when several are possible. */
  async config(argument: unknown): Promise<string | undefined> {
    if (argument instanceof Uri) return argument.fsPath;
    if (isTreeNode(argument) && argument.kind === 'config') return argument.path;
    if (isStudyArgument(argument)) return this.studies.get(argument.journal)?.configFile;
    const active = this.#activeConfig();
    if (active !== undefined) return active;
    const all = this.configs.all;
    if (all.length <= 1) return all[0]?.path ?? this.#noConfig();
    const items = all.map(({ path }) => ({
      label: basename(path),
      description: workspace.asRelativePath(path),
      path,
    }));
    return (await window.showQuickPick(items, { placeHolder: 'Which config?' }))?.path;
  }

  /** The study the command means; a config stands for its running or latest one. */
  async study(argument: unknown): Promise<StudyEntry | undefined> {
    if (isStudyArgument(argument)) return this.studies.get(argument.journal);
    if (argument === undefined) {
      const active = window.activeTextEditor && trialOfUri(window.activeTextEditor.document.uri);
      // What the side bar shows, unless another config is being edited.
      const config = this.#activeConfig();
      const focused = this.focus.study;
      const isMeant = config === undefined || this.studies.get(focused ?? '')?.configFile === config;
      const shown = active?.journal ?? (isMeant ? focused : undefined);
      if (shown !== undefined) return this.studies.get(shown);
    }
    const configFile = await this.config(argument);
    if (configFile === undefined) return undefined;
    const entry = this.studies.current(configFile);
    if (!entry) this.#noStudy(configFile);
    return entry;
  }

  /** As `study`, but asks which one when the config has several. */
  async anyStudy(argument: unknown): Promise<StudyEntry | undefined> {
    if (argument !== undefined) return this.study(argument);
    const items = this.studies.all.map((entry) => ({
      label: entry.name,
      description: `${basename(entry.configFile)} · ${progressText(entry)}`,
      detail: phaseText(entry),
      entry,
    }));
    return (await window.showQuickPick(items, { placeHolder: 'Which study?' }))?.entry;
  }

  /** The best trial of the study that the command means. */
  async best(argument: unknown): Promise<{ entry: StudyEntry; trial: Trial } | undefined> {
    const entry = await this.study(argument);
    if (!entry) return undefined;
    if (entry.best) {
      const trial = await pickBest(entry);
      return trial && { entry, trial };
    }
    void window.showInformationMessage(`${entry.name} has no completed trial yet, so there is no best one.`);
    return undefined;
  }

  /** One trial: the one named, else the one picked. */
  async trial(argument: unknown): Promise<{ entry: StudyEntry; trial: Trial } | undefined> {
    const ref = argument instanceof Uri ? trialOfUri(argument) : undefined;
    if (ref) return this.#numbered(ref.journal, ref.trial);
    if (isTreeNode(argument) && argument.kind === 'trial')
      return this.#numbered(argument.journal, argument.number);
    if (isStudyArgument(argument) && argument.trial !== undefined)
      return this.#numbered(argument.journal, argument.trial);
    const entry = await this.study(argument);
    if (!entry) return undefined;
    const trial = await pickTrial(entry);
    return trial && { entry, trial };
  }

  /**
   * Trials of one study: those of the tree's selection that a menu was opened on; of a table, the selected ones where the
   * one clicked is among them; else the one named or picked.
   */
  async trials(
    argument: unknown,
    selection: unknown,
  ): Promise<{ entry: StudyEntry; trials: readonly Trial[] } | undefined> {
    const first = await this.trial(argument);
    if (!first) return undefined;
    const { entry, trial } = first;
    const marked = Array.isArray(selection) ? selection.filter(isTreeNode) : [];
    const inTree = marked.flatMap((node) =>
      node.kind === 'trial' && node.journal === entry.id ? [node.number] : [],
    );
    const shown = this.focus.selection;
    const inTable = shown && !isTreeNode(argument) && shown.study === entry.id ? shown.trials : [];
    const numbers = [inTree, inTable].find((some) => some.includes(trial.number)) ?? [trial.number];
    return { entry, trials: numbers.flatMap((number) => entry.study.trials[number] ?? []) };
  }

  /** Another trial of the same study, as the person picks. */
  otherTrial(entry: StudyEntry, trial: Trial): Promise<Trial | undefined> {
    return pickTrial(entry, trial);
  }

  /** Studies of one config: the tree's selection, else the one named. */
  async studiesOf(argument: unknown, selection: unknown): Promise<readonly StudyEntry[]> {
    const first = await this.anyStudy(argument);
    if (!first) return [];
    const marked = Array.isArray(selection) ? selection.filter(isTreeNode) : [];
    const others = marked.flatMap((node) =>
      node.kind === 'study' && node.journal !== first.id ? (this.studies.get(node.journal) ?? []) : [],
    );
    return [first, ...others.filter(({ configFile }) => configFile === first.configFile)];
  }

  /** The config in the active editor, also where that is the side of a diff with a trial's values. */
  #activeConfig(): string | undefined {
    const uri = window.activeTextEditor?.document.uri;
    if (uri?.scheme !== 'file' && uri?.scheme !== TRIAL_SCHEME) return undefined;
    const path = uri.with({ scheme: 'file', query: '' }).fsPath;
    return this.configs.now(path) ? path : undefined;
  }

  #numbered(journal: string, number: number): { entry: StudyEntry; trial: Trial } | undefined {
    const entry = this.studies.get(journal);
    const trial = entry?.study.trials[number];
    return entry && trial ? { entry, trial } : undefined;
  }

  #noConfig(): undefined {
    void window
      .showInformationMessage('No file of this workspace has a @sweep comment yet.', 'Create an Example')
      .then((choice) => choice && commands.executeCommand(Command.createExample));
    return undefined;
  }

  #noStudy(configFile: string): void {
    void window
      .showInformationMessage(`${basename(configFile)} has no study yet.`, 'Start Sweep')
      .then((choice) => choice && commands.executeCommand(Command.startSweep, Uri.file(configFile)));
  }
}

/** A list to pick from holds so many trials: beyond, the tables are where one is found. */
const MOST = 500;

/** Of the best ones, without `besides`. */
async function pickTrial(entry: StudyEntry, besides?: Trial): Promise<Trial | undefined> {
  const direction = entry.study.objectives[0]?.direction ?? 'minimize';
  const value = (trial: Trial) => objectiveOf(trial) ?? Number.NaN;
  const names = shortNames(Object.keys(entry.study.space));
  const others = entry.study.trials.filter(({ number }) => number !== besides?.number);
  const trials = others.sort((a, b) =>
    isBetter(value(a), value(b), direction)
      ? -1
      : isBetter(value(b), value(a), direction)
        ? 1
        : a.number - b.number,
  );
  const items = trials.slice(0, MOST).map((trial) => ({
    label: `${trial.number === entry.best?.number ? '$(star-full) ' : ''}Trial ${trial.number}`,
    description: Number.isFinite(value(trial)) ? formatNumber(value(trial)) : trial.state,
    detail: paramsText(trial, names),
    trial,
  }));
  const question = besides
    ? `Which trial of ${entry.name} to compare with trial ${besides.number}?`
    : `Which trial of ${entry.name}? ${resultText(entry) ?? 'None is complete'}`;
  const left = trials.length - items.length;
  const placeHolder = left > 0 ? `${question} (the first ${MOST}; ${left} more are in the table)` : question;
  return (await window.showQuickPick(items, { placeHolder, matchOnDetail: true }))?.trial;
}
