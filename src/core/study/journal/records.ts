/**
 * The records of a journal: Optuna's journal vocabulary (op codes and field names as Optuna 5 writes them, see
 * optuna/storages/journal/_storage.py), with what Optuna has no word for in attributes whose key starts with
 * `sweetspot:`. Ids are positions: a line that creates a trial carries none.
 */
import type { JsonObject } from '../../json.js';

export const Op = {
  createStudy: 0,
  setStudyUserAttr: 2,
  setStudySystemAttr: 3,
  createTrial: 4,
  setTrialParam: 5,
  setTrialState: 6,
  setTrialIntermediateValue: 7,
  setTrialUserAttr: 8,
  setTrialSystemAttr: 9,
} as const;

/** Optuna's numbers for the states of a trial. */
export const StateCode = { running: 0, complete: 1, pruned: 2, failed: 3, waiting: 4 } as const;
/** Optuna's numbers for directions. */
export const DirectionCode = { minimize: 1, maximize: 2 } as const;

interface Line {
  readonly worker_id: string;
}

export type JournalRecord =
  | (Line & {
      readonly op_code: 0;
      readonly study_name: string;
      readonly directions: readonly number[];
      /** Ours, of a study that was renamed: the name it was made with. Optuna passes over this key. */
      readonly made_as?: string;
    })
  | (Line & { readonly op_code: 2; readonly study_id: number; readonly user_attr: JsonObject })
  | (Line & { readonly op_code: 3; readonly study_id: number; readonly system_attr: JsonObject })
  | (Line & {
      readonly op_code: 4;
      readonly study_id: number;
      readonly datetime_start: string | null;
      /** The long form: a trial that comes with its state and all it knows. */
      readonly state?: number;
      readonly value?: number | null;
      readonly values?: readonly number[] | null;
      readonly datetime_complete?: string | null;
      readonly distributions?: Readonly<Record<string, string>>;
      readonly params?: Readonly<Record<string, number>>;
      readonly user_attrs?: JsonObject;
      readonly system_attrs?: JsonObject;
      readonly intermediate_values?: Readonly<Record<string, number>>;
    })
  | (Line & {
      readonly op_code: 5;
      readonly trial_id: number;
      readonly param_name: string;
      readonly param_value_internal: number;
      readonly distribution: string;
    })
  | (Line & {
      readonly op_code: 6;
      readonly trial_id: number;
      readonly state: number;
      readonly values: readonly number[] | null;
      readonly datetime_start?: string;
      readonly datetime_complete?: string;
    })
  | (Line & {
      readonly op_code: 7;
      readonly trial_id: number;
      readonly step: number;
      readonly intermediate_value: number;
      /** Ours: the other metrics of the step. Optuna reads its own keys and passes over this one. */
      readonly metrics?: Readonly<Record<string, number>>;
    })
  | (Line & { readonly op_code: 8; readonly trial_id: number; readonly user_attr: JsonObject })
  | (Line & { readonly op_code: 9; readonly trial_id: number; readonly system_attr: JsonObject });

/** Keys of our attributes. Values are Json as typed here. */
export const Attr = {
  /** Study: Space, typed; list choices as they are. */
  space: 'sweetspot:space',
  /** Study: { version: 1 }. */
  format: 'sweetspot:format',
  /** Study: { file, text }. */
  config: 'sweetspot:config',
  /** Study: values of the file by parameter. */
  baseline: 'sweetspot:baseline',
  /** Study: StudySettings. */
  settings: 'sweetspot:settings',
  /** Study: { kind, reason?, at }; one per change of the study's status. */
  status: 'sweetspot:status',
  /** Study: { id, at, facts }: what results of the trials started from here on depend on. One per run of an engine. */
  environment: 'sweetspot:environment',
  /** Study: EarlierTrial[], of other studies. */
  earlier: 'sweetspot:earlier',
  /** Study: Marks of the study; with `:7` behind it, those of trial 7. Always all of them: the last word counts. */
  marks: 'sweetspot:marks',
  /** Trial: { sampler, reason, seen } with `seen` the number of records visible to the sampler. */
  suggestion: 'sweetspot:suggestion',
  /** Trial: every metric of the end result. */
  values: 'sweetspot:values',
  /** Trial: why it was pruned or failed. */
  reason: 'sweetspot:reason',
  /** Trial: { step, promoted? }: paused at a step by its pruner, and why it went on. */
  paused: 'sweetspot:paused',
  /** Trial: what it ran on (backend, seed, process …). */
  attributes: 'sweetspot:attributes',
} as const;

/** Optuna's own trial attribute that holds the values of a trial that was enqueued. */
export const FIXED_PARAMS = 'fixed_params';

/** Optuna's own study attribute that names the objectives. */
export const METRIC_NAMES = 'study:metric_names';

export type RecordOf<C extends JournalRecord['op_code']> = Extract<JournalRecord, { op_code: C }>;
