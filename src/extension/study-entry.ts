/**
 * One study as the views show it: its journal's content, what its engine is doing, and the phase that follows from
 * both. `phaseOf` is the one place that decides whether a study runs, may be resumed, or was left behind.
 */
import { formatNumber } from '../core/format.js';
import { objectiveOf } from '../core/study/best.js';
import { isFinished } from '../core/study/journal/reduce.js';
import { frontCount, hasSeveralObjectives } from '../core/study/objectives/front.js';
import { plannedTrials } from '../core/study/planned.js';
import type { Study, StudyStatus, Trial } from '../core/study/trial.js';
import type { EngineStatus } from '../protocol/engine.js';
import { count } from './format.js';

export type Phase =
  /** Not yet known whether an engine is at it. */
  | { readonly kind: 'loading' }
  | { readonly kind: 'running' }
  | { readonly kind: 'stopping'; readonly mode: 'finish' | 'now' }
  /** Another machine's lock is on it. */
  | { readonly kind: 'elsewhere'; readonly host: string }
  /** The journal ends in the middle of a run and no engine is there: resumable. */
  | { readonly kind: 'lost' }
  | Exclude<StudyStatus, { kind: 'running' }>;

export type LockState =
  | { readonly kind: 'unknown' | 'none' }
  | { readonly kind: 'elsewhere'; readonly host: string };

export interface StudyEntry {
  /** Absolute path of the journal: what identifies it. */
  readonly id: string;
  readonly name: string;
  /** Absolute path. */
  readonly configFile: string;
  readonly study: Study;
  readonly phase: Phase;
  readonly engine: EngineStatus | undefined;
  readonly best: Trial | undefined;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Lines of its journal that cannot be read: it is shown without them and is not continued. */
  readonly damaged: number;
  /** It comes from a file of another program, which `configFile` then is, and is never written. */
  readonly foreign: boolean;
}

export function phaseOf(status: StudyStatus, engine: EngineStatus | undefined, lock: LockState): Phase {
  if (engine) return engine.stopping ? { kind: 'stopping', mode: engine.stopping } : { kind: 'running' };
  if (lock.kind === 'elsewhere') return lock;
  if (status.kind !== 'running') return status;
  return lock.kind === 'unknown' ? { kind: 'loading' } : { kind: 'lost' };
}

export function isRunning({ phase }: StudyEntry): boolean {
  return phase.kind === 'running' || phase.kind === 'stopping';
}

export function isArchived({ study }: StudyEntry): boolean {
  return study.marks?.archived === true;
}

export function isResumable({ phase, foreign, damaged }: StudyEntry): boolean {
  if (foreign || damaged > 0) return false;
  return phase.kind === 'stopped' || phase.kind === 'error' || phase.kind === 'lost';
}

/** `12/40`, or `12` where no number of trials was set. */
export function progressText({ study }: Pick<StudyEntry, 'study'>): string {
  const done = study.trials.filter(({ state }) => isFinished(state)).length;
  const planned = plannedTrials(study);
  return planned === undefined ? String(done) : `${done}/${planned}`;
}

/** The value by which trials are ranked, for people. */
export function bestText({ best }: Pick<StudyEntry, 'best'>): string | undefined {
  const value = best && objectiveOf(best);
  return value === undefined ? undefined : formatNumber(value);
}

/** `best 0.93`, or with several objectives `4 on the front`. undefined while there is nothing. */
export function resultText(entry: Pick<StudyEntry, 'best' | 'study'>): string | undefined {
  const best = bestText(entry);
  if (best === undefined) return undefined;
  return hasSeveralObjectives(entry.study) ? frontCount(entry.study) : `best ${best}`;
}

/** What is going on, in a sentence. */
export function phaseText({
  phase,
  engine,
  damaged,
}: Pick<StudyEntry, 'phase' | 'engine' | 'damaged'>): string {
  if (damaged > 0)
    return `${count(damaged, 'line')} of its journal cannot be read; shown without, not continued`;
  switch (phase.kind) {
    case 'loading':
      return 'Reading the study';
    case 'running':
      return `Running, ${count(engine?.busy ?? 0, 'trial')} at work`;
    case 'stopping':
      return phase.mode === 'finish' ? 'Stopping after the running trials' : 'Stopping now';
    case 'elsewhere':
      return `Running on ${phase.host}`;
    case 'lost':
      return 'The engine was lost. No finished trial is; the study can be resumed';
    case 'stopped':
      return `Stopped: ${phase.reason}`;
    case 'finished':
      return `Finished: ${phase.reason}`;
    case 'error':
      return `Could not go on: ${phase.reason}`;
  }
}
