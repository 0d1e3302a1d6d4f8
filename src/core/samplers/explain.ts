/**
 * What a model says about the point it suggests, in the units of the objective: a sentence for people and the numbers
 * of `Prediction`. Models see warped results, so quantiles are transformed back: the mean as the median it is, the
 * deviation as half the distance between the 16 % and the 84 % quantile, the improvement as a step down from the value
 * to improve on.
 */
import type { Direction, Prediction, Suggestion } from '../study/trial.js';
import { normalCdf, normalPdf } from './normal.js';

export interface Predicted {
  /** Of the warped result, to be minimised. */
  readonly mean: number;
  readonly deviation: number;
  /** The warped value to improve on. */
  readonly incumbent: number;
  /** Back to the units of the results, to be minimised. */
  readonly invert: (warped: number) => number;
}

/** Digits for people, and in journals, which are read by people, too. */
const SHORT = 4;
const STORED = 6;

const rounded = (x: number, digits: number): number => Number(x.toPrecision(digits));

/** With more digits where the deviation asks for them: of 1e9 ± 2 it is the last ones that tell anything. */
function roundedBeside(x: number, spread: number, digits: number): number {
  const needed = Math.floor(Math.log10(Math.abs(x))) - Math.floor(Math.log10(spread)) + digits - 2;
  return Number.isFinite(needed) ? rounded(x, Math.min(17, Math.max(digits, needed))) : rounded(x, digits);
}

/** @param nearest numbers of the nearest finished trials, nearest first */
export function explain(
  { mean, deviation, incumbent, invert }: Predicted,
  direction: Direction | undefined,
  nearest: readonly number[],
): Pick<Suggestion, 'reason' | 'prediction'> {
  const sign = direction === 'maximize' ? -1 : 1;
  const z = (incumbent - mean) / deviation;
  const gain = deviation * (normalPdf(z) + z * normalCdf(z));
  const expected = sign * invert(mean);
  const spread = Math.abs(invert(mean + deviation) / 2 - invert(mean - deviation) / 2);
  const improvement = Math.abs(invert(incumbent) - invert(incumbent - gain));
  const beside = (x: number): number => roundedBeside(x, spread, SHORT);
  const reason = `the model predicts ${beside(expected)} ± ${rounded(spread, SHORT)}; expected improvement ${rounded(improvement, SHORT)} over ${beside(sign * invert(incumbent))}`;
  const prediction: Prediction = {
    mean: roundedBeside(expected, spread, STORED),
    deviation: rounded(spread, STORED),
    improvement: rounded(improvement, STORED),
    // Trials of other studies have numbers below 0, which say nothing here.
    nearest: nearest.filter((number) => number >= 0),
  };
  // JSON has no infinities.
  const finite = [expected, spread, improvement].every(Number.isFinite);
  return finite
    ? { reason, prediction }
    : { reason: 'the model expects the most of it, in numbers too large to state' };
}
