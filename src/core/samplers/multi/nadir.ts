/**
 * How far a front reaches in each objective, without the members that pay for a trifle in one objective with all of
 * another. Its corners are the extreme points that Deb and Jain, "An evolutionary many-objective optimization algorithm
 * using reference-point-based nondominated sorting" (NSGA-III, IEEE TEC 18, 2014), section IV.C, find by an achievement
 * function, the worst of one objective; and, since objectives that go together leave these close to each other, the best
 * of each objective (the payoff table of multi-criteria decisions).
 */
import type { Costs } from '../../study/objectives/pareto.js';

/** Off its axis a unit counts as so many times as much as along it: their 10⁻⁶ would follow the noise of the models. */
const OFF = 20;
/** Of the best of one objective: what the mean of the others counts beside it. */
const OTHERS = 0.1;

/** The worst of each objective among the corners. `lows` and `ranges` are of all results. */
export function nadir(
  front: readonly Costs[],
  lows: readonly number[],
  ranges: readonly number[],
): readonly number[] {
  const shares = front.map((point) =>
    point.map((cost, m) => (cost - (lows[m] as number)) / (ranges[m] as number)),
  );
  const least = (achieved: (share: readonly number[]) => number): Costs => {
    let [best, value] = [front[0] as Costs, Infinity];
    shares.forEach((share, i) => {
      const own = achieved(share);
      if (own < value) [best, value] = [front[i] as Costs, own];
    });
    return best;
  };
  const corners = lows.flatMap((_, axis) => [
    least((share) => Math.max(...share.map((x, m) => (m === axis ? x : OFF * x)))),
    least((share) => {
      const others = share.reduce((sum, x, m) => (m === axis ? sum : sum + x), 0);
      return (share[axis] as number) + (OTHERS * others) / (share.length - 1);
    }),
  ]);
  return lows.map((_, m) => Math.max(...corners.map((corner) => corner[m] as number)));
}
