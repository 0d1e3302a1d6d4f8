/** How each node of the studies tree looks: icon by state, value, tooltip, and the words that menus test. */

import { basename, dirname } from 'node:path';
import {
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  Uri,
  workspace,
} from 'vscode';
import { environmentChange } from '../../core/analysis/environment-turn.js';
import { baselineOf } from '../../core/analysis/history.js';
import { formatBytes, formatDuration, formatNumber, formatPercent, formatValue } from '../../core/format.js';
import { isExcluded, objectiveOf } from '../../core/study/best.js';
import { frontOf, frontSentences, hasSeveralObjectives } from '../../core/study/objectives/front.js';
import { isPaused, shownState } from '../../core/study/pause.js';
import { trialFolder } from '../../core/study/places.js';
import { reasonOf } from '../../core/study/reason.js';
import type { Trial, TrialState } from '../../core/study/trial.js';
import type { ConfigFile } from '../configs.js';
import { Command } from '../contributions.js';
import { folderSize } from '../folder-size.js';
import { count } from '../format.js';
import {
  isArchived,
  isResumable,
  isRunning,
  phaseText,
  progressText,
  resultText,
  type StudyEntry,
} from '../study-entry.js';
import type { TreeNode } from './nodes.js';
import { trialResource } from './pointed-trial.js';

type NodeOf<K extends TreeNode['kind']> = Extract<TreeNode, { kind: K }>;

const { None, Collapsed, Expanded } = TreeItemCollapsibleState;
const icon = (id: string, color?: string) =>
  new ThemeIcon(id, color === undefined ? undefined : new ThemeColor(color));

function item(id: string, label: string, state: TreeItemCollapsibleState): TreeItem {
  const made = new TreeItem(label, state);
  made.id = id;
  return made;
}

export function folderItem({ id, path, name }: NodeOf<'folder'>): TreeItem {
  const made = item(id, name, Expanded);
  made.iconPath = ThemeIcon.Folder;
  made.tooltip = path;
  made.contextValue = 'folder';
  return made;
}

export function configItem(
  { id, path }: NodeOf<'config'>,
  config: ConfigFile | undefined,
  studies: readonly StudyEntry[],
) {
  // Another id once there are studies: an item that was drawn without children would stay folded.
  const empty = studies.length === 0;
  const made = item(empty ? `${id} empty` : id, basename(path), empty ? None : Expanded);
  const folder = dirname(workspace.asRelativePath(path, false));
  const errors = config?.parsed.diagnostics.filter(({ severity }) => severity === 'error').length ?? 0;
  made.resourceUri = Uri.file(path);
  made.iconPath = ThemeIcon.File;
  made.description = [
    folder === '.' ? '' : folder,
    errors > 0 ? count(errors, 'problem') : '',
    config ? '' : 'file is gone',
  ]
    .filter(Boolean)
    .join(' · ');
  made.contextValue = words(
    config ? 'config' : 'goneConfig',
    studies.some(isRunning) && 'running',
    studies.some(({ best }) => best) && 'best',
  );
  made.tooltip = `${path}\n${count(config?.parsed.tuned.length ?? 0, 'tuned value')}`;
  made.accessibilityInformation = {
    label: `Config ${basename(path)}, ${studies.length === 0 ? 'no study yet' : studies.length === 1 ? '1 study' : `${studies.length} studies`}`,
  };
  if (empty)
    made.command = {
      command: Command.revealConfig,
      title: 'Open',
      arguments: [{ kind: 'config', id, path }],
    };
  return made;
}

export function foreignItem({ id, path }: NodeOf<'foreign'>, studies: readonly StudyEntry[]): TreeItem {
  const made = item(id, basename(path), studies.length === 0 ? None : Expanded);
  made.resourceUri = Uri.file(path);
  made.iconPath = icon('database');
  made.description = 'read-only';
  made.tooltip = `${path}\nOf another program; it is never written.`;
  made.contextValue = 'foreign';
  made.accessibilityInformation = { label: `File of another program ${basename(path)}, read-only` };
  return made;
}

/** @param filter how many trials it leaves, and what it asks for */
export function studyItem(
  { id }: NodeOf<'study'>,
  entry: StudyEntry,
  filter?: { readonly left: number; readonly text: string },
): TreeItem {
  const made = item(
    id,
    entry.name,
    entry.study.trials.length === 0 ? None : isRunning(entry) ? Expanded : Collapsed,
  );
  const result = resultText(entry);
  made.iconPath = studyIcon(entry);
  const left = filter && `${filter.left} of ${entry.study.trials.length} match`;
  made.description = [left, progressText(entry), result, hint(entry)].filter(Boolean).join(' · ');
  made.contextValue = words(
    entry.foreign ? 'foreignStudy' : 'study',
    isRunning(entry) && 'running',
    isResumable(entry) && 'resumable',
    entry.best !== undefined && 'best',
    isArchived(entry) && 'archived',
    entry.damaged > 0 && 'damaged',
    filter !== undefined && 'filtered',
  );
  made.accessibilityInformation = {
    label: `Study ${entry.name}, ${phaseText(entry)}, ${progressText(entry)} trials, ${result ?? 'none complete yet'}${left === undefined ? '' : `, filtered: ${left} ${filter?.text}`}`,
  };
  return made;
}

function hint(entry: StudyEntry): string | undefined {
  const { phase } = entry;
  if (entry.damaged > 0) return 'damaged, read-only';
  if (isArchived(entry)) return 'archived';
  if (entry.foreign) return undefined;
  switch (phase.kind) {
    case 'lost':
      return 'engine lost, resumable';
    case 'elsewhere':
      return `on ${phase.host}`;
    case 'stopping':
      return 'stopping';
    case 'stopped':
      return 'stopped';
    case 'error':
      return 'error';
    case 'loading':
    case 'running':
    case 'finished':
      return undefined;
  }
}

function studyIcon(entry: StudyEntry): ThemeIcon {
  const { phase } = entry;
  if (entry.damaged > 0) return icon('warning', 'list.warningForeground');
  if (isArchived(entry)) return icon('archive');
  if (entry.foreign) return icon('beaker');
  switch (phase.kind) {
    case 'loading':
      return icon('loading~spin');
    case 'running':
    case 'stopping':
      return icon('sync~spin', 'charts.blue');
    case 'elsewhere':
      return icon('remote', 'charts.blue');
    case 'stopped':
      return icon('debug-pause', 'charts.yellow');
    case 'finished':
      return entry.best ? icon('pass', 'testing.iconPassed') : icon('warning', 'list.warningForeground');
    case 'lost':
      return icon('debug-disconnect', 'list.warningForeground');
    case 'error':
      return icon('error', 'list.errorForeground');
  }
}

function studyTooltip(entry: StudyEntry): MarkdownString {
  const { study, best } = entry;
  const text = new MarkdownString(undefined, true);
  const objective = study.objectives[0];
  text.appendMarkdown(`**${entry.name}** of ${basename(entry.configFile)}  \n`);
  text.appendText(`${phaseText(entry)}.`);
  text.appendMarkdown(
    `\n\n${progressText(entry)} trials · ${study.settings.sampler} · seed ${study.settings.seed}`,
  );
  const base = baselineOf(study);
  const value = best && objectiveOf(best);
  const front = frontOf(study);
  if (front && best) {
    text
      .appendMarkdown('\n\n')
      .appendText(`Pareto front of ${front.trials.length}. ${frontSentences(study, front).join(' ')}`);
  } else if (objective && value !== undefined) {
    text.appendMarkdown(
      `\n\n$(star-full) \`${objective.metric}\` **${formatNumber(value)}** (trial ${best?.number})`,
    );
    if (base !== undefined && best?.number !== 0) {
      text.appendMarkdown(
        `, ${base === 0 ? '' : `${formatPercent((value - base) / Math.abs(base))} `}against ${formatNumber(base)} ${entry.foreign ? 'of trial 0' : 'in the file'}`,
      );
    } else if (best?.number === 0 && !entry.foreign) text.appendMarkdown(', the values in the file');
  }
  const moved = environmentChange(study);
  if (moved !== undefined) text.appendMarkdown('\n\n$(warning) ').appendText(moved);
  return text;
}

export function trialItem({ id }: NodeOf<'trial'>, entry: StudyEntry, trial: Trial): TreeItem {
  const best = entry.best?.number === trial.number;
  const made = item(id, `Trial ${trial.number}`, None);
  const reached = hasSeveralObjectives(entry.study) ? objectivesText(trial) : shown(objectiveOf(trial));
  const excluded = isExcluded(trial);
  made.resourceUri = trialResource(entry.id, trial.number);
  made.iconPath = best
    ? icon('star-full', 'charts.yellow')
    : excluded
      ? icon('circle-slash', 'disabledForeground')
      : isPaused(trial)
        ? icon('debug-pause')
        : trialIcon(trial.state);
  made.description = [
    trial.marks?.starred && '★',
    reached ?? (excluded ? '' : progressOf(trial)),
    trial.state === 'complete' && reasonOf(entry.study, trial),
    trial.number === 0 && !entry.foreign && 'values in the file',
    ...markWords(trial),
  ]
    .filter(Boolean)
    .join(' · ');
  made.contextValue = words(
    entry.foreign ? 'foreignTrial' : 'trial',
    trial.state,
    best && 'best',
    excluded && 'excluded',
  );
  made.accessibilityInformation = {
    label: `Trial ${trial.number}, ${best ? 'best, ' : ''}${shownState(trial)}, ${made.description}`,
  };
  return made;
}

const shown = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : formatNumber(value);

/** Every objective of a completed trial, in the order of the study. */
function objectivesText(trial: Trial): string | undefined {
  if (trial.state !== 'complete' || isExcluded(trial)) return undefined;
  return trial.objectives?.map((value) => formatNumber(value)).join(' / ');
}

/** What people said of a trial, for one line. */
function markWords({ marks }: Trial): readonly string[] {
  return [
    ...(marks?.excluded === undefined ? [] : [`excluded: ${marks.excluded}`]),
    ...(marks?.tags ?? []).map((tag) => `#${tag}`),
    ...(marks?.note === undefined ? [] : [marks.note]),
  ];
}

/** What an unfinished or failed trial has to say. */
function progressOf(trial: Trial): string {
  const last = trial.reports.at(-1);
  const at = last ? `${formatNumber(last.value)} at step ${last.step}` : '';
  switch (trial.state) {
    case 'running':
      return at || 'starting';
    case 'waiting':
      return isPaused(trial) ? `paused${at ? ` · ${at}` : ''}` : 'waiting';
    case 'pruned':
      return `pruned${at ? ` · ${at}` : ''}`;
    case 'failed':
      return `failed${trial.reason ? ` · ${trial.reason}` : ''}`;
    case 'complete':
      return 'no finite value';
  }
}

function trialIcon(state: TrialState): ThemeIcon {
  switch (state) {
    case 'waiting':
      return icon('clock');
    case 'running':
      return icon('sync~spin', 'charts.blue');
    case 'complete':
      return icon('pass', 'testing.iconPassed');
    case 'pruned':
      return icon('circle-slash', 'disabledForeground');
    case 'failed':
      return icon('error', 'testing.iconFailed');
  }
}

function trialTooltip(entry: StudyEntry, trial: Trial, best: boolean): MarkdownString {
  const text = new MarkdownString(undefined, true);
  const state = best ? 'best so far' : shownState(trial);
  const took =
    trial.startedAt && trial.finishedAt
      ? Date.parse(trial.finishedAt) - Date.parse(trial.startedAt)
      : undefined;
  text.appendMarkdown(
    `**Trial ${trial.number}** · ${state}${took === undefined ? '' : ` · ${formatDuration(took)}`}\n\n`,
  );
  const reason = reasonOf(entry.study, trial);
  if (reason) text.appendText(reason).appendMarkdown('\n\n');
  const rows = [
    ...Object.entries(trial.values).map(([name, value]) => [name, formatNumber(value)]),
    ...Object.keys(entry.study.space).map((name) => [name, formatValue(trial.params[name])]),
  ];
  text.appendMarkdown('| | |\n|---|---|\n');
  for (const [name, value] of rows) text.appendMarkdown(`| ${name} | \`${value}\` |\n`);
  const marks = [...(trial.marks?.starred ? ['★ starred'] : []), ...markWords(trial)];
  if (marks.length > 0) text.appendMarkdown('\n').appendText(`${marks.join(' · ')}\n`);
  if (trial.suggestion)
    text.appendMarkdown('\n').appendText(`${trial.suggestion.sampler}: ${trial.suggestion.reason}`);
  return text;
}

export function moreItem({ id, journal, hidden }: NodeOf<'more'>): TreeItem {
  const made = item(id, `${hidden} more in the table`, None);
  made.iconPath = icon('ellipsis');
  made.contextValue = 'more';
  made.command = { command: Command.openResults, title: 'Open Results', arguments: [{ journal }] };
  return made;
}

function words(...parts: readonly (string | false)[]): string {
  return parts.filter(Boolean).join(' ');
}

/** Tooltips are made only when one is to be shown: what lies on the disk is looked up for them. */
export async function resolveTooltip(made: TreeItem, node: TreeNode, entry: StudyEntry): Promise<TreeItem> {
  const trial = node.kind === 'trial' ? entry.study.trials[node.number] : undefined;
  const folder = trialFolder(entry.id, trial?.number ?? 0);
  const bytes = await folderSize(trial ? folder : dirname(folder));
  const text = trial ? trialTooltip(entry, trial, entry.best?.number === trial.number) : studyTooltip(entry);
  if (bytes > 0) text.appendMarkdown(`\n\n${formatBytes(bytes)} of logs, checkpoints and other files`);
  made.tooltip = text;
  return made;
}
