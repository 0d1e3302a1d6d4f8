/**
 * Asks a study's pruner: what a running sweep, its replay and the library do alike. Repeats of a point are neither judged
 * nor compared with, so that their mean is not of the lucky ones alone.
 */
import { prunerOf } from '../pruners/choose.js';
import type { Promotion, Verdict } from '../pruners/pruner.js';
import { countedTrials } from './best.js';
import { hasRepeats, repeatOf, withoutRepeats } from './repeats.js';
import type { Study, Trial } from './trial.js';

/** Looks at no trial where nothing is repeated: it is asked at every report. */
const compared = (study: Study): readonly Trial[] =>
  hasRepeats(study) ? withoutRepeats(countedTrials(study)) : countedTrials(study);

export function judgeTrial(study: Study, trial: Trial): Verdict {
  const { objectives, settings } = study;
  if (repeatOf(trial) !== undefined) return { prune: false, reason: 'repeats are not pruned' };
  const verdict = prunerOf(settings.pruner).judge({
    objectives,
    trials: compared(study),
    trial,
    seed: settings.seed,
  });
  // Without its result there would be nothing to compare the best with.
  return verdict.pause && trial.suggestion?.sampler === 'file'
    ? { prune: false, reason: "the file's own values are not paused" }
    : verdict;
}

/** The paused trial that should go on now. `ending`: no new one will be started. */
export function promotion(study: Study, ending: boolean): Promotion | undefined {
  const { objectives, settings } = study;
  const { promote } = prunerOf(settings.pruner);
  return promote?.({ objectives, trials: compared(study), seed: settings.seed, ending });
}
