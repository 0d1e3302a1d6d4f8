/**
 * What makes a distribution impossible or doubtful, in words for whoever wrote it. Shared by annotations, which add
 * where it stands, and by the library, whose spaces are plain objects. Whether a value lies inside is in encode.ts.
 */
import { canonicalJson } from '../json.js';
import type { FloatDistribution, IntDistribution, Parameter } from './parameter.js';

export interface DistributionProblem {
  readonly severity: 'error' | 'warning';
  /** Stable name of the kind of problem. */
  readonly code: string;
  readonly message: string;
  /** Which part is to blame. */
  readonly part:
    | 'low'
    | 'high'
    | 'bounds'
    | 'log'
    | 'step'
    | 'choices'
    | 'prior'
    | 'sd'
    | 'weights'
    | 'steps';
  /** Which choice, where `part` is `choices` and one of them is to blame. */
  readonly index?: number;
}

type Numeric = FloatDistribution | IntDistribution;
type Finding = Omit<DistributionProblem, 'severity'>;

/** The first problem of a parameter, its condition aside, or undefined where there is none. */
export function distributionProblem(distribution: Parameter): DistributionProblem | undefined {
  switch (distribution.type) {
    case 'float':
    case 'int': {
      const error = numericError(distribution) ?? beliefError(distribution) ?? stepsError(distribution);
      return error
        ? { severity: 'error', ...error }
        : (singleNumber(distribution) ?? unreachableHigh(distribution));
    }
    case 'categorical':
    case 'ordinal': {
      const error =
        choicesError(distribution.choices.map(canonicalJson), distribution.type) ??
        (distribution.type === 'ordinal'
          ? beliefError({ low: 0, high: distribution.choices.length - 1, prior: distribution.prior })
          : weightsError(distribution, distribution.choices.length));
      return error
        ? { severity: 'error', ...error }
        : singleChoice(distribution.choices.length, distribution.type);
    }
    case 'bool': {
      const error = weightsError(distribution, 2);
      return error && { severity: 'error', ...error };
    }
    default:
      return distribution satisfies never;
  }
}

function numericError(distribution: Numeric): Finding | undefined {
  const { type, low, high, log, step } = distribution;
  for (const [part, bound] of [['low', low] as const, ['high', high] as const]) {
    if (!Number.isFinite(bound))
      return { code: 'bound-not-a-number', part, message: `The bound ${bound} must be a finite number.` };
    if (type === 'int' && !Number.isSafeInteger(bound))
      return {
        code: 'int-bound-not-whole',
        part,
        message: `int needs whole bounds, and ${bound} is not one. Round it, or use float(${low}, ${high}).`,
      };
  }
  if (low > high)
    return {
      code: 'empty-range',
      part: 'bounds',
      message: `The range from ${low} to ${high} is empty: the lower bound comes first.`,
    };
  if (log && low <= 0)
    return {
      code: 'log-of-zero',
      part: 'low',
      message: `log needs a lower bound above 0, and this one is ${low}. Raise it (such as ${high / 10_000}) or drop log.`,
    };
  if (step === undefined) return undefined;
  if (log)
    return {
      code: 'log-with-step',
      part: 'step',
      message: 'log and step exclude each other. Drop one of them.',
    };
  if (!(step > 0) || !Number.isFinite(step))
    return { code: 'bad-step', part: 'step', message: `The step must be above 0, and this one is ${step}.` };
  if (type === 'int' && !Number.isSafeInteger(step))
    return {
      code: 'int-step-not-whole',
      part: 'step',
      message: `int needs a whole step, and ${step} is not one.`,
    };
  return undefined;
}

function weightsError({ weights }: Pick<Parameter, 'weights'>, choices: number): Finding | undefined {
  if (!weights) return undefined;
  const part = 'weights';
  if (weights.length !== choices)
    return {
      code: 'bad-weights',
      part,
      message: `There are ${choices} values and ${weights.length} weights. Write one weight per value.`,
    };
  const fine =
    weights.every((weight) => weight >= 0 && Number.isFinite(weight)) && weights.some((w) => w > 0);
  if (fine) return undefined;
  return { code: 'bad-weights', part, message: 'Weights are 0 or more, and at least one is above 0.' };
}

function beliefError({
  low,
  high,
  prior,
}: {
  readonly low: number;
  readonly high: number;
  readonly prior?: Parameter['prior'];
}): Finding | undefined {
  if (!prior) return undefined;
  const { mean, sd } = prior;
  if (!(mean >= low && mean <= high))
    return {
      code: 'prior-outside',
      part: 'prior',
      message: `The prior ${mean} lies outside of the range from ${low} to ${high}. Widen the range or move the prior.`,
    };
  if (sd === undefined || (sd > 0 && Number.isFinite(sd))) return undefined;
  return { code: 'bad-sd', part: 'sd', message: `The spread must be above 0, and this one is ${sd}.` };
}

function stepsError({ step, steps }: Numeric & Parameter): Finding | undefined {
  if (steps === undefined) return undefined;
  if (step !== undefined)
    return {
      code: 'step-and-steps',
      part: 'steps',
      message:
        'step and steps exclude each other: one is how far values are apart, the other how many a grid takes. Drop one.',
    };
  if (Number.isSafeInteger(steps) && steps >= 2 && steps <= 10_000) return undefined;
  return {
    code: 'bad-steps',
    part: 'steps',
    message: `A grid needs a whole number of steps from 2 to 10000, and this one is ${steps}.`,
  };
}

/** One value is no mistake of the space, yet hardly what was meant. */
function singleNumber({ low, high, step }: Numeric): DistributionProblem | undefined {
  if (low === high)
    return {
      severity: 'warning',
      code: 'single-value',
      part: 'bounds',
      message: `The range from ${low} to ${high} holds one value, so there is nothing to search. Widen it, or drop the annotation.`,
    };
  if (step === undefined || step <= high - low) return undefined;
  return {
    severity: 'warning',
    code: 'single-value',
    part: 'step',
    message: `The step ${step} is larger than the range from ${low} to ${high}, which leaves one value. Make it smaller.`,
  };
}

function singleChoice(choices: number, type: 'categorical' | 'ordinal'): DistributionProblem | undefined {
  if (choices > 1) return undefined;
  const word = type === 'categorical' ? 'choice' : 'ordinal';
  return {
    severity: 'warning',
    code: 'single-value',
    part: 'choices',
    message: `This ${word} has one value, so there is nothing to search. Add another, or drop the annotation.`,
  };
}

function unreachableHigh(distribution: Numeric): DistributionProblem | undefined {
  const { low, high, step } = distribution;
  if (step === undefined) return undefined;
  const steps = (high - low) / step;
  if (Math.abs(steps - Math.round(steps)) < 1e-9 * Math.max(1, steps)) return undefined;
  const last = Number((low + Math.floor(steps) * step).toPrecision(12));
  return {
    severity: 'warning',
    code: 'unreachable-bound',
    part: 'high',
    message: `Steps of ${step} from ${low} end at ${last} and never reach ${high}. Write ${last} as the upper bound, or another step.`,
  };
}

function choicesError(choices: readonly string[], type: 'categorical' | 'ordinal'): Finding | undefined {
  const word = type === 'categorical' ? 'choice' : 'ordinal';
  if (choices.length === 0)
    return { code: 'no-choices', part: 'choices', message: `${word} needs values to choose from.` };
  const index = choices.findIndex((choice, at) => choices.indexOf(choice) < at);
  if (index < 0) return undefined;
  return {
    code: 'duplicate-choice',
    part: 'choices',
    index,
    message: `The value ${choices[index]} stands twice in this ${word}. Drop one.`,
  };
}
