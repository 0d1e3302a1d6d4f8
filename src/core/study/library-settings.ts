/** The options of the library's `createStudy`, checked, as the settings of a study. */
import { parseConstraints, parseOutcomeConstraints } from '../annotation/library-constraints.js';
import { prunerProblem } from '../pruners/choose.js';
import { objectivesProblem, regretProblem } from '../samplers/multi/support.js';
import { samplers } from '../samplers/registry.js';
import { conditionParameters } from '../space/condition.js';
import type { Condition, Distribution, Space } from '../space/parameter.js';
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
  checkSpace(space);
  if (directions.length === 0 || directions.some((one) => one !== 'minimize' && one !== 'maximize')) {
    const given = JSON.stringify(directions);
    throw new Error(`\`directions\` holds "minimize" or "maximize" for each objective, not ${given}.`);
  }
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
  const unbounded = stop.regret === undefined ? undefined : regretProblem(directions.length);
  if (unbounded) throw new Error(unbounded);
  if (!Number.isInteger(repeats) || repeats < 1)
    throw new Error(`\`repeats\` is a whole number from 1, not ${repeats}.`);
  if (!Number.isInteger(race) || race < 0) throw new Error(`\`race\` is a whole number from 0, not ${race}.`);
  if (!Number.isSafeInteger(seed)) throw new Error(`\`seed\` is a whole number, not ${seed}.`);
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

const TYPES: readonly string[] = [
  'float',
  'int',
  'categorical',
  'ordinal',
  'bool',
] satisfies Distribution['type'][];

/** A condition that is none, as callers without types may write it. */
function malformed(condition: Condition): Condition | undefined {
  if (typeof condition !== 'object' || condition === null) return condition;
  if ('and' in condition || 'or' in condition) {
    const parts = 'and' in condition ? condition.and : condition.or;
    if (!Array.isArray(parts)) return condition;
    for (const part of parts) {
      const wrong = malformed(part);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }
  if ('not' in condition) return malformed(condition.not);
  const values = 'in' in condition ? condition.in : condition.notIn;
  return typeof condition.param === 'string' && Array.isArray(values) ? undefined : condition;
}

/** @throws Error that names the parameter, for callers without types as well. */
function checkSpace(space: Space): void {
  for (const [name, parameter] of Object.entries(space)) {
    if (!TYPES.includes(parameter.type))
      throw new Error(`"${name}": there is no type "${parameter.type}"; there are ${TYPES.join(', ')}.`);
    if (
      (parameter.type === 'categorical' || parameter.type === 'ordinal') &&
      !Array.isArray(parameter.choices)
    )
      throw new Error(`"${name}": \`choices\` holds the values to choose from, such as ["a", "b"].`);
    const wrong = parameter.when === undefined ? undefined : malformed(parameter.when);
    if (wrong !== undefined)
      throw new Error(
        `"${name}": ${JSON.stringify(wrong)} is no condition. Write { param: "name", in: [values] }, \`notIn\` instead of \`in\`, or these joined by \`and\`, \`or\`, \`not\`.`,
      );
    const problem = distributionProblem(parameter);
    if (problem?.severity === 'error') throw new Error(`"${name}": ${problem.message}`);
    const unknown = conditionParameters(parameter.when ?? { and: [] }).find(
      (other) => !Object.hasOwn(space, other),
    );
    if (unknown !== undefined)
      throw new Error(`"${name}": its condition names "${unknown}", which the space does not have.`);
  }
  decisionOrder(space);
}
