/**
 * How far a front reaches in each objective, without the members that pay for a trifle in one objective with all of
 * another: the corners are the extreme points that Deb and Jain, "An evolutionary many-objective optimization algorithm
 * using reference-point-based nondominated sorting" (NSGA-III, IEEE TEC 18, 2014), section IV.C, find by an achievement
 * function.
 */
import type { Costs } from '../../study/objectives/pareto.js';

/** Off its axis a unit counts as so many times as much as along it: their 10⁻⁶ would follow the noise of the models. */
const OFF = 20;

/** The worst of each objective among the extreme points. `lows` and `ranges` are of all results. */
export function nadir(
  front: readonly Costs[],
  lows: readonly number[],
  ranges: readonly number[],
): readonly number[] {
  const ends = lows.map((_, axis): Costs => {
    let [best, least] = [front[0] as Costs, Infinity];
    for (const point of front) {
      const achieved = Math.max(
        ...point.map((cost, m) => {
          const share = (cost - (lows[m] as number)) / (ranges[m] as number);
          return m === axis ? share : OFF * share;
        }),
      );
      if (achieved < least) [best, least] = [point, achieved];
    }
    return best;
  });
  return lows.map((_, m) => Math.max(...ends.map((end) => end[m] as number)));
}
