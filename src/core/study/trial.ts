/** A study and its trials as every part of the program sees them. Data only; records become these in reduce.ts. */
import type { Json, JsonObject } from '../json.js';
import type { PrunerChoice } from '../pruners/names.js';
import type { Constraint } from '../space/constraint.js';
import type { Params, Space } from '../space/parameter.js';

export type TrialState = 'waiting' | 'running' | 'complete' | 'pruned' | 'failed';
export type Direction = 'minimize' | 'maximize';

/** One metric that the study optimises. */
export interface Objective {
  readonly metric: string;
  readonly direction: Direction;
}

/** What a trial said at one step (steps count from 1). `value` is the first objective; non-finite is possible. */
export interface Report {
  readonly step: number;
  readonly value: number;
  /** Every metric of the step, the objective included. Non-finite numbers stay as they are. */
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * What a sampler with a model expected of the point it suggested, in the units of the first objective. The model sees
 * warped results; its quantiles are transformed back, so `deviation` is half the distance between the 16 % and the 84 %
 * quantile.
 */
export type Prediction = {
  readonly mean: number;
  readonly deviation: number;
  /** By how much it is expected to better the best so far: not negative, in either direction. */
  readonly improvement: number;
  /** The numbers of the finished trials that are nearest by the model's own measure, nearest first; at most three. */
  readonly nearest: readonly number[];
  /** Of the second objective and those after it. */
  readonly others?: readonly { readonly mean: number; readonly deviation: number }[];
};

/** Why a trial has the parameters it has. */
export interface Suggestion {
  readonly params: Params;
  /** The sampler that made it: `tpe`, `random`, `file` for the file's own values, … */
  readonly sampler: string;
  /** One sentence for people. */
  readonly reason: string;
  /** Of samplers with a model. */
  readonly prediction?: Prediction;
  /** The number of the trial whose values these are: a further run of the same point, with another seed. */
  readonly repeatOf?: number;
}

/** What people say about a trial, or a study, afterwards. */
export interface Marks {
  /** Why the trial does not count: not for the best, nor for the samplers, nor for what stops the study. */
  readonly excluded?: string;
  readonly starred?: boolean;
  readonly note?: string;
  readonly tags?: readonly string[];
  /** Of a study only: out of sight until asked for, and never continued by itself. */
  readonly archived?: boolean;
}

export interface Trial {
  /** Position among all trials of the journal file, what Optuna calls trial_id. */
  readonly id: number;
  /** Position in the study, from 0; trial 0 is the file's own values. */
  readonly number: number;
  readonly state: TrialState;
  /** Active parameters only. */
  readonly params: Params;
  /** `seen`: how many records the sampler had before it. */
  readonly suggestion?: (Omit<Suggestion, 'params'> & { readonly seen: number }) | undefined;
  /** One number per objective of a complete (or, as last reported, pruned) trial. */
  readonly objectives?: readonly number[] | undefined;
  /** Every metric of the end result. */
  readonly values: Readonly<Record<string, number>>;
  readonly reports: readonly Report[];
  /** ISO 8601, UTC. */
  readonly startedAt?: string | undefined;
  readonly finishedAt?: string | undefined;
  /** Why it was pruned or failed, in a sentence. */
  readonly reason?: string | undefined;
  /** What the trial ran on: backend, versions, training seed, process. */
  readonly attributes: JsonObject;
  /** The id of the environment in which it was started last. */
  readonly environment?: string | undefined;
  readonly marks?: Marks;
}

/** What the results of a run depend on, kept once however many trials share it. */
export interface RecordedEnvironment {
  /** Equal facts have equal ids. */
  readonly id: string;
  /** When a run first had it, ISO 8601. */
  readonly at: string;
  readonly facts: JsonObject;
}

export interface StopCriteria {
  /** Every started trial counts, trial 0 and those of earlier runs included. */
  readonly trials?: number;
  /** Running time of the study in minutes; pauses do not count. */
  readonly minutes?: number;
  /** Stop as soon as the first objective is at least this good. */
  readonly target?: number;
  /** Stop after so many completed trials without improvement. */
  readonly plateau?: number;
  /** Stop when so many steps were reported; a trial that reports nothing counts as one. */
  readonly epochs?: number;
  /** Stop when, by a model of the results, no more than this can still be gained. */
  readonly regret?: number;
  /** A single trial that takes longer than this many minutes is ended and counts as failed. */
  readonly trialMinutes?: number;
}

/** How a study searches: the part of `@sweep` that is not the trainer. */
export interface StudySettings {
  readonly sampler: string;
  /** A name, or a name with options; empty in studies of other programs. */
  readonly pruner: PrunerChoice;
  readonly seed: number;
  readonly stop: StopCriteria;
  /** Trainings of each point, each with a seed of its own; absent for one. */
  readonly repeats?: number;
  /** Further trainings, at most, of each of the best at the end; absent for none. */
  readonly race?: number;
  readonly workers?: number;
  /** Between parameters: which points may be tried. Absent for none. */
  readonly constraints?: readonly Constraint[];
  /** On metrics: which results are acceptable. Absent for none. */
  readonly outcomeConstraints?: readonly Constraint[];
}

export type StudyStatus =
  /** An engine is, or was when the journal ended, at work. */
  | { readonly kind: 'running' }
  /** Stopped by a person or a closed window: resumable. */
  | { readonly kind: 'stopped'; readonly reason: string }
  /** A stop criterion was met, or the grid is exhausted. */
  | { readonly kind: 'finished'; readonly reason: string }
  /** The engine could not go on: resumable. `config`: the user's files are at fault; otherwise disk full and the like. */
  | { readonly kind: 'error'; readonly reason: string; readonly cause?: 'config' };

/** A trial of an earlier study, in terms of this one's space: for samplers to learn from. */
export interface EarlierTrial extends Pick<Trial, 'params' | 'objectives' | 'values'> {
  /** Study and number, such as `iris #7`. */
  readonly from: string;
  readonly state: 'complete' | 'pruned' | 'failed';
  /** The first objective as last reported, and at which step. */
  readonly step?: number;
  readonly value?: number;
}

export interface Study {
  readonly name: string;
  readonly objectives: readonly Objective[];
  readonly space: Space;
  readonly settings: StudySettings;
  /** The config's text when the study began, and its file name. */
  readonly config: { readonly file: string; readonly text: string };
  /** The file's own values of every parameter, active or not. */
  readonly baseline: Readonly<Record<string, Json>>;
  readonly status: StudyStatus;
  readonly trials: readonly Trial[];
  /** Records applied so far: the position to ask "since". */
  readonly seq: number;
  /** Running time in milliseconds of runs that have ended, and when the present one began (ISO 8601). */
  readonly elapsedMs: number;
  readonly runningSince?: string;
  /** Every environment that a run of the study had, oldest first. */
  readonly environments: readonly RecordedEnvironment[];
  /** The id of the present run's, or of the last one. */
  readonly environment?: string;
  /** Trials of earlier studies that samplers learn from; they count for nothing else. Absent for none. */
  readonly earlier?: readonly EarlierTrial[];
  /** How many trials are excluded; absent for none. */
  readonly excluded?: number;
  /** Marks of the study itself. */
  readonly marks?: Marks;
}
