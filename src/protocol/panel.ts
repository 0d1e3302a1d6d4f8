/**
 * What a page (the results panel, the sidebar's table) and the extension say to each other. A page asks for what it
 * lacks by position ("since"), so one that was hidden, reloaded or opened late catches up exactly.
 */
import type { Course } from '../core/analysis/course.js';
import type { StudyTransfer } from '../core/study/packed/transfer.js';
import type { TrialBlock } from '../core/study/packed/trials.js';
import type { Brush } from '../core/study/table/filter.js';
import type { ValidationOutcome } from '../core/study/validation-outcome.js';
import type { EngineStatus } from './engine.js';

/** A study as a page names it. */
export interface StudyRef {
  /** Absolute path of its journal: what identifies it. */
  readonly id: string;
  readonly name: string;
  /** Absolute path and base name of the config. */
  readonly configFile: string;
  readonly configName: string;
  /** It comes from a file of another program, which the config then is: it is looked at, and gone on with elsewhere. */
  readonly foreign?: boolean;
  /** Lines of its journal that cannot be read: it is shown without them, and must be repaired to go on. */
  readonly damaged?: number;
}

/** Another study with the same first objective, to be compared with the one that a page shows. */
export interface PeerStudy {
  readonly ref: StudyRef;
  readonly course: Course;
}

/** What the page is to show now. */
export interface PageState {
  readonly study?: StudyRef;
  /** Its id before it was renamed while the page showed it. */
  readonly renamedFrom?: string;
  /** The filter in force on it, where any view has set one. In the answer to a page that comes up; later `filtered` tells. */
  readonly filter?: PageFilter;
  /** Whether an engine is at work on the study, and how. */
  readonly engine?: EngineStatus;
  /** false in an untrusted workspace: looking is allowed, running is not. */
  readonly trusted: boolean;
}

export type TrialAction =
  | 'compare'
  | 'apply'
  | 'log'
  | 'star'
  | 'exclude'
  | 'include'
  | 'note'
  | 'tag'
  | 'environment'
  | 'retry';
export type StudyAction =
  | 'stop-finish'
  | 'stop-now'
  | 'resume'
  | 'repair'
  | 'continue'
  | 'compare-best'
  | 'apply-best'
  | 'open-panel'
  | 'open-config'
  | 'show-log';

/** Which trials are to be seen, on every page that shows the study. */
export interface PageFilter {
  readonly text: string;
  readonly brushes: readonly Brush[];
}

/** What a trial has left on the disk. */
export interface TrialFiles {
  /** By path within the trial's folder, the log left out. */
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** How many more there are. */
  readonly left: number;
  /** The end of what it printed. */
  readonly log: string;
}

export interface PageContract {
  calls: {
    /** Called once when the page is up, and again whenever it wants to be sure. */
    state(params: Record<string, never>): PageState;
    /**
     * The journal's lines from record `seq` on, as they stand on disk (JSON with bare NaN, see
     * core/study/journal/line.ts), at most a few megabytes at a time: `more` says that there is more.
     * `reset`: the journal is not the one the page knows; forget and start over. `whole`, to a page that has nothing of
     * a long study: all of it up to `seq`, in place of lines; its trials are then asked for block by block.
     */
    since(params: { study: string; seq: number }): {
      lines: string;
      seq: number;
      more: boolean;
      reset: boolean;
      whole?: StudyTransfer;
    };
    /** A block of the study that `since` began to give whole; null where that is no longer to be had: ask `since` again. */
    block(params: { study: string; seq: number; index: number }): TrialBlock | null;
    trial(params: { study: string; trial: number; action: TrialAction }): void;
    study(params: { study: string; action: StudyAction }): void;
    files(params: { study: string; trial: number }): TrialFiles;
    /** What a trial's model made of the validation rows; null where its trainer does not say. */
    validation(params: { study: string; trial: number }): ValidationOutcome | null;
    /** Those of the same config first, each group latest first; archived ones are left out. */
    peers(params: { study: string }): readonly PeerStudy[];
    /** Text for the clipboard. */
    copy(params: { text: string }): void;
    /** A file to keep: the extension asks where. */
    save(params: { name: string; base64: string }): void;
    /** The selection, for the other views. */
    select(params: { study: string; trials: readonly number[] }): void;
    /** The trial pointed at, for the other pages of the study. */
    point(params: { study: string; trial: number | null }): void;
    /** The filter, likewise. */
    filter(params: { study: string; filter: PageFilter }): void;
  };
  events: {
    /** Another study, another engine state, trust granted. */
    state: PageState;
    /** There is more to ask for. At most ten a second. */
    appended: { study: string; seq: number };
    /** There are more or fewer studies to compare with. */
    peersChanged: { study: string };
    /** Show the study over these others (ids), as a person asked outside the page. */
    compare: { study: string; others: readonly string[] };
    /** Another view selected these trials. */
    selected: { study: string; trials: readonly number[] };
    pointed: { study: string; trial: number | null };
    filtered: { study: string; filter: PageFilter };
  };
}
