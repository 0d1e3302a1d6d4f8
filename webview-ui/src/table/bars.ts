/** Bars behind the results: how good a completed trial is between the worst shown and the best. Pure. */
import { robustRange } from '../../../src/core/analysis/history.js';
import { isExcluded } from '../../../src/core/study/best.js';
import type { Trial } from '../../../src/core/study/trial.js';
import type { StudyView } from '../feed.js';

/** How much of its bar a trial fills, 0 to 1; undefined: it has none. */
export type BarScale = (trial: Trial) => number | undefined;

/** Lengths that a bar of the wide table can have. */
export const BAR_STEPS = 20;
/** The worst shows a little. */
const LEAST = 0.04;

/** The scale of one objective over all completed trials; wild values do not flatten it. */
export function barScale(view: StudyView, metric: string): BarScale {
  const objective = view.study.objectives.find((one) => one.metric === metric);
  const resultOf = (trial: Trial): number | undefined => {
    const value = trial.state === 'complete' && !isExcluded(trial) ? trial.values[metric] : undefined;
    return value !== undefined && Number.isFinite(value) ? value : undefined;
  };
  const maximize = objective?.direction === 'maximize';
  const values: number[] = [];
  let best: number | undefined;
  for (const trial of view.trials) {
    const value = resultOf(trial);
    if (value === undefined) continue;
    values.push(value);
    if (best === undefined || (maximize ? value > best : value < best)) best = value;
  }
  const range = robustRange(values, best === undefined ? [] : [best]);
  if (!range || best === undefined || values.length < 2) return () => undefined;
  const worst = maximize ? range.low : range.high;
  if (worst === best) return () => undefined;
  const [top, bottom] = [best, worst];
  return (trial) => {
    const value = resultOf(trial);
    if (value === undefined) return undefined;
    return LEAST + (1 - LEAST) * Math.max(0, Math.min(1, (value - bottom) / (top - bottom)));
  };
}
