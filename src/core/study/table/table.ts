/**
 * A study as a table: which columns it has, what a trial shows in each, and how rows compare. Pure data, shared by
 * every table of the page; drawing, windowing and the state of the sort live in webview-ui.
 */
import type { Json } from '../../json.js';
import { lastStepOf, type PackedReports, StoredTrial } from '../packed/stored-trial.js';
import { PackedTrial } from '../packed/trials.js';
import { shownState } from '../pause.js';
import type { Direction, Study, Trial } from '../trial.js';
import type { Sort } from './sorting.js';

type ColumnKind =
  | 'number'
  | 'state'
  | 'objective'
  | 'metric'
  | 'param'
  | 'duration'
  | 'reason'
  | 'curve'
  | 'marks';

export interface Column {
  /** Stable across studies and reloads: `number`, `objective:val_loss`, `param:optimizer.name`, … */
  readonly id: string;
  readonly kind: ColumnKind;
  /** The metric or parameter it shows, else the same as the label. */
  readonly name: string;
  /** Short enough for a header; `name` says the whole. */
  readonly label: string;
  readonly numeric: boolean;
  /** Whether the first click on the header sorts downwards. */
  readonly descendingFirst: boolean;
  /** Only objectives have one. */
  readonly direction?: Direction;
}

const NUMBER: Column = {
  id: 'number',
  kind: 'number',
  name: 'Trial',
  label: '#',
  numeric: true,
  descendingFirst: false,
};
const STATE: Column = {
  id: 'state',
  kind: 'state',
  name: 'State',
  label: 'State',
  numeric: false,
  descendingFirst: false,
};
const DURATION: Column = {
  id: 'duration',
  kind: 'duration',
  name: 'Duration',
  label: 'Duration',
  numeric: true,
  descendingFirst: true,
};
const CURVE: Column = {
  id: 'curve',
  kind: 'curve',
  name: 'Learning curve',
  label: 'Curve',
  numeric: false,
  descendingFirst: false,
};
const MARKS: Column = {
  id: 'marks',
  kind: 'marks',
  name: 'Marks',
  label: 'Marks',
  numeric: false,
  descendingFirst: false,
};
const REASON: Column = {
  id: 'reason',
  kind: 'reason',
  name: 'Reason',
  label: 'Reason',
  numeric: false,
  descendingFirst: false,
};

/**
 * Every column of a study: number, state, marks, objectives, curve, parameters in the file's order, other metrics,
 * duration, reason. Marks and curves only where a trial has some.
 */
export function columnsOf(study: Pick<Study, 'objectives' | 'space' | 'trials'>): readonly Column[] {
  const objectives = study.objectives.map(
    ({ metric, direction }): Column => ({
      id: `objective:${metric}`,
      kind: 'objective',
      name: metric,
      label: metric,
      numeric: true,
      descendingFirst: direction === 'maximize',
      direction,
    }),
  );
  const params = paramNames(study);
  const labels = shortNames(params);
  return [
    NUMBER,
    STATE,
    ...(study.trials.some(isMarked) ? [MARKS] : []),
    ...objectives,
    ...(study.trials.some((trial) => reportCount(trial) > 1) ? [CURVE] : []),
    ...params.map(
      (name): Column => ({
        id: `param:${name}`,
        kind: 'param',
        name,
        label: labels.get(name) ?? name,
        numeric: isNumeric(study, name),
        descendingFirst: false,
      }),
    ),
    // After the parameters: a classification has a dozen, and what was tried matters more.
    ...otherMetrics(study).map(
      (name): Column => ({
        id: `metric:${name}`,
        kind: 'metric',
        name,
        label: name,
        numeric: true,
        descendingFirst: false,
      }),
    ),
    DURATION,
    REASON,
  ];
}

const isMarked = ({ marks }: Trial): boolean => marks !== undefined && marksText(marks) !== '';

/** What people said about a trial, the shortest first: `★ · baseline · see the log · excluded: broken data`. */
export function marksText({ starred, tags = [], note, excluded }: NonNullable<Trial['marks']>): string {
  return [
    ...(starred ? ['★'] : []),
    ...tags,
    ...(note ? [note] : []),
    ...(excluded === undefined ? [] : [excluded === '' ? 'excluded' : `excluded: ${excluded}`]),
  ].join(' · ');
}

/** Metrics that are no objective, by name. */
function otherMetrics(study: Pick<Study, 'objectives' | 'trials'>): readonly string[] {
  const names = new Set<string>();
  // Nearly all trials name the same, and most share the very list.
  const seen = new Set<readonly string[]>();
  const note = (some: readonly string[]): void => {
    if (seen.has(some)) return;
    seen.add(some);
    for (const name of some) names.add(name);
  };
  for (const trial of study.trials) {
    if (trial instanceof PackedTrial) note(trial.valueNames);
    else for (const name in trial.values) names.add(name);
    note(reportedNames(trial));
  }
  for (const { metric } of study.objectives) names.delete(metric);
  return [...names].sort();
}

/** The space's parameters; for a journal without a space, whatever the trials name. */
function paramNames(study: Pick<Study, 'space' | 'trials'>): readonly string[] {
  const names = Object.keys(study.space);
  if (names.length > 0) return names;
  return [...new Set(study.trials.flatMap((trial) => Object.keys(trial.params)))];
}

function isNumeric(study: Pick<Study, 'space' | 'trials'>, name: string): boolean {
  const parameter = study.space[name];
  if (parameter?.type === 'categorical' || parameter?.type === 'ordinal') {
    return parameter.choices.every((choice) => typeof choice === 'number');
  }
  if (parameter) return parameter.type !== 'bool';
  return study.trials.every((trial) => typeof (trial.params[name] ?? 0) === 'number');
}

/** Last parts that say nothing alone: `optimizer.name` stays whole. */
const SAYS_NOTHING = new Set(['name', 'type', 'kind', 'value', 'id', 'size']);

/** The shortest endings of dotted names that still tell them apart: `learningRate` for `optimizer.learningRate`. */
export function shortNames(names: readonly string[]): ReadonlyMap<string, string> {
  const ending = (name: string, parts: number): string => name.split('.').slice(-parts).join('.');
  return new Map(
    names.map((name) => {
      const depth = name.split('.').length;
      for (let parts = SAYS_NOTHING.has(ending(name, 1)) ? 2 : 1; parts < depth; parts++) {
        const short = ending(name, parts);
        if (names.every((other) => other === name || ending(other, parts) !== short)) return [name, short];
      }
      return [name, name];
    }),
  );
}

/** The reports as they lie packed: looking at one number of a long study must not unpack all of it. */
const packedOf = (trial: Trial): PackedReports | undefined =>
  trial instanceof StoredTrial || trial instanceof PackedTrial ? trial.packed : undefined;

/** The last finite number that a trial reported of its first objective. */
export function lastFinite(trial: Trial): number | undefined {
  const packed = packedOf(trial);
  if (!packed) return trial.reports.findLast(({ value }) => Number.isFinite(value))?.value;
  const from = packed.at + (packed.regular ? 0 : packed.count);
  for (let at = from + packed.count - 1; at >= from; at--) {
    const value = packed.block[at] as number;
    if (Number.isFinite(value)) return value;
  }
  return undefined;
}

/** How often a trial reported. */
export const reportCount = (trial: Trial): number =>
  trial instanceof PackedTrial ? trial.reportCount : (packedOf(trial)?.count ?? trial.reports.length);

/** The metrics that a trial reports, by its last report. */
export function reportedNames(trial: Trial): readonly string[] {
  const packed = trial instanceof PackedTrial ? trial.reportNames : packedOf(trial)?.names;
  return packed && packed.length > 0 ? packed : Object.keys(trial.reports.at(-1)?.metrics ?? {});
}

/** The newest value of a metric: of the end result, else as last reported. Non-finite numbers stay. */
export function metricOf(trial: Trial, metric: string): number | undefined {
  const value = trial instanceof PackedTrial ? trial.value(metric) : trial.values[metric];
  if (value !== undefined) return value;
  const packed = packedOf(trial);
  if (!packed) return trial.reports.at(-1)?.metrics[metric];
  const at = packed.names.indexOf(metric);
  return at < 0
    ? undefined
    : packed.block[packed.at + ((packed.regular ? 0 : 1) + at + 1) * packed.count - 1];
}

/** Milliseconds that a trial took, or has taken by `now`; undefined before it starts. */
export function durationOf(trial: Trial, now: number): number | undefined {
  if (trial instanceof PackedTrial) return Number.isNaN(trial.took) ? undefined : Math.max(0, trial.took);
  if (trial.startedAt === undefined) return undefined;
  const end = trial.finishedAt === undefined ? now : Date.parse(trial.finishedAt);
  if (trial.finishedAt === undefined && trial.state !== 'running') return undefined;
  return Math.max(0, end - Date.parse(trial.startedAt));
}

/** What a trial shows in a column; undefined where there is nothing (an inactive parameter, no result yet). */
export function cellOf(trial: Trial, column: Column, now: number): Json | undefined {
  switch (column.kind) {
    case 'number':
      return trial.number;
    case 'state':
      return shownState(trial);
    case 'objective':
    case 'metric':
      return metricOf(trial, column.name);
    case 'param':
      return trial instanceof PackedTrial ? trial.param(column.name) : trial.params[column.name];
    case 'duration':
      return durationOf(trial, now);
    case 'reason':
      return trial.reason;
    case 'marks':
      return (trial.marks && marksText(trial.marks)) || undefined;
    // What it sorts by: how far the trial came.
    case 'curve':
      return reportCount(trial) > 0 ? lastStepOf(trial) : undefined;
  }
}

/** Columns in which every trial shows the same; the number, the state and the objectives always count as different. */
export function constantColumns(trials: readonly Trial[], columns: readonly Column[]): ReadonlySet<string> {
  const [first] = trials;
  const constant = new Set<string>();
  if (!first || trials.length < 2) return constant;
  for (const column of columns) {
    if (column.kind === 'number' || column.kind === 'state' || column.kind === 'objective') continue;
    if (column.kind === 'curve' || column.kind === 'duration') continue;
    const own = keyText(cellOf(first, column, 0));
    if (trials.every((trial) => keyText(cellOf(trial, column, 0)) === own)) constant.add(column.id);
  }
  return constant;
}

const keyText = (cell: Json | undefined): Json | undefined =>
  cell !== null && typeof cell === 'object' ? JSON.stringify(cell) : cell;

export interface TrialGroup {
  /** The value the trials of the group share; undefined: they have none. */
  readonly value: Json | undefined;
  /** In the order given. */
  readonly trials: readonly Trial[];
}

/** The trials by their value of a column. Groups come in the order of their first trial, so the best leads. */
export function groupTrials(trials: readonly Trial[], column: Column): readonly TrialGroup[] {
  const groups = new Map<string, { value: Json | undefined; trials: Trial[] }>();
  for (const trial of trials) {
    const value = cellOf(trial, column, 0);
    const key = value === undefined ? '' : JSON.stringify(value);
    const group = groups.get(key);
    if (group) group.trials.push(trial);
    else groups.set(key, { value, trials: [trial] });
  }
  return [...groups.values()];
}

/** Best first by the first objective. */
export function defaultSort(study: Pick<Study, 'objectives'>): Sort {
  const first = study.objectives[0];
  return first
    ? { column: `objective:${first.metric}`, descending: first.direction === 'maximize' }
    : { column: 'number', descending: false };
}

export interface ParamChange {
  readonly name: string;
  readonly label: string;
  readonly value: Json;
}

/** The parameters in which a trial departs from the file's own values, in the file's order. */
export function changesFromFile(
  trial: Trial,
  baseline: Study['baseline'],
  labels: ReadonlyMap<string, string>,
): readonly ParamChange[] {
  const changes: ParamChange[] = [];
  for (const [name, value] of Object.entries(trial.params)) {
    if (JSON.stringify(baseline[name]) !== JSON.stringify(value)) {
      changes.push({ name, label: labels.get(name) ?? name, value });
    }
  }
  return changes;
}
