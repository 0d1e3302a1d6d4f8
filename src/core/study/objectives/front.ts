/**
 * What came of a study with several objectives, in words and numbers for every place that tells results: who is on the
 * front, which of them is the balanced one, what is better than the file's own values, and the hypervolume.
 */
import { formatNumber } from '../../format.js';
import { baselineTrial, bestTrial, mergedStudy } from '../best.js';
import type { Study, Trial } from '../trial.js';
import { hypervolumeHistory } from './hypervolume.js';
import { costsOf, dominates, paretoFront } from './pareto.js';

export interface Front {
  /** The best of the first objective first. */
  readonly trials: readonly Trial[];
  /** The member that is diffed and applied unless another is named: see `balancedTrial`. */
  readonly balanced: Trial | undefined;
  /** Share of the box between the best values and the reference point, 0 to 1. */
  readonly hypervolume: number;
  /** Members that are nowhere worse than trial 0 and somewhere better. Undefined while trial 0 has no result. */
  readonly betterThanBaseline: readonly Trial[] | undefined;
}

type Wanted = Pick<Study, 'objectives' | 'trials' | 'settings' | 'baseline'>;

export const hasSeveralObjectives = ({ objectives }: Pick<Study, 'objectives'>): boolean =>
  objectives.length > 1;

/** The front of a study with several objectives; undefined for a study with one. */
export function frontOf(study: Wanted): Front | undefined {
  if (!hasSeveralObjectives(study)) return undefined;
  const directions = study.objectives.map(({ direction }) => direction);
  const merged = mergedStudy(study);
  const trials = paretoFront(merged);
  const first = baselineTrial(study);
  const before = first && Object.keys(study.baseline).length > 0 ? costsOf(first, directions) : undefined;
  return {
    trials,
    balanced: bestTrial(study),
    hypervolume: hypervolumeHistory(merged).steps.at(-1)?.value ?? 0,
    betterThanBaseline:
      before && trials.filter((trial) => dominates(costsOf(trial, directions) ?? before, before)),
  };
}

/** `4 on the front` for a status bar. */
export const frontCount = (study: Pick<Study, 'objectives' | 'trials' | 'settings'>): string =>
  `${paretoFront(mergedStudy(study)).length} on the front`;

const SHOWN = 8;
const numbers = (trials: readonly Trial[]): string => {
  const shown = trials.slice(0, SHOWN).map(({ number }) => number);
  return `${shown.join(', ')}${trials.length > SHOWN ? ' and others' : ''}`;
};

/** The sentences under a table of the front: balanced member, comparison with the file's values, hypervolume. */
export function frontSentences(
  { objectives, baseline }: Pick<Study, 'objectives' | 'baseline'>,
  front: Front,
): readonly string[] {
  const { balanced, betterThanBaseline, trials } = front;
  const onFront = trials.some(({ number }) => number === 0);
  const better = (): string => {
    if (!betterThanBaseline) return 'The values in the file have no result to compare with.';
    if (onFront) return "No trial betters the file's own values in every metric: they are on the front.";
    if (betterThanBaseline.length === 0) return "None is better than the file's own values in every metric.";
    const [one] = betterThanBaseline;
    return betterThanBaseline.length === 1
      ? `Trial ${one?.number} is nowhere worse than the values in the file.`
      : `${betterThanBaseline.length} of them are nowhere worse than the values in the file: ${numbers(betterThanBaseline)}.`;
  };
  const values = objectives.map(({ metric }, m) => {
    const value = balanced?.objectives?.[m];
    return `${metric} ${value === undefined ? '–' : formatNumber(value, 6)}`;
  });
  return [
    ...(balanced
      ? [`Balanced: trial ${balanced.number} (${values.join(', ')}), nearest to the best of every metric.`]
      : []),
    // A study of another program has no file to compare with.
    ...(Object.keys(baseline).length > 0 ? [better()] : []),
    `Hypervolume ${formatNumber(front.hypervolume, 4)} of the box from the best of every metric to a tenth beyond the worst that was ever on the front.`,
  ];
}
