/**
 * Paused trials: stopped by a pruner at a rung, to go on from their checkpoint if they are promoted. Optuna has no such
 * state: a paused trial is one that waits (its op code for that), with its reports and the attribute below; when the
 * study ends without having promoted it, it becomes pruned. A promoted one keeps the attribute, with the reason.
 */
import type { JsonObject } from '../json.js';
import { Attr, type JournalRecord } from './journal/records.js';
import { claimRecords, requeueRecords, tellRecords, trialAttribute } from './journal/write.js';
import type { Study, Trial } from './trial.js';

interface Pause {
  /** The last step before it. */
  readonly step: number;
  /** Why it may go on; absent while it is paused. */
  readonly promoted?: string;
}

const pauseOf = ({ attributes }: Trial): Pause | undefined =>
  attributes[Attr.paused] as (JsonObject & Pause) | undefined;

/** Why a paused trial goes on, of attributes that say so. */
export const promotionOf = (attributes: JsonObject): string | undefined =>
  (attributes[Attr.paused] as (JsonObject & Pause) | undefined)?.promoted;

/** The step at which a trial was paused last, whether or not it has gone on since. */
export const pausedStep = (trial: Trial): number | undefined => pauseOf(trial)?.step;

export function isPaused(trial: Trial): boolean {
  if (trial.state !== 'waiting') return false;
  const pause = pauseOf(trial);
  return pause !== undefined && pause.promoted === undefined;
}

/** The state as people are told it. */
export const shownState = (trial: Trial): Trial['state'] | 'paused' =>
  isPaused(trial) ? 'paused' : trial.state;

export const pauseRecords = (
  worker: string,
  trial: number,
  step: number,
  reason: string,
): readonly JournalRecord[] => [
  trialAttribute(worker, trial, Attr.paused, { step }),
  ...requeueRecords(worker, trial, reason),
];

/** A paused trial goes on. */
export const promoteRecords = (
  worker: string,
  trial: Trial,
  reason: string,
  at: string,
): readonly JournalRecord[] => [
  trialAttribute(worker, trial.id, Attr.paused, { step: pausedStep(trial) ?? 0, promoted: reason }),
  ...claimRecords(worker, trial.id, at),
];

/** The study is over: who was not promoted is not going to be. */
export const leftOverRecords = (worker: string, study: Study, at: string): readonly JournalRecord[] =>
  study.trials.filter(isPaused).flatMap((trial) => {
    const { metrics = {} } = trial.reports.at(-1) ?? {};
    const objectives = study.objectives.map(({ metric }) => metrics[metric] ?? Number.NaN);
    const reason = `${trial.reason ?? 'paused'}; not promoted before the study ended`;
    return tellRecords(worker, trial.id, { state: 'pruned', values: metrics, objectives, reason }, at);
  });
