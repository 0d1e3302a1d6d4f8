/**
 * A study as an Optuna journal that Optuna loads and goes on with, and that optuna-dashboard shows rightly: one line for
 * the study and one whole line for each trial. What Optuna has no word for lies in system attributes under `sweetspot:`,
 * so that nothing is lost on the way back. A trial that has not ended waits there, with its values fixed.
 */
import type { Json } from '../json.js';
import { distributionJson, internalValue, optunaValue } from '../study/distribution-json.js';
import { printJson } from '../study/journal-line.js';
import { Attr, DirectionCode, METRIC_NAMES, Op, StateCode } from '../study/records.js';
import { isFinished } from '../study/reduce.js';
import type { Study, Trial } from '../study/trial.js';
import { ENVIRONMENT_OF_TRIAL, REPORTS } from './optuna-study.js';

const WORKER = 'export';
/** Optuna insists on times of a finished trial. */
const UNKNOWN = '1970-01-01T00:00:00.000000+00:00';

/** @param name of the study there; its own unless said */
export function optunaJournal(study: Study, name = study.name): string {
  const systemAttr = (key: string, value: unknown): object => ({
    op_code: Op.setStudySystemAttr,
    worker_id: WORKER,
    study_id: 0,
    system_attr: { [key]: value },
  });
  const lines: object[] = [
    {
      op_code: Op.createStudy,
      worker_id: WORKER,
      study_name: name,
      directions: study.objectives.map(({ direction }) => DirectionCode[direction]),
    },
    systemAttr(
      METRIC_NAMES,
      study.objectives.map(({ metric }) => metric),
    ),
    systemAttr(Attr.space, study.space),
    systemAttr(Attr.settings, study.settings),
    systemAttr(Attr.config, study.config),
    systemAttr(Attr.baseline, study.baseline),
    ...(study.environments.length > 0 ? [systemAttr(Attr.environment, study.environments)] : []),
    ...study.trials.map((trial) => trialLine(study, trial)),
    ...study.trials.flatMap(({ number, marks }) =>
      noteAttributes(number, marks?.note ?? '').map(([key, value]) => systemAttr(key, value)),
    ),
  ];
  return lines.map((line) => `${printJson(line)}\n`).join('');
}

/** A note as optuna-dashboard keeps it: in pieces that every database takes. */
function noteAttributes(trial: number, note: string): readonly (readonly [string, Json])[] {
  if (note === '') return [];
  const pieces = note.match(/[\s\S]{1,2045}/g) ?? [];
  return [
    [`dashboard:${trial}:note_ver`, 1],
    ...pieces.map((piece, index) => [`dashboard:${trial}:note_str:${index}`, piece] as const),
  ];
}

function trialLine(study: Study, trial: Trial): object {
  const finished = isFinished(trial.state);
  const params = Object.entries(trial.params).flatMap(([name, value]) => {
    const parameter = study.space[name];
    return parameter ? [{ name, value, parameter }] : [];
  });
  // A key that is null would hide the other from the dashboard's reader.
  const values =
    !trial.objectives || trial.state === 'failed'
      ? {}
      : trial.objectives.length === 1
        ? { value: trial.objectives[0] }
        : { values: trial.objectives };
  return {
    op_code: Op.createTrial,
    worker_id: WORKER,
    study_id: 0,
    datetime_start: finished ? (trial.startedAt ?? trial.finishedAt ?? UNKNOWN) : null,
    state: finished ? StateCode[trial.state] : StateCode.waiting,
    ...values,
    ...(finished && { datetime_complete: trial.finishedAt ?? trial.startedAt ?? UNKNOWN }),
    distributions: finished
      ? Object.fromEntries(params.map(({ name, parameter }) => [name, distributionJson(parameter)]))
      : {},
    params: finished
      ? Object.fromEntries(
          params.map(({ name, value, parameter }) => [name, internalValue(parameter, value)]),
        )
      : {},
    user_attrs: shownAttributes(study, trial),
    system_attrs: {
      ...(!finished && {
        fixed_params: Object.fromEntries(
          params.map(({ name, value, parameter }) => [name, optunaValue(parameter, value)]),
        ),
      }),
      ...ownAttributes(study, trial),
    },
    intermediate_values: finished
      ? Object.fromEntries(trial.reports.map(({ step, value }) => [step, value]))
      : {},
  };
}

/** Numbers and texts alone: the dashboard can show nothing else. */
function shownAttributes(study: Study, trial: Trial): Record<string, Json> {
  const objectives = new Set(study.objectives.map(({ metric }) => metric));
  const metrics = Object.entries(trial.values).filter(([metric]) => !objectives.has(metric));
  const attributes = Object.entries(trial.attributes).filter(([, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value),
  );
  return {
    ...Object.fromEntries(attributes),
    ...Object.fromEntries(
      metrics.map(([metric, value]) => [metric, Number.isFinite(value) ? value : String(value)]),
    ),
    ...(trial.suggestion && { sampler: trial.suggestion.sampler, why: trial.suggestion.reason }),
    ...(trial.reason !== undefined && { reason: trial.reason }),
  };
}

function ownAttributes(study: Study, trial: Trial): Record<string, unknown> {
  const metric = study.objectives[0]?.metric;
  const further = trial.reports.flatMap(({ step, metrics }) => {
    const others = Object.entries(metrics).filter(([name]) => name !== metric);
    return others.length > 0 ? [[step, Object.fromEntries(others)] as const] : [];
  });
  return {
    ...(trial.suggestion && { [Attr.suggestion]: trial.suggestion }),
    ...(Object.keys(trial.values).length > 0 && { [Attr.values]: trial.values }),
    ...(trial.reason !== undefined && { [Attr.reason]: trial.reason }),
    ...(Object.keys(trial.attributes).length > 0 && { [Attr.attributes]: trial.attributes }),
    ...(trial.environment !== undefined && { [ENVIRONMENT_OF_TRIAL]: trial.environment }),
    ...(trial.marks && { [Attr.marks]: trial.marks }),
    ...(further.length > 0 && { [REPORTS]: Object.fromEntries(further) }),
  };
}
