/** How many trials a study is to have, for `12/40` and bars of progress. */
import type { Study } from './trial.js';

/** undefined where no number of trials was set. Those that a person asked for come on top of it. */
export function plannedTrials({ settings, trials }: Pick<Study, 'settings' | 'trials'>): number | undefined {
  const budget = settings.stop.trials;
  return budget === undefined ? undefined : Math.max(budget, trials.length);
}
