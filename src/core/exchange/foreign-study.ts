/**
 * A study that another program wrote, in our words: what every reader of foreign files gives, and what viewing and
 * continuing start from. Pure.
 */
import type { Json } from '../json.js';
import type { Constraint } from '../space/constraint.js';
import type { Space } from '../space/parameter.js';
import { distributionJson, internalValue } from '../study/journal/distribution-json.js';
import { Attr, type JournalRecord, Op, StateCode } from '../study/journal/records.js';
import { isFinished, StudyReducer } from '../study/journal/reduce.js';
import type { NewStudy } from '../study/journal/write.js';
import { environmentRecord, marksRecord, statusRecord, studyRecords } from '../study/journal/write.js';
import { plainTrial } from '../study/packed/trials.js';
import type { Marks, Objective, RecordedEnvironment, Study, StudyStatus, Trial } from '../study/trial.js';

/** A trial without a place: its number is where it stands in the list. */
export type ForeignTrial = Omit<Trial, 'id' | 'number'>;

export interface ForeignStudy {
  readonly name: string;
  readonly objectives: readonly Objective[];
  /** As far as the file tells: conditions are not known to others. */
  readonly space: Space;
  readonly trials: readonly ForeignTrial[];
  /** Of the study itself. */
  readonly marks?: Marks;
  /** What is asked of results; where `own` has settings, they say it. */
  readonly outcomeConstraints?: readonly Constraint[];
  /** What an exported study of ours has besides. */
  readonly own?: Partial<Pick<NewStudy, 'settings' | 'config' | 'baseline'>> & {
    readonly environments?: readonly RecordedEnvironment[];
  };
}

const WORKER = 'import';

/** A study of ours in the same words. */
export function foreignOfStudy(study: Study): ForeignStudy {
  const { name, objectives, space, settings, config, baseline, environments } = study;
  const trials = study.trials.map((trial): ForeignTrial => {
    const { id: _, number: __, ...rest } = plainTrial(trial);
    return rest;
  });
  const marks = study.marks && { marks: study.marks };
  return { name, objectives, space, trials, ...marks, own: { settings, config, baseline, environments } };
}

/** The records of one trial; `trial` is its number. Values outside of the space are left out. */
function trialRecords(
  worker: string,
  trial: number,
  foreign: ForeignTrial,
  space: Space,
): readonly JournalRecord[] {
  const known = Object.entries(foreign.params).flatMap(([name, value]) => {
    const parameter = space[name];
    const internal = parameter && internalValue(parameter, value);
    return parameter && internal !== undefined && internal !== -1
      ? [[name, internal, distributionJson(parameter)] as const]
      : [];
  });
  const { state, startedAt, finishedAt, reason, suggestion, values, attributes } = foreign;
  const userAttributes: Record<string, Json> = {
    ...(Object.keys(attributes).length > 0 && { [Attr.attributes]: attributes }),
    ...(Object.keys(values).length > 0 && { [Attr.values]: values }),
    ...(reason !== undefined && { [Attr.reason]: reason }),
  };
  const records: JournalRecord[] = [
    {
      op_code: Op.createTrial,
      worker_id: worker,
      study_id: 0,
      datetime_start: startedAt ?? null,
      state: state === 'waiting' ? StateCode.waiting : StateCode.running,
      distributions: Object.fromEntries(known.map(([name, , text]) => [name, text])),
      params: Object.fromEntries(known.map(([name, internal]) => [name, internal])),
      user_attrs: userAttributes,
      system_attrs: suggestion ? { [Attr.suggestion]: suggestion } : {},
      intermediate_values: {},
    },
  ];
  for (const { step, value, metrics } of foreign.reports) {
    const others = Object.fromEntries(Object.entries(metrics).slice(1));
    records.push({
      op_code: Op.setTrialIntermediateValue,
      worker_id: worker,
      trial_id: trial,
      step,
      intermediate_value: value,
      ...(Object.keys(others).length > 0 && { metrics: others }),
    });
  }
  if (isFinished(state)) {
    records.push({
      op_code: Op.setTrialState,
      worker_id: worker,
      trial_id: trial,
      state: StateCode[state],
      values: foreign.objectives ?? null,
      ...(finishedAt !== undefined && { datetime_complete: finishedAt }),
    });
  }
  if (foreign.marks) records.push(marksRecord(worker, trial, foreign.marks));
  return records;
}

/** The records of all trials, each in the environment that it ran in. */
export function recordsOfTrials(
  worker: string,
  trials: readonly ForeignTrial[],
  space: Space,
  environments: readonly RecordedEnvironment[] = [],
): readonly JournalRecord[] {
  let present: string | undefined;
  return trials.flatMap((trial, number) => {
    const environment =
      trial.environment === present ? undefined : environments.find(({ id }) => id === trial.environment);
    if (environment) present = environment.id;
    return [
      ...(environment ? [environmentRecord(worker, environment)] : []),
      ...trialRecords(worker, number, trial, space),
    ];
  });
}

/** The journal of ours that shows a foreign study. What is still running elsewhere is shown as running. */
export function recordsOfForeign(foreign: ForeignStudy): readonly JournalRecord[] {
  const { name, objectives, space, own, marks, outcomeConstraints = [] } = foreign;
  const asked = outcomeConstraints.length > 0 && { outcomeConstraints };
  const {
    settings = { sampler: '', pruner: '', seed: 0, stop: {}, ...asked },
    config = { file: '', text: '' },
  } = own ?? {};
  const status: StudyStatus = { kind: 'stopped', reason: 'opened from a file of another program' };
  return [
    ...studyRecords(WORKER, { name, objectives, space, settings, config, baseline: own?.baseline ?? {} }),
    statusRecord(WORKER, status, new Date(0).toISOString()),
    ...(marks ? [marksRecord(WORKER, 'study', marks)] : []),
    ...recordsOfTrials(WORKER, foreign.trials, space, own?.environments),
  ];
}

/** A foreign study as every view shows it. */
export function viewForeign(foreign: ForeignStudy): StudyReducer {
  const reducer = new StudyReducer();
  for (const record of recordsOfForeign(foreign)) reducer.apply(record);
  return reducer;
}
