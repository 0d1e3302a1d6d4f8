/** The box in which the growth of the hypervolume is counted: what it reaches up to, and from where on. */
import type { Costs } from '../../study/objectives/pareto.js';
import { nadir } from './nadir.js';

/** With two objectives the reference lies so far beyond the worst of the front, as a share of the range of all results. */
const BEYOND_OF_TWO = 0.4;
/**
 * With more it lies nearer, beyond the corners of the front (nadir.ts), and what is further below the least of an
 * objective than the share BELOW of the range counts for no more. Where an objective has a bound, as DTLZ2's have at 0, a
 * model that does not know it hopes for a little less everywhere along the bound, and a little less there is a volume as
 * wide as the other objectives' ranges: nothing else would be tried.
 */
const BEYOND = 0.1;
const BELOW = 0.03;
/** A gain of less than this share of the range in one objective is not worth much in another. */
const SLIGHT = 0.05;

/** Members of a front that no other betters but for a slight loss: what is worth trading for. */
function worthwhile(front: readonly Costs[], ranges: readonly number[]): readonly Costs[] {
  const slight = ranges.map((range) => SLIGHT * range);
  return front.filter(
    (point) =>
      !front.some(
        (other) =>
          other.every((cost, m) => cost <= (point[m] as number) + (slight[m] as number)) &&
          other.some((cost, m) => cost < (point[m] as number) - (slight[m] as number)),
      ),
  );
}

/**
 * @param front what the models say of its members
 * @param means what they say of all trials
 * @param least of each objective, of the results themselves: the means may have been drawn below all of them by a misfit
 */
export function cornerOf(
  front: readonly Costs[],
  means: readonly Costs[],
  least: Costs,
): { readonly reference: Costs; readonly floor: Costs } {
  const lows = least.map((_, m) => Math.min(...means.map((point) => point[m] as number)));
  const ranges = lows.map((low, m) => Math.max(...means.map((point) => point[m] as number)) - low || 1);
  const floor = least.map((low, m) => low - BELOW * (ranges[m] as number));
  const beyond = (worst: Costs, share: number): Costs =>
    worst.map((high, m) => high + share * (ranges[m] as number));
  if (least.length > 2) return { reference: beyond(nadir(front, lows, ranges), BEYOND), floor };
  const solid = worthwhile(front, ranges);
  const worst = least.map((_, m) => Math.max(...solid.map((point) => point[m] as number)));
  return { reference: beyond(worst, BEYOND_OF_TWO), floor };
}
