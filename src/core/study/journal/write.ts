/**
 * The records of everything that happens to a study: the writing counterpart of reduce.ts. Pure: `at` is the time of
 * the event as Optuna writes it (see `timestamp`), `worker` names who writes.
 */
import type { Json, JsonObject } from '../../json.js';
import type { Parameter, Space } from '../../space/parameter.js';
import type {
  EarlierTrial,
  Marks,
  RecordedEnvironment,
  Study,
  StudySettings,
  StudyStatus,
  Suggestion,
} from '../trial.js';
import { distributionJson, internalValue } from './distribution-json.js';
import { Attr, DirectionCode, type JournalRecord, METRIC_NAMES, Op, StateCode } from './records.js';

/** The format that `sweetspot:format` states. Raised when an older reader would misunderstand. */
const FORMAT_VERSION = 1;

/** UTC with six fractional digits and an offset: what every Python that Optuna supports can read. */
export const timestamp = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace('Z', '000+00:00');

/** Data only: `undefined` has no place in a journal. */
const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

const studyAttr = (worker: string, key: string, value: unknown): JournalRecord => ({
  op_code: Op.setStudyUserAttr,
  worker_id: worker,
  study_id: 0,
  user_attr: { [key]: asJson(value) },
});

export type NewStudy = Pick<Study, 'name' | 'objectives' | 'space' | 'settings' | 'config' | 'baseline'>;

export function studyRecords(worker: string, study: NewStudy): readonly JournalRecord[] {
  return [
    {
      op_code: Op.createStudy,
      worker_id: worker,
      study_name: study.name,
      directions: study.objectives.map(({ direction }) => DirectionCode[direction]),
    },
    {
      op_code: Op.setStudySystemAttr,
      worker_id: worker,
      study_id: 0,
      system_attr: { [METRIC_NAMES]: study.objectives.map(({ metric }) => metric) },
    },
    studyAttr(worker, Attr.format, { version: FORMAT_VERSION }),
    studyAttr(worker, Attr.space, study.space),
    studyAttr(worker, Attr.settings, study.settings),
    studyAttr(worker, Attr.config, study.config),
    studyAttr(worker, Attr.baseline, study.baseline),
  ];
}

export const settingsRecord = (worker: string, settings: StudySettings): JournalRecord =>
  studyAttr(worker, Attr.settings, settings);

/** What samplers may learn from besides the study's own trials. */
export const earlierRecord = (worker: string, earlier: readonly EarlierTrial[]): JournalRecord =>
  studyAttr(worker, Attr.earlier, earlier);

/** The trials started from here on run in this environment. */
export const environmentRecord = (worker: string, environment: RecordedEnvironment): JournalRecord =>
  studyAttr(worker, Attr.environment, environment);

export const statusRecord = (worker: string, status: StudyStatus, at: string): JournalRecord =>
  studyAttr(worker, Attr.status, { ...status, at });

/** The marks of a trial, or of the study: all of them. */
export const marksRecord = (worker: string, trial: number | 'study', marks: Marks): JournalRecord =>
  studyAttr(worker, trial === 'study' ? Attr.marks : `${Attr.marks}:${trial}`, marks);

export const trialAttribute = (worker: string, trial: number, key: string, value: Json): JournalRecord => ({
  op_code: Op.setTrialUserAttr,
  worker_id: worker,
  trial_id: trial,
  user_attr: { [key]: value },
});

/**
 * A new running trial, which gets the next number. `seen` is the number of records that the sampler had before it. One
 * line, so that a crash leaves either the whole trial or nothing of it.
 */
export function askRecords(
  worker: string,
  space: Space,
  suggestion: Suggestion,
  seen: number,
  at: string,
): readonly JournalRecord[] {
  const { params, ...reason } = suggestion;
  const internal: Record<string, number> = {};
  const distributions: Record<string, string> = {};
  for (const name of Object.keys(params)) {
    const parameter = space[name];
    if (!parameter) throw new Error(`The suggestion has "${name}", which the space does not.`);
    internal[name] = internalValue(parameter, params[name] as Json);
    distributions[name] = distributionText(parameter);
  }
  return [
    {
      op_code: Op.createTrial,
      worker_id: worker,
      study_id: 0,
      datetime_start: at,
      state: StateCode.running,
      distributions,
      params: internal,
      user_attrs: {},
      system_attrs: { [Attr.suggestion]: { ...reason, seen } },
      intermediate_values: {},
    },
  ];
}

/** The text of `distribution`, which every trial repeats. */
const texts = new WeakMap<Parameter, string>();

function distributionText(parameter: Parameter): string {
  let text = texts.get(parameter);
  if (text === undefined) {
    text = distributionJson(parameter);
    texts.set(parameter, text);
  }
  return text;
}

/** A waiting trial begins, again or for the first time. */
export function claimRecords(worker: string, trial: number, at: string): readonly JournalRecord[] {
  return [
    // Not null, at which the reader of Optuna's VS Code extension gives up the whole file.
    trialAttribute(worker, trial, Attr.reason, ''),
    {
      op_code: Op.setTrialState,
      worker_id: worker,
      trial_id: trial,
      state: StateCode.running,
      values: null,
      datetime_start: at,
    },
  ];
}

/** A running trial goes back to wait: it was interrupted, and will run again from its first step. */
export function requeueRecords(worker: string, trial: number, reason: string): readonly JournalRecord[] {
  return [
    trialAttribute(worker, trial, Attr.reason, reason),
    { op_code: Op.setTrialState, worker_id: worker, trial_id: trial, state: StateCode.waiting, values: null },
  ];
}

export const attributesRecord = (worker: string, trial: number, attributes: JsonObject): JournalRecord =>
  trialAttribute(worker, trial, Attr.attributes, attributes);

/** `metric` is the first objective's; it must be among the metrics. Steps count from 1. */
export function reportRecord(
  worker: string,
  trial: number,
  step: number,
  metrics: Readonly<Record<string, number>>,
  metric: string,
): JournalRecord {
  const { [metric]: value = Number.NaN, ...others } = metrics;
  return {
    op_code: Op.setTrialIntermediateValue,
    worker_id: worker,
    trial_id: trial,
    step,
    intermediate_value: value,
    ...(Object.keys(others).length > 0 ? { metrics: others } : {}),
  };
}

export interface Outcome {
  readonly state: 'complete' | 'pruned' | 'failed';
  /** One per objective; absent for a failed trial. */
  readonly objectives?: readonly number[];
  /** Every metric, those of the objectives included: written only where there are others. */
  readonly values: Readonly<Record<string, number>>;
  readonly reason?: string;
}

export function tellRecords(
  worker: string,
  trial: number,
  outcome: Outcome,
  at: string,
): readonly JournalRecord[] {
  const { state, values, reason } = outcome;
  // Optuna has no NaN among the values of a trial, and its dashboard shows nothing of a study that has.
  const objectives = outcome.objectives?.some(Number.isNaN) ? undefined : outcome.objectives;
  return [
    ...(Object.keys(values).length > (objectives?.length ?? 0)
      ? [trialAttribute(worker, trial, Attr.values, values)]
      : []),
    ...(reason === undefined ? [] : [trialAttribute(worker, trial, Attr.reason, reason)]),
    {
      op_code: Op.setTrialState,
      worker_id: worker,
      trial_id: trial,
      state: StateCode[state],
      values: objectives ?? null,
      datetime_complete: at,
    },
  ];
}
