/**
 * What a study does when there is room for a trial and none waits: go on with a paused one, ask the sampler, or end; and
 * at the end, the race. Pure; a running sweep and the benchmark do alike.
 */
import { promotion } from './judge.js';
import { nextInRace, RACE_SAMPLER, raceRuns } from './race.js';
import { stopOf } from './stop.js';
import { exhaustedReason, suggest } from './suggest.js';
import type { Study, Suggestion } from './trial.js';

export type Next =
  | { readonly kind: 'start'; readonly suggestion: Suggestion }
  | { readonly kind: 'promote'; readonly trial: number; readonly reason: string }
  /** The suggestion is being worked out. */
  | { readonly kind: 'later' }
  /** Nothing more is started; the study is over when nothing runs, unless what ran changes that. */
  | { readonly kind: 'end'; readonly reason: string };

/**
 * @param running numbers of the trials under way
 * @param now in ms since the epoch
 * @param ask how to come by a suggestion; it may put it off
 */
export function nextTrial(
  study: Study,
  running: readonly number[],
  now: number,
): Exclude<Next, { kind: 'later' }>;
export function nextTrial(
  study: Study,
  running: readonly number[],
  now: number,
  ask: (study: Study) => Suggestion | 'exhausted' | 'later',
): Next;
export function nextTrial(
  study: Study,
  running: readonly number[],
  now: number,
  ask: (study: Study) => Suggestion | 'exhausted' | 'later' = suggest,
): Next {
  const stop = stopOf(study, now);
  // Where no new trial comes, the best of the paused may go on once nothing runs that could still be better.
  const promoted = (noMore: boolean): Next | undefined => {
    const next = promotion(study, noMore && running.length === 0);
    return next && { kind: 'promote', ...next };
  };
  const last = (reason: string): Next => {
    // The race begins when all others have ended.
    const racing = running.every((number) => study.trials[number]?.suggestion?.sampler === RACE_SAMPLER);
    const suggestion = racing ? nextInRace(study) : undefined;
    if (suggestion) return { kind: 'start', suggestion };
    const raced = study.settings.race ? raceRuns(study) : 0;
    const further =
      raced > 0 ? `; ${raced} further ${raced === 1 ? 'run' : 'runs'} decided among the best` : '';
    return { kind: 'end', reason: `${reason}${further}` };
  };
  // Trials that were started may go on when no others will be.
  if (stop) return (stop.criterion === 'trials' ? promoted(true) : undefined) ?? last(stop.reason);
  const next = promoted(false);
  if (next) return next;
  const suggestion = ask(study);
  if (suggestion === 'later') return { kind: 'later' };
  if (suggestion !== 'exhausted') return { kind: 'start', suggestion };
  return promoted(true) ?? last(exhaustedReason(study.settings));
}
