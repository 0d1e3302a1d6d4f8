/**
 * From records to a Study: the one reading of a journal, shared by engine, command line, extension and page. Applies
 * Optuna's rules (ids are positions, a finished trial takes no more words, unknown op codes are passed over).
 */
import type { Json, JsonObject } from '../../json.js';
import type { Space } from '../../space/parameter.js';
import { ReportPool, StoredTrial } from '../packed/stored-trial.js';
import type { KeptTrial } from '../packed/trials.js';
import type {
  Marks,
  Objective,
  RecordedEnvironment,
  Study,
  StudySettings,
  StudyStatus,
  Trial,
  TrialState,
} from '../trial.js';
import { externalValue, fixedParams, parseDistribution } from './distribution-json.js';
import {
  Attr,
  DirectionCode,
  FIXED_PARAMS,
  type JournalRecord,
  METRIC_NAMES,
  Op,
  type RecordOf,
  StateCode,
} from './records.js';

const STATES: Readonly<Record<number, TrialState>> = {
  [StateCode.running]: 'running',
  [StateCode.complete]: 'complete',
  [StateCode.pruned]: 'pruned',
  [StateCode.failed]: 'failed',
  [StateCode.waiting]: 'waiting',
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export const isFinished = (state: TrialState): boolean =>
  state === 'complete' || state === 'pruned' || state === 'failed';

export interface ReducerState {
  readonly study: Omit<Study, 'trials'>;
}

/** Builds a study record by record. `study` is live: it shows every record applied so far. */
export class StudyReducer {
  #trials: KeptTrial[] = [];
  readonly #pool = new ReportPool();
  #reason = '';
  #environments: RecordedEnvironment[] = [];
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

  /** For a snapshot: everything but the trials, as JSON could hold it. */
  get state(): ReducerState {
    const { trials: _, ...study } = this.#study;
    return { study };
  }

  get stored(): readonly KeptTrial[] {
    return this.#trials;
  }

  /** Goes on from a snapshot; `trials` makes them, with this reducer's pool. */
  static restore(state: ReducerState, trials: (pool: ReportPool) => Iterable<KeptTrial>): StudyReducer {
    const reducer = new StudyReducer();
    reducer.add(trials);
    Object.assign(reducer.#study, state.study);
    reducer.#environments = [...state.study.environments];
    reducer.#study.environments = reducer.#environments;
    return reducer;
  }

  /** Further trials of a snapshot that comes in parts. */
  add(trials: (pool: ReportPool) => Iterable<KeptTrial>): void {
    for (const trial of trials(this.#pool)) this.#trials.push(trial);
  }

  /** The name by which people know the study: its file's, which may be another than the one it was made with. */
  rename(name: string): void {
    this.#study.name = name;
  }

  apply(record: JournalRecord): void {
    this.#study.seq++;
    switch (record.op_code) {
      case Op.createStudy:
        this.#createStudy(record);
        return;
      case Op.setStudyUserAttr:
        for (const key in record.user_attr) this.#studyAttribute(key, record.user_attr[key] as Json);
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
      case Attr.earlier:
        study.earlier = value as unknown as Study['earlier'] & {};
        return;
      case Attr.status:
        this.#status(value as unknown as StudyStatus & { at: string });
        return;
      case Attr.environment: {
        const environment = value as unknown as RecordedEnvironment;
        study.environment = environment.id;
        if (!this.#environments.some(({ id }) => id === environment.id)) this.#environments.push(environment);
        return;
      }
      default:
        if (key.startsWith(Attr.marks)) this.#marks(key.slice(Attr.marks.length + 1), value as Marks);
    }
  }

  #marks(trial: string, marks: Marks): void {
    if (trial === '') {
      this.#study.marks = marks;
      return;
    }
    const marked = this.#trials[Number(trial)];
    if (!marked) return;
    const change = Number(marks.excluded !== undefined) - Number(marked.marks?.excluded !== undefined);
    if (change !== 0) this.#study.excluded = (this.#study.excluded ?? 0) + change;
    marked.marks = marks;
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
    const state = STATES[record.state ?? StateCode.running] ?? 'running';
    const trial = new StoredTrial(this.#trials.length, state);
    if (state === 'running') this.#setEnvironment(trial);
    if (record.datetime_start) trial.startedAt = record.datetime_start;
    if (record.datetime_complete) trial.finishedAt = record.datetime_complete;
    const params: Record<string, Json> = {};
    for (const name in record.params) {
      params[name] = this.#value(name, record.params[name] as number, record.distributions?.[name]);
    }
    trial.params = params;
    for (const step in record.intermediate_values) {
      const value = record.intermediate_values[step] as number;
      trial.report({ step: Number(step), value, metrics: { [this.#metric]: value } });
    }
    for (const attributes of [record.user_attrs, record.system_attrs]) {
      for (const key in attributes) this.#trialAttribute(trial, key, attributes[key] as Json);
    }
    const objectives = record.values ?? (record.value == null ? null : [record.value]);
    if (objectives) this.#setObjectives(trial, objectives);
    if (isFinished(state)) trial.pack(this.#pool);
    this.#trials.push(trial);
  }

  #setEnvironment(trial: StoredTrial): void {
    const { environment } = this.#study;
    if (environment !== undefined) trial.environment = environment;
  }

  #changeTrial(record: Exclude<JournalRecord, RecordOf<0 | 2 | 3 | 4>>): void {
    const trial = this.#trials[record.trial_id];
    // What is packed has ended.
    if (!(trial instanceof StoredTrial) || isFinished(trial.state)) return;
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
        if (isFinished(trial.state)) trial.pack(this.#pool);
        return;
      case Op.setTrialIntermediateValue: {
        const { step, intermediate_value: value } = record;
        const metrics: Record<string, number> = { [this.#metric]: value };
        for (const name in record.metrics) metrics[name] = record.metrics[name] as number;
        trial.report({ step, value, metrics });
        return;
      }
      case Op.setTrialUserAttr:
        for (const key in record.user_attr) this.#trialAttribute(trial, key, record.user_attr[key] as Json);
        return;
      case Op.setTrialSystemAttr:
        for (const key in record.system_attr)
          this.#trialAttribute(trial, key, record.system_attr[key] as Json);
        return;
    }
  }

  #trialAttribute(trial: StoredTrial, key: string, value: Json): void {
    switch (key) {
      case FIXED_PARAMS:
        // Optuna's word for a trial that was enqueued: ours come with their parameters.
        if (Object.keys(trial.params).length === 0) trial.params = fixedParams(value, this.#study.space);
        return;
      case Attr.suggestion: {
        const suggestion = value as unknown as NonNullable<Trial['suggestion']>;
        // Most reasons are the one before: kept once.
        if (suggestion.reason !== this.#reason) this.#reason = suggestion.reason;
        trial.suggestion = { ...suggestion, reason: this.#reason };
        return;
      }
      case Attr.values:
        trial.values = { ...trial.values, ...(value as Record<string, number>) };
        return;
      case Attr.reason:
        // An empty text takes it away; older journals have null there.
        if (value !== null && value !== '') trial.reason = String(value);
        else if (trial.reason !== undefined) delete trial.reason;
        return;
      case Attr.attributes:
        trial.attributes = { ...trial.attributes, ...(value as JsonObject) };
        return;
      default:
        trial.attributes = { ...trial.attributes, [key]: value };
    }
  }

  #setObjectives(trial: StoredTrial, objectives: readonly number[]): void {
    trial.objectives = objectives;
    const values: Record<string, number> = {};
    this.#study.objectives.forEach(({ metric }, index) => {
      values[metric] = objectives[index] ?? Number.NaN;
    });
    for (const name in trial.values) values[name] = trial.values[name] as number;
    trial.values = values;
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
