/** An Optuna study as its storages hold it, and its translation into our words. Pure; the readers are beside. */
import type { Json, JsonObject } from '../json.js';
import type { Constraint } from '../space/constraint.js';
import type { Distribution, Space } from '../space/parameter.js';
import { externalValue, fixedParams, parseDistribution } from '../study/journal/distribution-json.js';
import { parseJson } from '../study/journal/line.js';
import { Attr, FIXED_PARAMS, METRIC_NAMES } from '../study/journal/records.js';
import { timestamp } from '../study/journal/write.js';
import type {
  Marks,
  Objective,
  RecordedEnvironment,
  Report,
  Study,
  Trial,
  TrialState,
} from '../study/trial.js';
import type { ForeignStudy, ForeignTrial } from './foreign-study.js';

export interface OptunaTrial {
  /** Of the storage: what notes are filed under. */
  readonly id: number;
  state: TrialState;
  /** Internal numbers with the text of their distribution. */
  params: Map<string, { readonly internal: number; readonly distribution: string }>;
  values: readonly number[] | null;
  intermediate: Map<number, number>;
  userAttrs: Record<string, Json>;
  systemAttrs: Record<string, Json>;
  /** ISO 8601. */
  start?: string;
  complete?: string;
}

export interface OptunaStudy {
  readonly name: string;
  readonly directions: readonly ('minimize' | 'maximize')[];
  readonly userAttrs: Readonly<Record<string, Json>>;
  readonly systemAttrs: Readonly<Record<string, Json>>;
  readonly trials: readonly OptunaTrial[];
}

/** Optuna's: what constraints gave, in a list; since Optuna 5 each by itself, with a colon and its name behind. */
export const CONSTRAINTS = 'constraints';
/** Ours: metrics of a step beside the objective, by step, for there is no place for them in Optuna. */
export const REPORTS = 'sweetspot:reports';
/** Ours: { state, objectives? } of an excluded trial, which is a failed one to Optuna. */
export const OUTCOME = 'sweetspot:outcome';
/** Ours: the id of the environment. */
export const ENVIRONMENT_OF_TRIAL = 'sweetspot:environment-id';

/** A wider one that holds what both do; categories are the same wherever Optuna lets them be. */
function union(a: Distribution | undefined, b: Distribution): Distribution {
  const numeric = (d: Distribution) => d.type === 'float' || d.type === 'int';
  if (!a || a.type !== b.type || !numeric(a)) return b;
  const [x, y] = [a, b] as [
    typeof a & { low: number; high: number },
    typeof b & { low: number; high: number },
  ];
  return { ...b, low: Math.min(x.low, y.low), high: Math.max(x.high, y.high) } as Distribution;
}

function spaceOf(trials: readonly OptunaTrial[]): Space {
  const space: Record<string, Distribution> = {};
  for (const { params } of trials) {
    for (const [name, { distribution }] of params) {
      space[name] = union(space[name], parseDistribution(distribution));
    }
  }
  return space;
}

/** System attributes of samplers and storages that say nothing to a reader. */
const PRIVATE =
  /^(sweetspot:|constraints(:|$)|tpe:|NSGA|cma:|qmc:|completed_rung_|fixed_params$|failed_trial$|retry_history$|grid_id$|search_space$)/;

function objectivesOf({ directions, systemAttrs, userAttrs }: OptunaStudy): readonly Objective[] {
  const names = systemAttrs[METRIC_NAMES] ?? userAttrs[METRIC_NAMES];
  return directions.map((direction, index) => ({
    metric: Array.isArray(names) && typeof names[index] === 'string' ? names[index] : `value${index || ''}`,
    direction,
  }));
}

export function foreignOfOptuna(study: OptunaStudy): ForeignStudy {
  const attributes = { ...study.userAttrs, ...study.systemAttrs };
  const objectives = objectivesOf(study);
  const own = attributes[Attr.space] as unknown as Space | undefined;
  const space = own ?? spaceOf(study.trials);
  const constrained = own ? [] : constraintNames(study.trials);
  const trials = study.trials.map((trial, number): ForeignTrial => {
    const note = noteOf(study.systemAttrs, `${trial.id}:`);
    // Where a live journal of ours has them.
    const live = attributes[`${Attr.marks}:${number}`] as Marks | undefined;
    const marks = live ?? (note === undefined ? undefined : { note });
    return { ...(marks && { marks }), ...foreignTrial(trial, space, objectives, constrained) };
  });
  const note = noteOf(study.systemAttrs, '');
  const marks = (attributes[Attr.marks] as Marks | undefined) ?? (note === undefined ? undefined : { note });
  const shared = { name: study.name, objectives, space, trials, ...(marks && { marks }) };
  if (!own) return { ...shared, outcomeConstraints: constrained.map(notAboveZero) };
  const settings = attributes[Attr.settings] as unknown as Study['settings'] | undefined;
  const config = attributes[Attr.config] as unknown as Study['config'] | undefined;
  const baseline = attributes[Attr.baseline] as JsonObject | undefined;
  const environments = attributes[Attr.environment] as unknown as readonly RecordedEnvironment[] | undefined;
  return {
    ...shared,
    own: {
      ...(settings && { settings }),
      ...(config && { config }),
      ...(baseline && { baseline }),
      ...(Array.isArray(environments) && { environments }),
    },
  };
}

/** What a trial's constraints gave, by name: Optuna holds a trial for feasible where all are at most 0. */
function constraintsOf({ systemAttrs }: OptunaTrial): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const [key, value] of Object.entries(systemAttrs)) {
    if (key === CONSTRAINTS && Array.isArray(value)) {
      value.forEach((one, index) => {
        found[`constraint${index}`] = one as number;
      });
    } else if (key.startsWith(`${CONSTRAINTS}:`)) found[key.slice(CONSTRAINTS.length + 1)] = value as number;
  }
  return found;
}

const constraintNames = (trials: readonly OptunaTrial[]): readonly string[] => [
  ...new Set(trials.flatMap((trial) => Object.keys(constraintsOf(trial)))),
];

const notAboveZero = (name: string): Constraint => ({
  text: `${name} <= 0`,
  expression: { relation: '<=', left: { name }, right: { value: 0 } },
});

/** The note on a trial (`of`: its id and a colon) or on the study that optuna-dashboard keeps in pieces. */
function noteOf(attributes: OptunaStudy['systemAttrs'], of: string): string | undefined {
  let note = '';
  for (let piece = 0; ; piece++) {
    const text = attributes[`dashboard:${of}note_str:${piece}`];
    if (typeof text !== 'string') return note === '' ? undefined : note;
    note += text;
  }
}

function foreignTrial(
  trial: OptunaTrial,
  space: Space,
  objectives: readonly Objective[],
  constrained: readonly string[],
): ForeignTrial {
  const { systemAttrs, userAttrs, start, complete } = trial;
  // In a live journal of ours some of them are user attributes.
  const own = { ...userAttrs, ...systemAttrs };
  const outcome = own[OUTCOME] as unknown as Pick<Trial, 'state' | 'objectives'> | undefined;
  const { state } = outcome ?? trial;
  const values = outcome ? outcome.objectives : trial.values;
  const metric = objectives[0]?.metric ?? 'value';
  const params: Record<string, Json> =
    state === 'waiting' ? fixedParams(systemAttrs[FIXED_PARAMS], space) : {};
  for (const [name, { internal, distribution }] of trial.params) {
    params[name] = externalValue(space[name] ?? parseDistribution(distribution), internal);
  }
  const further = (own[REPORTS] ?? {}) as Readonly<Record<string, Readonly<Record<string, number>>>>;
  const reports: Report[] = [...trial.intermediate]
    .sort(([a], [b]) => a - b)
    .map(([step, value]) => ({ step, value, metrics: { [metric]: value, ...further[step] } }));
  const named = Object.fromEntries(
    (values ?? []).map((value, index) => [objectives[index]?.metric ?? metric, value]),
  );
  const broken = constraintsOf(trial);
  // To Optuna a trial of which nothing is said breaks none.
  const violations =
    state === 'complete' ? Object.fromEntries(constrained.map((name) => [name, broken[name] ?? 0])) : broken;
  const suggestion = own[Attr.suggestion] as unknown as ForeignTrial['suggestion'];
  const reason = own[Attr.reason];
  const environment = own[ENVIRONMENT_OF_TRIAL];
  const marks = own[Attr.marks] as Marks | undefined;
  const shown = Object.entries(own).filter(([key]) => !PRIVATE.test(key));
  return {
    state,
    params,
    ...(values && { objectives: values }),
    values: { ...named, ...violations, ...(own[Attr.values] as Record<string, number> | undefined) },
    reports,
    ...(start !== undefined && { startedAt: start }),
    ...(complete !== undefined && { finishedAt: complete }),
    ...(typeof reason === 'string' && { reason }),
    // Of a trial of ours the user attributes say again what our own hold.
    attributes: suggestion
      ? ((own[Attr.attributes] as JsonObject | undefined) ?? {})
      : Object.fromEntries(shown),
    ...(suggestion && { suggestion }),
    ...(typeof environment === 'string' && { environment }),
    ...(marks && { marks }),
  };
}

/**
 * ISO 8601 in UTC as we write it, from what Optuna wrote: with an offset, or naive, which was local time before
 * Optuna 5 and is UTC in its databases since.
 */
export function utc(text: string, naive: 'local' | 'utc'): string {
  const iso = text.trim().replace(' ', 'T');
  const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(iso);
  const at = new Date(zoned || naive === 'local' ? iso : `${iso}Z`);
  return timestamp(at.getTime());
}

/** JSON of an attribute; a text that is none stays what it is. */
export function attribute(text: string): Json {
  try {
    return parseJson(text) as Json;
  } catch {
    return text;
  }
}
