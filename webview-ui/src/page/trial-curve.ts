/** A trial's curve beside the best one's, as paths in a square of 100: both on the same scale. Pure. */
import { robustRange } from '../../../src/core/analysis/history.js';
import type { Report } from '../../../src/core/study/trial.js';

export interface CurvePaths {
  readonly own: string;
  readonly other: string;
  readonly low: number;
  readonly high: number;
  readonly steps: number;
}

/** undefined where the trial has said fewer than two finite numbers. */
export function curvePaths(own: readonly Report[], other: readonly Report[]): CurvePaths | undefined {
  const finite = (reports: readonly Report[]): readonly Report[] =>
    reports.filter(({ value }) => Number.isFinite(value));
  const [mine, theirs] = [finite(own), finite(other)];
  const last = mine.at(-1);
  if (!last || mine.length < 2) return undefined;
  const range = robustRange(
    [...mine, ...theirs].map(({ value }) => value),
    [last.value],
  );
  if (!range) return undefined;
  const steps = Math.max(last.step, theirs.at(-1)?.step ?? 0);
  const height = range.high - range.low || 1;
  const path = (reports: readonly Report[]): string =>
    reports
      .map(({ step, value }, index) => {
        const share = (Math.max(range.low, Math.min(range.high, value)) - range.low) / height;
        const x = steps <= 1 ? 0 : ((step - 1) / (steps - 1)) * 100;
        return `${index === 0 ? 'M' : 'L'}${x.toFixed(2)} ${(98 - share * 96).toFixed(2)}`;
      })
      .join('');
  return { own: path(mine), other: path(theirs), low: range.low, high: range.high, steps: last.step };
}
