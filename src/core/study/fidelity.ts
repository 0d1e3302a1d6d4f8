/**
 * Trials that ended early, as samplers should see them: a paused one is over for the time being, like a pruned one.
 */
import { isPaused } from './pause.js';
import type { Objective, Trial } from './trial.js';

/** The list itself where nothing is to be seen otherwise. */
export function comparableTrials(
  trials: readonly Trial[],
  _objectives: readonly Objective[],
): readonly Trial[] {
  if (!trials.some(isPaused)) return trials;
  return trials.map((trial): Trial => (isPaused(trial) ? { ...trial, state: 'pruned' } : trial));
}
