/**
 * A study as an Optuna journal that Optuna loads and goes on with, and that optuna-dashboard and its VS Code extension
 * show rightly. What Optuna has no word for lies in system attributes under `sweetspot:`, so that nothing is lost on the
 * way back. A trial that has not ended waits there, with its values fixed.
 */
import type { Json } from '../json.js';
import { prunerText } from '../pruners/names.js';
import { expressionViolation } from '../space/expression.js';
import { distributionJson, internalValue, optunaValue } from '../study/journal/distribution-json.js';
import { printJson } from '../study/journal/line.js';
import { Attr, DirectionCode, FIXED_PARAMS, METRIC_NAMES, Op, StateCode } from '../study/journal/records.js';
import { isFinished } from '../study/journal/reduce.js';
import type { Marks, Objective, Study, Trial } from '../study/trial.js';
import { CONSTRAINTS, ENVIRONMENT_OF_TRIAL, OUTCOME } from './optuna-study.js';

const worker_id = 'export';
/** Optuna insists on times of a finished trial. */
const UNKNOWN = '1970-01-01T00:00:00.000000+00:00';

/** @param name of the study there; its own unless said */
export function optunaJournal(study: Study, name = study.name): string {
  const systemAttr = (key: string, value: unknown): object => ({
    op_code: Op.setStudySystemAttr,
    worker_id,
    study_id: 0,
    system_attr: { [key]: value },
  });
  const lines: object[] = [
    {
      op_code: Op.createStudy,
      worker_id,
      study_name: name,
      directions: study.objectives.map(({ direction }) => DirectionCode[direction]),
    },
    ...Object.entries(shownOfStudy(study)).map(([key, value]) => ({
      op_code: Op.setStudyUserAttr,
      worker_id,
      study_id: 0,
      user_attr: { [key]: value },
    })),
    systemAttr(Attr.space, study.space),
    systemAttr(Attr.settings, study.settings),
    systemAttr(Attr.config, study.config),
    systemAttr(Attr.baseline, study.baseline),
    ...(study.environments.length > 0 ? [systemAttr(Attr.environment, study.environments)] : []),
    ...(study.marks ? [systemAttr(Attr.marks, study.marks)] : []),
    ...study.trials.flatMap((trial) => trialLines(study, trial)),
    ...noteAttributes('', study.marks).map(([key, value]) => systemAttr(key, value)),
    ...study.trials.flatMap(({ number, marks }) =>
      noteAttributes(`${number}:`, marks).map(([key, value]) => systemAttr(key, value)),
    ),
    // The last of them: the extension forgets the names at any other.
    systemAttr(
      METRIC_NAMES,
      study.objectives.map(({ metric }) => metric),
    ),
  ];
  return lines.map((line) => `${printJson(line)}\n`).join('');
}

/** What the dashboard shows beside the charts of a study. */
function shownOfStudy({ settings, config, marks }: Study): Record<string, Json> {
  const { sampler, pruner, seed } = settings;
  return {
    ...(config.file !== '' && { config: config.file.split(/[/\\]/).at(-1) ?? '' }),
    ...(sampler !== '' && { sampler, pruner: prunerText(pruner), seed }),
    ...shownMarks(marks),
  };
}

const shownMarks = (marks: Marks | undefined): Record<string, Json> => ({
  ...(marks?.starred && { starred: 'yes' }),
  ...(marks?.tags && { tags: marks.tags.join(', ') }),
  ...(marks?.excluded !== undefined && { excluded: marks.excluded }),
});

/** A note as optuna-dashboard keeps it: in pieces that every database takes. `of`: the trial and a colon, if any. */
function noteAttributes(of: string, marks: Marks | undefined): readonly (readonly [string, Json])[] {
  const pieces = marks?.note?.match(/[\s\S]{1,2045}/g);
  if (!pieces) return [];
  return [
    [`dashboard:${of}note_ver`, 1],
    ...pieces.map((piece, index) => [`dashboard:${of}note_str:${index}`, piece] as const),
  ];
}

/**
 * One whole line, or for a trial with reports or constraints its beginning, a line for each of them and its end: the
 * extension sees them in no other form. An excluded trial has failed there: that counts for nothing to every sampler.
 */
function trialLines(study: Study, original: Trial): readonly object[] {
  const excluded = original.marks?.excluded !== undefined && isFinished(original.state);
  const trial: Trial = excluded ? { ...original, state: 'failed' } : original;
  const finished = isFinished(trial.state);
  const start = finished ? (trial.startedAt ?? trial.finishedAt ?? UNKNOWN) : null;
  const end = finished ? { datetime_complete: trial.finishedAt ?? trial.startedAt ?? UNKNOWN } : {};
  const state = finished ? StateCode[trial.state] : StateCode.waiting;
  const told = trial.state !== 'failed' && trial.objectives && !trial.objectives.some(Number.isNaN);
  const values = told ? trial.objectives : undefined;
  const head = { op_code: Op.createTrial, worker_id, study_id: 0, datetime_start: start };
  const rest = {
    ...paramsOf(study, trial),
    user_attrs: shownAttributes(excluded ? [] : study.objectives, trial),
    system_attrs: {
      ...(!finished && { [FIXED_PARAMS]: fixedOf(study, trial) }),
      ...ownAttributes(trial),
      ...(excluded && { [OUTCOME]: { state: original.state, objectives: original.objectives } }),
    },
  };
  const constraints = violations(study, trial);
  if (!finished || (trial.reports.length === 0 && !constraints)) {
    // A key that is null would hide the other from the extension's reader.
    const said = values && (values.length === 1 ? { value: values[0] } : { values });
    return [{ ...head, state, ...said, ...end, ...rest, intermediate_values: {} }];
  }
  const trial_id = trial.number;
  const metric = study.objectives[0]?.metric ?? '';
  return [
    { ...head, state: StateCode.running, ...rest, intermediate_values: {} },
    ...trial.reports.map(({ step, value, metrics: { [metric]: _, ...metrics } }) => ({
      op_code: Op.setTrialIntermediateValue,
      worker_id,
      trial_id,
      step,
      intermediate_value: value,
      ...(Object.keys(metrics).length > 0 && { metrics }),
    })),
    ...(constraints
      ? [{ op_code: Op.setTrialSystemAttr, worker_id, trial_id, system_attr: { [CONSTRAINTS]: constraints } }]
      : []),
    // Begun is said once more: the extension takes it from here, Optuna passes over it.
    {
      op_code: Op.setTrialState,
      worker_id,
      trial_id,
      state,
      values: values ?? null,
      datetime_start: start,
      ...end,
    },
  ];
}

function paramsOf(study: Study, trial: Trial): { readonly distributions: object; readonly params: object } {
  const params = knownParams(study, trial);
  return {
    distributions: Object.fromEntries(
      params.map(({ name, parameter }) => [name, distributionJson(parameter)]),
    ),
    params: Object.fromEntries(
      params.map(({ name, value, parameter }) => [name, internalValue(parameter, value)]),
    ),
  };
}

/**
 * What the dashboard shows of a trial that waits. It has them as `params`, too: Optuna takes those, and the extension
 * draws importances only of parameters that every trial has.
 */
const fixedOf = (study: Study, trial: Trial): object =>
  Object.fromEntries(
    knownParams(study, trial).map(({ name, value, parameter }) => [name, optunaValue(parameter, value)]),
  );

const knownParams = (study: Study, trial: Trial) =>
  Object.entries(trial.params).flatMap(([name, value]) => {
    const parameter = study.space[name];
    return parameter ? [{ name, value, parameter }] : [];
  });

/**
 * Texts and numbers alone: the extension can show nothing else. What people ask for first stands first. `told`: the
 * objectives that are shown as values.
 */
function shownAttributes(told: readonly Objective[], trial: Trial): Record<string, Json> {
  const objectives = new Set(told.map(({ metric }) => metric));
  const metrics = Object.entries(trial.values).filter(([metric]) => !objectives.has(metric));
  const plain = (value: Json): Json =>
    typeof value === 'number' && Number.isFinite(value) ? value : String(value);
  const attributes = Object.entries(trial.attributes).filter(([, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value),
  );
  return {
    ...shownMarks(trial.marks),
    ...Object.fromEntries(metrics.map(([metric, value]) => [metric, plain(value)])),
    ...(trial.reason !== undefined && { reason: trial.reason }),
    ...(trial.suggestion && { sampler: trial.suggestion.sampler, why: trial.suggestion.reason }),
    ...Object.fromEntries(attributes.map(([key, value]) => [key, plain(value)])),
  };
}

function ownAttributes(trial: Trial): Record<string, unknown> {
  return {
    ...(trial.suggestion && { [Attr.suggestion]: trial.suggestion }),
    ...(Object.keys(trial.values).length > 0 && { [Attr.values]: trial.values }),
    ...(trial.reason !== undefined && { [Attr.reason]: trial.reason }),
    ...(Object.keys(trial.attributes).length > 0 && { [Attr.attributes]: trial.attributes }),
    ...(trial.environment !== undefined && { [ENVIRONMENT_OF_TRIAL]: trial.environment }),
    ...(trial.marks && { [Attr.marks]: trial.marks }),
  };
}

/** Where a metric is missing nobody knows by how much; and JSON that pages read has no Infinity. */
const BROKEN = 1;

/**
 * By how much each outcome constraint is broken, in Optuna's words: above 0 the trial is none of the best. Undefined
 * where nothing is asked of results.
 */
function violations({ settings }: Study, trial: Trial): readonly number[] | undefined {
  const { outcomeConstraints = [] } = settings;
  if ((trial.state !== 'complete' && trial.state !== 'pruned') || outcomeConstraints.length === 0) {
    return undefined;
  }
  return outcomeConstraints.map(({ expression }) => {
    const violation = expressionViolation(expression, trial.values) ?? BROKEN;
    return Number.isFinite(violation) ? violation : BROKEN;
  });
}
