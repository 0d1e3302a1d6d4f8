/**
 * Turns a foreign study into the beginning of one of ours: its trials mapped onto the space of an annotated config.
 * What does not fit is left out, and said. Trial 0 stays what it is everywhere: the file's own values.
 */
import type { AnnotatedConfig } from '../annotation/annotated-config.js';
import { type Json, jsonEqual } from '../json.js';
import { activeParameters } from '../space/condition.js';
import { brokenConstraint } from '../space/constraint.js';
import { contains } from '../space/encode.js';
import type { Distribution, Params } from '../space/parameter.js';
import type { JournalRecord } from '../study/journal/records.js';
import { statusRecord, studyRecords } from '../study/journal/write.js';
import { shortNames } from '../study/table/table.js';
import type { Objective, Report, StudySettings, Suggestion } from '../study/trial.js';
import { type ForeignStudy, type ForeignTrial, recordsOfTrials } from './foreign-study.js';

export interface ContinueOptions {
  readonly worker: string;
  /** Of the new study. */
  readonly name: string;
  readonly config: AnnotatedConfig;
  readonly configFile: string;
  readonly text: string;
  /** Names there by names here, where they differ by more than their beginning. */
  readonly names: Readonly<Record<string, string>>;
  /** Where it comes from, for the status. */
  readonly source: string;
  /** Time of the import as Optuna writes it. */
  readonly at: string;
}

export interface Continued {
  readonly records: readonly JournalRecord[];
  /** Trials that were taken, the file's own not counted where it is new. */
  readonly taken: number;
  /** Why others were not: a sentence and how many. */
  readonly left: ReadonlyMap<string, number>;
  /** For each trial of the new study its number there; undefined where it is new. */
  readonly origins: readonly (number | undefined)[];
  /** What the reader should know besides. */
  readonly notes: readonly string[];
}

/** A trial for the new study. `origin` is its number there, which `repeatOf` of others speaks of. */
export interface MappedTrial extends ForeignTrial {
  readonly origin?: number;
}

/** The records of the new study, or why there is none, in a sentence. */
export function continueForeign(foreign: ForeignStudy, options: ContinueOptions): Continued | string {
  const { config, worker } = options;
  const order = matchObjectives(foreign.objectives, config.sweep.objectives);
  if (typeof order === 'string') return order;
  const names = matchNames(foreign, options);
  const missing = Object.keys(options.names).filter((name) => !(name in config.space));
  if (missing.length > 0) return `The config does not tune ${missing.join(', ')}.`;
  const shift = foreign.trials.some(({ reports }) => reports.some(({ step }) => step < 1)) ? 1 : 0;

  const taken: MappedTrial[] = [];
  const left = new Map<string, number>();
  for (const [number, trial] of foreign.trials.entries()) {
    const mapped = mapTrial(trial, number, config, names, order, shift);
    if (typeof mapped === 'string') left.set(mapped, (left.get(mapped) ?? 0) + 1);
    else taken.push({ ...mapped, origin: number });
  }
  const { name, configFile, text, source, at } = options;
  const { sampler, pruner, seed = 0, stop, workers, objectives, repeats, race } = config.sweep;
  const { constraints, outcomeConstraints } = config.sweep;
  const settings: StudySettings = {
    sampler,
    pruner,
    seed,
    stop,
    ...(workers !== undefined && { workers }),
    ...(repeats !== undefined && { repeats }),
    ...(race !== undefined && { race }),
    ...(constraints && { constraints }),
    ...(outcomeConstraints && { outcomeConstraints }),
  };
  const { space, baseline } = config;
  const trials = fileFirst(taken, config);
  return {
    records: [
      ...studyRecords(worker, {
        name,
        objectives,
        space,
        settings,
        config: { file: configFile, text },
        baseline,
      }),
      ...recordsOfTrials(worker, trials, space, foreign.own?.environments),
      statusRecord(worker, { kind: 'stopped', reason: `imported from ${source}` }, at),
    ],
    taken: taken.length,
    left,
    origins: trials.map(({ origin }) => origin),
    notes: shift === 0 ? [] : ['Steps are one higher than there: they count from 1.'],
  };
}

/** For each objective here its position there. */
function matchObjectives(
  theirs: readonly Objective[],
  ours: readonly Objective[],
): readonly number[] | string {
  const order: number[] = [];
  for (const [index, { metric, direction }] of ours.entries()) {
    const named = theirs.findIndex((objective) => objective.metric === metric);
    // A study without names has its values in order.
    const at = named >= 0 ? named : theirs.length === ours.length ? index : -1;
    const match = theirs[at];
    if (!match) {
      return `The config optimises ${metric}, which the study does not have; it has ${theirs.map((one) => one.metric).join(', ')}.`;
    }
    if (match.direction !== direction) {
      return `The config says ${direction} for ${metric}, the study says ${match.direction}. Set goal: ${match.direction}.`;
    }
    order.push(at);
  }
  return order;
}

/** Names there by names here: said by the caller, the same, or the same ending. */
function matchNames(foreign: ForeignStudy, { config, names }: ContinueOptions): ReadonlyMap<string, string> {
  const theirs = new Set([
    ...Object.keys(foreign.space),
    ...foreign.trials.flatMap(({ params }) => Object.keys(params)),
  ]);
  const here = Object.keys(config.space);
  const endings = shortNames(here);
  const last = (name: string): string => name.split(/[./]/).at(-1) ?? name;
  return new Map(
    here.map((name) => {
      const candidates = [names[name], name, endings.get(name), last(name)];
      return [name, candidates.find((one) => one !== undefined && theirs.has(one)) ?? name];
    }),
  );
}

function mapTrial(
  trial: ForeignTrial,
  number: number,
  { space, baseline, sweep }: AnnotatedConfig,
  names: ReadonlyMap<string, string>,
  order: readonly number[],
  shift: number,
): ForeignTrial | string {
  if (trial.state === 'running') return 'had not ended there';
  const said: Record<string, Json> = {};
  for (const [name, parameter] of Object.entries(space)) {
    const value = trial.params[names.get(name) ?? name];
    const fitted = value === undefined ? undefined : fit(parameter, value);
    if (fitted !== undefined) said[name] = fitted;
    else if (value !== undefined)
      return `${name} is ${JSON.stringify(value)} or another value that the config does not allow`;
  }
  const active = activeParameters(space, { ...baseline, ...said });
  const silent = active.find((name) => !(name in said));
  if (silent !== undefined) return `nothing is said of ${silent}`;
  const params: Params = Object.fromEntries(active.map((name) => [name, said[name] as Json]));
  const broken = brokenConstraint(sweep.constraints ?? [], params);
  if (broken) return `it breaks the constraint \`${broken.text}\``;
  const metric = sweep.objectives[0]?.metric ?? 'value';
  const objectives = trial.objectives && order.map((at) => trial.objectives?.[at] ?? Number.NaN);
  if (trial.state === 'complete' && !objectives?.every(Number.isFinite))
    return 'its result is not a finite number';
  const named = Object.fromEntries(sweep.objectives.map((one, i) => [one.metric, objectives?.[i]]));
  const reports = trial.reports.map(
    ({ step, value, metrics }): Report => ({
      step: step + shift,
      value,
      metrics: { [metric]: value, ...Object.fromEntries(Object.entries(metrics).slice(1)) },
    }),
  );
  return {
    ...trial,
    params,
    ...(objectives && { objectives }),
    values: { ...trial.values, ...(objectives ? (named as Record<string, number>) : {}) },
    reports,
    attributes: { ...trial.attributes, 'imported-number': number },
    suggestion: {
      sampler: 'imported',
      reason: trial.suggestion?.reason ?? 'brought from elsewhere',
      seen: 0,
      ...repeated(trial.suggestion),
    },
  };
}

/** The value as the parameter knows it: a list may come as its text, a whole number as a real one. */
function fit(parameter: Distribution, value: Json): Json | undefined {
  if (contains(parameter, value)) return value;
  if (parameter.type === 'float' || parameter.type === 'int' || parameter.type === 'bool') {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
    if (parameter.type === 'bool')
      return /^(true|false)$/i.test(String(value)) ? /^true$/i.test(String(value)) : undefined;
    return contains(parameter, number) ? number : undefined;
  }
  return parameter.choices.find((choice) =>
    typeof choice === 'string'
      ? choice === value
      : JSON.stringify(choice) === value || String(choice) === value,
  );
}

/** What a suggestion says of being a repeat, and nothing where it is none. */
export const repeated = (suggestion: ForeignTrial['suggestion']): Pick<Suggestion, 'repeatOf'> =>
  suggestion?.repeatOf === undefined ? {} : { repeatOf: suggestion.repeatOf };

/** Repeats name their first run by its number here; where that was left behind they are points of their own. */
function withOwnNumbers(trials: readonly MappedTrial[]): readonly MappedTrial[] {
  const numbers = new Map(trials.map(({ origin }, number) => [origin, number]));
  return trials.map((trial) => {
    if (trial.suggestion?.repeatOf === undefined) return trial;
    const { repeatOf, ...suggestion } = trial.suggestion;
    const first = numbers.get(repeatOf);
    return { ...trial, suggestion: first === undefined ? suggestion : { ...suggestion, repeatOf: first } };
  });
}

/** The file's own values come first: an imported trial that has them, else one that waits for its turn. */
export function fileFirst(
  trials: readonly MappedTrial[],
  { space, baseline }: AnnotatedConfig,
): readonly MappedTrial[] {
  const active = activeParameters(space, baseline);
  const own = Object.fromEntries(active.map((name) => [name, baseline[name] ?? null]));
  const at = trials.findIndex(({ params, state }) => state === 'complete' && jsonEqual(params, own));
  const suggestion = { sampler: 'file', reason: 'the values in the file', seen: 0 };
  const first: MappedTrial = trials[at] ?? {
    state: 'waiting',
    params: own,
    values: {},
    reports: [],
    attributes: {},
    suggestion,
  };
  return withOwnNumbers([{ ...first, suggestion }, ...trials.filter((_, index) => index !== at)]);
}
