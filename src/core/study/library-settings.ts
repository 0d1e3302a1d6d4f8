/** The options of the library's `createStudy`, checked, as the settings of a study. */
import { parseConstraints, parseOutcomeConstraints } from '../annotation/library-constraints.js';
import { prunerProblem } from '../pruners/choose.js';
import { objectivesProblem } from '../samplers/multi/support.js';
import { samplers } from '../samplers/registry.js';
import { decisionOrder } from '../space/point.js';
import { distributionProblem } from '../space/validate.js';
import type { CreateStudyOptions } from './ask-tell.js';
import type { StopCriteria, StudySettings } from './trial.js';

const CRITERIA: Readonly<Record<keyof LibraryStop, (value: number) => boolean>> = {
  trials: (n) => Number.isInteger(n) && n > 0,
  epochs: (n) => Number.isInteger(n) && n > 0,
  plateau: (n) => Number.isInteger(n) && n > 0,
  minutes: (n) => n > 0,
  regret: (n) => n > 0,
  target: Number.isFinite,
};

/** The criteria that a loop of one's own can be given: a single training's time is its own affair. */
export type LibraryStop = Omit<StopCriteria, 'trialMinutes'>;

/** @throws Error with what is wrong and what to write instead. */
export function librarySettings(options: CreateStudyOptions): StudySettings {
  const { space, directions = ['minimize'], sampler = 'auto', pruner = 'none', seed = 0 } = options;
  const { stop = {}, repeats = 1, race = 0 } = options;
  for (const [name, parameter] of Object.entries(space)) {
    const problem = distributionProblem(parameter);
    if (problem?.severity === 'error') throw new Error(`"${name}": ${problem.message}`);
  }
  decisionOrder(space);
  if (!(sampler in samplers)) {
    throw new Error(`There is no sampler "${sampler}"; there are ${Object.keys(samplers).join(', ')}.`);
  }
  const several = objectivesProblem(sampler, directions.length);
  if (several) throw new Error(several);
  const wrong = prunerProblem(pruner);
  if (wrong) throw new Error(wrong.message);
  for (const [key, value] of Object.entries(stop)) {
    const holds = CRITERIA[key as keyof LibraryStop];
    if (!holds) throw new Error(`\`stop\` knows no "${key}"; it knows ${Object.keys(CRITERIA).join(', ')}.`);
    if (typeof value !== 'number' || !holds(value)) throw new Error(`\`stop.${key}\` cannot be ${value}.`);
  }
  if (!Number.isInteger(repeats) || repeats < 1)
    throw new Error(`\`repeats\` is a whole number from 1, not ${repeats}.`);
  if (!Number.isInteger(race) || race < 0) throw new Error(`\`race\` is a whole number from 0, not ${race}.`);
  const constraints = parseConstraints(options.constraints ?? [], space);
  const outcomeConstraints = parseOutcomeConstraints(options.outcomeConstraints ?? [], space);
  return {
    sampler,
    pruner,
    seed,
    stop,
    ...(repeats > 1 && { repeats }),
    ...(race > 0 && { race }),
    ...(constraints.length > 0 && { constraints }),
    ...(outcomeConstraints.length > 0 && { outcomeConstraints }),
  };
}
