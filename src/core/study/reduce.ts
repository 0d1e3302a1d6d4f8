/**
 * From records to a Study: the one reading of a journal, shared by engine, command line, extension and page. Applies
 * Optuna's rules (ids are positions, a finished trial takes no more words, unknown op codes are passed over).
 */
import type { Json, JsonObject } from '../json.js';
import type { Space } from '../space/parameter.js';
import { externalValue, parseDistribution } from './distribution-json.js';
import {
  Attr,
  DirectionCode,
  type JournalRecord,
  METRIC_NAMES,
  Op,
  type RecordOf,
  StateCode,
} from './records.js';
import type {
  Objective,
  RecordedEnvironment,
  Report,
  Study,
  StudySettings,
  StudyStatus,
  Trial,
  TrialState,
} from './trial.js';

const STATES: Readonly<Record<number, TrialState>> = {
  [StateCode.running]: 'running',
  [StateCode.complete]: 'complete',
  [StateCode.pruned]: 'pruned',
  [StateCode.failed]: 'failed',
  [StateCode.waiting]: 'waiting',
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
interface MutableTrial extends Mutable<Omit<Trial, 'reports' | 'params' | 'values' | 'attributes'>> {
  reports: Report[];
  params: Record<string, Json>;
  values: Record<string, number>;
  attributes: Record<string, Json>;
}

export const isFinished = (state: TrialState): boolean =>
  state === 'complete' || state === 'pruned' || state === 'failed';

/** Builds a study record by record. `study` is live: it shows every record applied so far. */
export class StudyReducer {
  #trials: MutableTrial[] = [];
  #environments: RecordedEnvironment[] = [];
  /** The id of the one that the present run has. */
  #environment: string | undefined;
  #study: Mutable<Study> = {
    name: '',
    objectives: [],
    space: {},
    settings: { sampler: 'auto', pruner: 'none', seed: 0, stop: {} },
    config: { file: '', text: '' },
    baseline: {},
    status: { kind: 'running' },
    trials: this.#trials as readonly Trial[],
    seq: 0,
    elapsedMs: 0,
    environments: this.#environments,
  };

  get study(): Study {
    return this.#study;
  }

  apply(record: JournalRecord): void {
    this.#study.seq++;
    switch (record.op_code) {
      case Op.createStudy:
        this.#createStudy(record);
        return;
      case Op.setStudyUserAttr:
        for (const [key, value] of Object.entries(record.user_attr)) this.#studyAttribute(key, value);
        return;
      case Op.setStudySystemAttr:
        this.#metricNames(record.system_attr[METRIC_NAMES]);
        return;
      case Op.createTrial:
        this.#createTrial(record);
        return;
      default:
        this.#changeTrial(record);
    }
  }

  #createStudy(record: RecordOf<0>): void {
    this.#study.name = record.study_name;
    this.#study.objectives = record.directions.map((code, index) => ({
      metric: `value${index || ''}`,
      direction: code === DirectionCode.maximize ? 'maximize' : 'minimize',
    }));
  }

  #metricNames(names: Json | undefined): void {
    if (!Array.isArray(names)) return;
    this.#study.objectives = this.#study.objectives.map((objective, index): Objective => {
      const metric = names[index];
      return typeof metric === 'string' ? { ...objective, metric } : objective;
    });
  }

  #studyAttribute(key: string, value: Json): void {
    const study = this.#study;
    switch (key) {
      case Attr.space:
        study.space = value as unknown as Space;
        return;
      case Attr.settings:
        study.settings = value as unknown as StudySettings;
        return;
      case Attr.config:
        study.config = value as unknown as Study['config'];
        return;
      case Attr.baseline:
        study.baseline = value as JsonObject;
        return;
      case Attr.status:
        this.#status(value as unknown as StudyStatus & { at: string });
        return;
      case Attr.environment: {
        const environment = value as unknown as RecordedEnvironment;
        this.#environment = environment.id;
        if (!this.#environments.some(({ id }) => id === environment.id)) this.#environments.push(environment);
        return;
      }
    }
  }

  #status({ at, ...status }: StudyStatus & { at: string }): void {
    const study = this.#study;
    if (study.runningSince !== undefined) {
      // An engine that was killed leaves no end: what it did up to its last word is what counts.
      const end = status.kind === 'running' ? this.#lastWord(study.runningSince) : at;
      study.elapsedMs += Math.max(0, Date.parse(end) - Date.parse(study.runningSince));
      delete study.runningSince;
    }
    study.status = status;
    if (status.kind === 'running') study.runningSince = at;
  }

  #lastWord(since: string): string {
    let last = since;
    for (const trial of this.#trials) {
      for (const at of [trial.startedAt, trial.finishedAt]) if (at !== undefined && at > last) last = at;
    }
    return last;
  }

  #createTrial(record: RecordOf<4>): void {
    const trial: MutableTrial = {
      id: this.#trials.length,
      number: this.#trials.length,
      state: STATES[record.state ?? StateCode.running] ?? 'running',
      params: {},
      values: {},
      reports: [],
      attributes: {},
    };
    if (record.state === undefined) this.#setEnvironment(trial);
    if (record.datetime_start) trial.startedAt = record.datetime_start;
    if (record.datetime_complete) trial.finishedAt = record.datetime_complete;
    for (const [name, internal] of Object.entries(record.params ?? {})) {
      const text = record.distributions?.[name];
      trial.params[name] = this.#value(name, internal, text);
    }
    for (const [step, value] of Object.entries(record.intermediate_values ?? {})) {
      trial.reports.push({ step: Number(step), value, metrics: { [this.#metric]: value } });
    }
    for (const [key, value] of Object.entries({ ...record.user_attrs, ...record.system_attrs })) {
      this.#trialAttribute(trial, key, value);
    }
    const objectives = record.values ?? (record.value == null ? null : [record.value]);
    if (objectives) this.#setObjectives(trial, objectives);
    this.#trials.push(trial);
  }

  #setEnvironment(trial: MutableTrial): void {
    if (this.#environment !== undefined) trial.environment = this.#environment;
  }

  #changeTrial(record: Exclude<JournalRecord, RecordOf<0 | 2 | 3 | 4>>): void {
    const trial = this.#trials[record.trial_id];
    if (!trial || isFinished(trial.state)) return;
    switch (record.op_code) {
      case Op.setTrialParam:
        trial.params = {
          ...trial.params,
          [record.param_name]: this.#value(
            record.param_name,
            record.param_value_internal,
            record.distribution,
          ),
        };
        return;
      case Op.setTrialState:
        trial.state = STATES[record.state] ?? trial.state;
        if (trial.state === 'running') this.#setEnvironment(trial);
        if (record.datetime_start) trial.startedAt = record.datetime_start;
        if (record.datetime_complete) trial.finishedAt = record.datetime_complete;
        if (record.values) this.#setObjectives(trial, record.values);
        return;
      case Op.setTrialIntermediateValue: {
        const value = record.intermediate_value;
        const metrics = { [this.#metric]: value, ...record.metrics };
        // A second attempt reports from step 1 again: what the first said from there on no longer counts.
        while (trial.reports.length > 0 && (trial.reports.at(-1)?.step ?? 0) >= record.step)
          trial.reports.pop();
        trial.reports.push({ step: record.step, value, metrics });
        return;
      }
      case Op.setTrialUserAttr:
        for (const [key, value] of Object.entries(record.user_attr)) this.#trialAttribute(trial, key, value);
        return;
      case Op.setTrialSystemAttr:
        for (const [key, value] of Object.entries(record.system_attr))
          this.#trialAttribute(trial, key, value);
        return;
    }
  }

  #trialAttribute(trial: MutableTrial, key: string, value: Json): void {
    switch (key) {
      case Attr.suggestion:
        trial.suggestion = value as unknown as NonNullable<Trial['suggestion']>;
        return;
      case Attr.values:
        trial.values = { ...trial.values, ...(value as Record<string, number>) };
        return;
      case Attr.reason:
        if (value === null) delete trial.reason;
        else trial.reason = String(value);
        return;
      case Attr.attributes:
        trial.attributes = { ...trial.attributes, ...(value as JsonObject) };
        return;
      default:
        trial.attributes = { ...trial.attributes, [key]: value };
    }
  }

  #setObjectives(trial: MutableTrial, objectives: readonly number[]): void {
    trial.objectives = objectives;
    const named = Object.fromEntries(
      this.#study.objectives.map(({ metric }, index) => [metric, objectives[index] ?? Number.NaN]),
    );
    trial.values = { ...named, ...trial.values };
  }

  get #metric(): string {
    return this.#study.objectives[0]?.metric ?? 'value';
  }

  #value(name: string, internal: number, distribution: string | undefined): Json {
    const typed = this.#study.space[name];
    if (typed) return externalValue(typed, internal);
    return distribution === undefined ? internal : externalValue(parseDistribution(distribution), internal);
  }
}
