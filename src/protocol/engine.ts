/**
 * What is said to an engine: how it is started (once, over the IPC channel of the new process) and what a client asks
 * of it afterwards (over its socket, found through the study's lock file). Data does not travel here: the journal is
 * the truth, and `appended` only says that there is more of it.
 */
import type { Params } from '../core/space/parameter.js';
import type { Unnamed } from '../core/study/enqueue.js';
import type { Marked, MarksChange } from '../core/study/marks.js';
import type { StudyStatus } from '../core/study/trial.js';

/** Raised with every change that an older or newer partner would misunderstand. */
export const PROTOCOL = 1;

/** The first and only message to a new engine process. */
export interface EngineStart {
  /** Absolute path of the annotated file. */
  readonly configFile: string;
  /** Continue this study; absent: the latest unfinished one whose space is unchanged, else a new one. */
  readonly study?: string;
  /** Start a new study whatever is there. */
  readonly fresh?: boolean;
  /** What the command line or the picker asks for in place of the file's settings. */
  readonly overrides: {
    readonly trials?: number;
    readonly seed?: number;
    readonly workers?: number;
    /** Trials at a time in each worker. */
    readonly fuse?: number;
    readonly sampler?: string;
    readonly pruner?: string;
  };
  readonly backend: 'auto' | 'embedded' | 'native';
  /** Folders that may hold @tensorflow/tfjs-node, besides the config's own. */
  readonly tensorflowFolders: readonly string[];
  /** Milliseconds without a client after which the engine stops, resumable. null: it finishes by itself. */
  readonly graceMs: number | null;
}

/** The engine's answer. After it the IPC channel is closed. */
export type EngineStarted =
  | {
      readonly kind: 'ready';
      readonly study: string;
      readonly journal: string;
      readonly socket: string;
      /** What became of the trials of the study before, whose space was another; for a notice. */
      readonly notes: readonly string[];
    }
  /** `config`: the file is wrong. `busy`: another engine is at this study. `failed`: anything else. */
  | { readonly kind: 'error'; readonly code: 'config' | 'busy' | 'failed'; readonly message: string };

/** The content of `<study>.lock`, written by the engine that holds the study. */
export interface LockFile {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Unix socket or named pipe on which the engine serves EngineContract. */
  readonly socket: string;
}

/** What the engine and everything it started take. */
export interface EngineUsage {
  /** Processor cores, over the last seconds: 1.5 is one and a half. */
  readonly cores: number;
  /** Resident memory in bytes. */
  readonly memory: number;
}

export interface EngineStatus {
  readonly workers: number;
  readonly busy: number;
  /** Absent where the system does not say. */
  readonly usage?: EngineUsage;
  /** Set once a person asked the study to stop. */
  readonly stopping?: 'finish' | 'now';
}

export interface EngineContract {
  calls: {
    hello(params: { protocol: number; client: string }): {
      protocol: number;
      version: string;
      study: string;
      journal: string;
      pid: number;
      status: EngineStatus;
    };
    /** `finish` lets running trials end, `now` ends them; both leave the study resumable. */
    stop(params: { mode: 'finish' | 'now' }): void;
    /** Answered when the marks are on disk; refused where there is no such trial. */
    mark(params: { marked: Marked; change: MarksChange }): void;
    /** A trial with these values runs next; answered when it is on disk. Refused, in a sentence, where it cannot be. */
    enqueue(params: { fixed: Params; unnamed: Unnamed }): { number: number; params: Params };
  };
  events: {
    /** The journal has grown to `seq` records, all of them on disk. */
    appended: { seq: number };
    status: EngineStatus;
    /** The engine is about to leave. */
    ended: { status: StudyStatus };
    /** A line for the log: the engine's own words, not the trials'. */
    log: { level: 'info' | 'warn' | 'error'; message: string };
  };
}
