/** What the engine and the child process of a worker say to each other, over Node's IPC channel. */
import type { TrainerSpec } from '../../core/annotation/annotated-config.js';
import type { Json, JsonObject } from '../../core/json.js';

/** One attempt at a trial. Late words of an earlier attempt carry its number and are dropped. */
export interface AttemptSpec {
  readonly trial: number;
  readonly attempt: number;
  readonly trainer: TrainerSpec;
  /** Absolute path of the user's config; paths inside it are relative to its folder. */
  readonly configFile: string;
  /** The patched config as data: the file with this trial's values in it. */
  readonly config: Json;
  /** The patched config as text, comments and all: what a command is given. */
  readonly configText: string;
  /** This trial's active parameters by name. */
  readonly params: JsonObject;
  /** First objective's metric. */
  readonly metric: string;
  /** Every objective's metric. */
  readonly metrics: readonly string[];
  /** Seed of the training itself: weights, shuffling, dropout. */
  readonly seed: number;
  /** A folder of this trial's own, made by whoever first writes into it. */
  readonly folder: string;
  readonly backend: 'auto' | 'embedded' | 'native';
  /** Folders that may hold @tensorflow/tfjs-node, besides the config's own. */
  readonly tensorflowFolders: readonly string[];
}

/** A worker may be given several attempts at a time; each is told by its trial and attempt. */
export type ToWorker =
  | { readonly kind: 'run'; readonly spec: AttemptSpec }
  /** The answer to a report: whether to go on. */
  | { readonly kind: 'verdict'; readonly attempt: number; readonly trial: number; readonly stop: boolean }
  /** Ends one attempt of several; the answer to it is that attempt's end. */
  | { readonly kind: 'cancel'; readonly attempt: number; readonly trial: number };

export type FromWorker =
  /** The trainer is loaded; what the result depends on. */
  | {
      readonly kind: 'started';
      readonly trial: number;
      readonly attempt: number;
      readonly attributes: JsonObject;
    }
  /** What is known at its end alone; joins what it said when it started. */
  | {
      readonly kind: 'measured';
      readonly trial: number;
      readonly attempt: number;
      readonly attributes: JsonObject;
    }
  | {
      readonly kind: 'report';
      readonly trial: number;
      readonly attempt: number;
      readonly step: number;
      readonly metrics: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: 'finished';
      readonly trial: number;
      readonly attempt: number;
      /** What train() returned, by name; a bare number is under the first objective's metric. Empty: the reports count. */
      readonly values: Readonly<Record<string, number>>;
      /** The trainer ended early because it was told to stop. */
      readonly stopped: boolean;
    }
  /**
   * The user's code threw, did not compile, or its input is wrong. `fatal`: every other trial would fail the same way.
   * `leaving`: the process ends with it, and can serve no other.
   */
  | {
      readonly kind: 'failed';
      readonly trial: number;
      readonly attempt: number;
      readonly error: string;
      readonly fatal: boolean;
      readonly leaving?: boolean;
    };
