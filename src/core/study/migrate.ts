/**
 * Carries trials over to a space that has changed since: which of them are points of the new one, and why the others
 * are not. A trial ran with a value for everything in its file, tuned or not; it is kept where those are values that
 * the new annotations could have given. Pure.
 */
import type { AnnotatedConfig } from '../annotation/annotated-config.js';
import { allPaths, formatPath, type Path, parsePath, valueAtPath } from '../annotation/paths.js';
import { parseConfig } from '../annotation/yaml.js';
import { type Json, jsonEqual } from '../json.js';
import { activeParameters } from '../space/condition.js';
import { brokenConstraint } from '../space/constraint.js';
import { choicesOf, contains } from '../space/encode.js';
import type { Distribution, Params } from '../space/parameter.js';
import { canonicalPoint } from '../space/point.js';
import type { Objective, Report, Study, Trial } from './trial.js';

/** A trial in terms of the new space and objectives. */
export interface MigratedTrial {
  readonly from: Trial;
  readonly params: Params;
  readonly objectives?: readonly number[];
  readonly reports: readonly Report[];
}

export interface Migration {
  readonly kept: readonly MigratedTrial[];
  /** Trials that do not map, by their numbers in the old study, each reason with whom it concerns. */
  readonly dropped: ReadonlyMap<string, readonly number[]>;
  /** Paths of untuned values of the file that are others now: results of both are not quite of one kind. */
  readonly changed: readonly string[];
}

type Wanted = Pick<AnnotatedConfig, 'space' | 'baseline' | 'tuned' | 'data' | 'sweep'>;

/** What the file said when the old study began. */
interface OldFile {
  readonly data: Json;
  /** Paths of what was tuned by their names. */
  readonly paths: ReadonlyMap<string, Path>;
}

export function migrate(study: Study, wanted: Wanted): Migration {
  const old = oldFile(study);
  const kept: MigratedTrial[] = [];
  const dropped = new Map<string, number[]>();
  for (const trial of study.trials) {
    const mapped = migrateTrial(trial, study, old, wanted);
    if (typeof mapped !== 'string') {
      kept.push(mapped);
      continue;
    }
    const numbers = dropped.get(mapped);
    if (numbers) numbers.push(trial.number);
    else dropped.set(mapped, [trial.number]);
  }
  return { kept, dropped, changed: changedPaths(study, old, wanted) };
}

/** Paths of untuned values that are not what they were when the study began. */
export const changedValues = (study: Study, wanted: Wanted): readonly string[] =>
  changedPaths(study, oldFile(study), wanted);

function oldFile({ config, space }: Study): OldFile {
  const { tuned, config: parsed } = parseConfig(config.text);
  return {
    data: parsed?.data ?? null,
    // In a study without its file every parameter is named by its path.
    paths: new Map([
      ...Object.keys(space).map((name) => [name, parsePath(name)] as const),
      ...tuned.map(({ name, path }) => [name, parsePath(path)] as const),
    ]),
  };
}

/** Everything tuned, now or then, at its path with the value that the trial ran with. */
function valuesOf(trial: Trial, study: Study, old: OldFile): (path: Path) => Json | undefined {
  const tuned = new Map(
    [...old.paths].map(([name, path]) => [
      formatPath(path),
      // An inactive parameter kept the file's value.
      name in trial.params ? trial.params[name] : study.baseline[name],
    ]),
  );
  return (path) => {
    const ran = tuned.get(formatPath(path));
    // `null` is a value like any other.
    return ran === undefined ? valueAtPath(old.data, path) : ran;
  };
}

function migrateTrial(
  trial: Trial,
  study: Study,
  old: OldFile,
  { space, baseline, tuned, data, sweep }: Wanted,
): MigratedTrial | string {
  if (trial.state === 'running' || trial.state === 'waiting') return 'had not ended';
  const ran = valuesOf(trial, study, old);
  const values: Record<string, Json> = {};
  for (const { name, path } of tuned) {
    const value = ran(parsePath(path));
    // A value that the file did not have then is taken to have been what it is now.
    values[name] = value === undefined ? (baseline[name] as Json) : value;
  }
  const active = activeParameters(space, values);
  for (const name of active) {
    const parameter = space[name] as Distribution;
    const value = values[name] as Json;
    if (!contains(parameter, value)) return `\`${name}\` ${outside(parameter, value)}`;
  }
  const now = new Set(tuned.map(({ path }) => formatPath(parsePath(path))));
  for (const [name, value] of Object.entries(trial.params)) {
    const path = old.paths.get(name) as Path;
    if (now.has(formatPath(path))) continue;
    const fixed = valueAtPath(data, path);
    if (fixed === undefined) return `\`${name}\` is no longer in the file`;
    if (!jsonEqual(fixed, value))
      return `\`${name}\` is no longer tuned, and the trial did not run with ${show(fixed)}`;
  }
  const params = canonicalPoint(space, values);
  const broken = brokenConstraint(sweep.constraints ?? [], params);
  if (broken) return `breaks the constraint \`${broken.text}\``;
  return withObjectives(trial, params, sweep.objectives, study.objectives);
}

function outside(parameter: Distribution, value: Json): string {
  switch (parameter.type) {
    case 'float':
    case 'int':
      if (typeof value !== 'number') return `was ${show(value)}, which is no number`;
      if (value < parameter.low) return `lies below ${parameter.low}`;
      if (value > parameter.high) return `lies above ${parameter.high}`;
      return parameter.step === undefined
        ? 'is not a whole number'
        : `is no step of ${parameter.step} from ${parameter.low}`;
    case 'categorical':
    case 'ordinal':
    case 'bool': {
      const choices = choicesOf(parameter).map(show).join(', ');
      // Numbers of a range are all different: one sentence for all of them.
      return typeof value === 'number'
        ? `is none of ${choices}`
        : `was ${show(value)}, which is not among ${choices}`;
    }
    default:
      return parameter satisfies never;
  }
}

const show = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

function withObjectives(
  trial: Trial,
  params: Params,
  objectives: readonly Objective[],
  before: readonly Objective[],
): MigratedTrial | string {
  const metrics = objectives.map(({ metric }) => metric);
  if (metrics.join() === before.map(({ metric }) => metric).join()) {
    const { objectives: results, reports } = trial;
    return { from: trial, params, reports, ...(results && { objectives: results }) };
  }
  const missing = metrics.find((metric) => !Number.isFinite(trial.values[metric]));
  if (trial.state === 'complete' && missing !== undefined) return `did not report ${missing}`;
  const [first = ''] = metrics;
  return {
    from: trial,
    params,
    reports: trial.reports.flatMap(({ step, metrics: all }) => {
      const { [first]: value, ...others } = all;
      return value === undefined ? [] : [{ step, value, metrics: { [first]: value, ...others } }];
    }),
    ...(missing === undefined && { objectives: metrics.map((metric) => trial.values[metric] as number) }),
  };
}

/** Leaves of the file, tuned neither then nor now, that have another value. */
function changedPaths({ config }: Study, old: OldFile, { data, tuned }: Wanted): readonly string[] {
  if (config.text === '') return [];
  const tunedPaths = new Set([...tuned.map(({ path }) => path), ...[...old.paths.values()].map(formatPath)]);
  const isUnder = (path: string): boolean =>
    [...tunedPaths].some((one) => one === path || path.startsWith(`${one}.`) || one.startsWith(`${path}.`));
  const paths = new Set([...allPaths(data), ...allPaths(old.data)].map(formatPath));
  return [...paths].filter((text) => {
    if (isUnder(text)) return false;
    const path = parsePath(text);
    const [before, now] = [valueAtPath(old.data, path), valueAtPath(data, path)];
    const isLeaf = (value: Json | undefined): boolean => value === null || typeof value !== 'object';
    return (isLeaf(before) || isLeaf(now)) && !jsonEqual(before, now);
  });
}

/** The first few of names. */
export const firstOf = (names: readonly string[]): string =>
  `${names.slice(0, 5).join(', ')}${names.length > 5 ? ' …' : ''}`;

/** What became of the trials, in sentences for whoever changed the file. `name` is the old study's. */
export function migrationNotes(name: string, { kept, dropped, changed }: Migration): readonly string[] {
  const notes = [...dropped].map(([reason, numbers]) => {
    const which = numbers.length === 1 ? `Trial ${numbers[0]} is` : `Trials ${shortList(numbers)} are`;
    return `${which} left behind in "${name}": ${reason}.`;
  });
  if (kept.length > 0 && changed.length > 0) {
    notes.push(
      `Other values of the file have changed since, too, which the trials taken over did not run with: ${firstOf(changed)}.`,
    );
  }
  return notes;
}

/** Beyond so many ranges nobody reads on. */
const MOST_RANGES = 50;

/** Neighbours as a range: `1–3, 7, 9–11`. */
function shortList(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  const named = ranges
    .slice(0, MOST_RANGES)
    .map(([from, to]) => (from === to ? `${from}` : `${from}${to - from === 1 ? ', ' : '–'}${to}`));
  return `${named.join(', ')}${ranges.length > MOST_RANGES ? ` … (${numbers.length})` : ''}`;
}
