/**
 * Asks a study's sampler for its next trial: what a running sweep and its replay do alike. Pure; what comes of the
 * suggestion is not decided here.
 */
import type { SamplerName } from '../samplers/names.js';
import { samplers } from '../samplers/registry.js';
import type { SamplerContext } from '../samplers/sampler.js';
import { activeParameters } from '../space/condition.js';
import { allowance, outcomeViolation } from '../space/constraint.js';
import { countedTrials } from './best.js';
import { comparableTrials } from './fidelity.js';
import { partialResults } from './partial-results.js';
import { dueRepeat, hasRepeats, mergedTrials } from './repeats.js';
import type { EarlierTrial, Study, StudySettings, Suggestion, Trial } from './trial.js';

/** What the constraints of a study mean for its samplers. */
function constraintContext({
  constraints,
  outcomeConstraints,
}: Pick<StudySettings, 'constraints' | 'outcomeConstraints'>): Pick<
  SamplerContext,
  'allows' | 'outcomeViolation'
> {
  const allows = allowance(constraints);
  const violation = outcomeViolation(outcomeConstraints);
  return { ...(allows && { allows }), ...(violation && { outcomeViolation: violation }) };
}

/** Why a sampler has nothing more to suggest, in half a sentence. */
export const exhaustedReason = ({ constraints }: Pick<StudySettings, 'constraints'>): string =>
  constraints && constraints.length > 0
    ? 'every point of the space that the constraints allow has been tried, or no other could be found'
    : 'every point of the space has been tried';

/** The next trial of a study as it stands: the file's own values first, then what its sampler says. */
export function suggest(study: Study): Suggestion | 'exhausted' {
  const { space } = study;
  const number = study.trials.length;
  if (number === 0) {
    const names = activeParameters(space, study.baseline);
    const params = Object.fromEntries(names.map((name) => [name, study.baseline[name] ?? null]));
    return { params, sampler: 'file', reason: 'the values in the file' };
  }
  return dueRepeat(study) ?? askSampler(study);
}

const earlierOf = new WeakMap<readonly EarlierTrial[], readonly Trial[]>();

/** Trials of earlier studies as samplers take them, numbered below 0. A grid tries its points whatever others tried. */
function earlierTrials({ earlier, objectives }: Study): readonly Trial[] {
  if (!earlier) return [];
  let trials = earlierOf.get(earlier);
  if (!trials) {
    const metric = objectives[0]?.metric ?? 'value';
    trials = earlier.map(({ state, params, values, objectives: results, step, value }, index): Trial => {
      const number = index - earlier.length;
      const reports =
        step === undefined || value === undefined ? [] : [{ step, value, metrics: { [metric]: value } }];
      return {
        id: number,
        number,
        state,
        params,
        values,
        reports,
        attributes: {},
        ...(results && { objectives: results }),
      };
    });
    earlierOf.set(earlier, trials);
  }
  return trials;
}

/** What the study's sampler would try next, whatever else is due. */
export function askSampler(study: Study): Suggestion | 'exhausted' {
  const { space, objectives, settings } = study;
  const number = study.trials.length;
  const counted = countedTrials(study);
  const merged = hasRepeats(study) ? mergedTrials(counted) : counted;
  const trials = settings.pruner === 'none' ? merged : comparableTrials(merged, objectives);
  const known = settings.sampler === 'grid' ? [] : earlierTrials(study);
  const directions = objectives.map(({ direction }) => direction);
  return samplers[settings.sampler as SamplerName].ask({
    space,
    directions,
    trials: known.length === 0 ? trials : [...known, ...trials],
    seed: settings.seed,
    number,
    ...(settings.pruner !== 'none' && { partial: () => partialResults(merged, objectives) }),
    ...constraintContext(settings),
  });
}
