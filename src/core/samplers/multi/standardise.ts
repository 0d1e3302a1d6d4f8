/**
 * Results of several objectives as the models see them: centred and scaled, and what lies far above the others (a training
 * that diverged) drawn in to a fence. Unlike with one objective the bad half is not squashed otherwise: the worst end of
 * one objective is where the best of another lies, and volumes must keep their proportions.
 */
import { type Costs, paretoRanks } from '../../study/objectives/pareto.js';
import type { Warp } from '../gp/warp.js';
import { nadir } from './nadir.js';

/** The fence stands at the third quartile plus so many times the distance between the quartiles: Tukey (1977), "far out". */
const FENCE = 3;

/**
 * @param values to be minimised; finite
 * @param within the fence stands no lower than this
 */
export function standardise(values: readonly number[], within = Number.NEGATIVE_INFINITY): Warp {
  const sorted = values.toSorted((a, b) => a - b);
  const quantile = (q: number): number => sorted[Math.floor(q * (sorted.length - 1))] as number;
  // Halved, so that neither sums nor differences overflow.
  const [lower, upper] = [quantile(0.25) / 2, quantile(0.75) / 2];
  const spread = upper - lower;
  const fence = spread > 0 ? Math.max(within / 2, upper + FENCE * spread) : Infinity;
  const least = (sorted[0] as number) / 2;
  const most = Math.min((sorted.at(-1) as number) / 2, fence);
  const scale = most > least && Number.isFinite(most - least) ? most - least : 1;
  const y = Float64Array.from(values, (value) => (Math.min(value / 2, fence) - least) / scale);
  const centre = y.reduce((a, b) => a + b, 0) / y.length;
  const deviation = Math.sqrt(y.reduce((sum, v) => sum + (v - centre) ** 2, 0) / y.length) || 1;
  for (let i = 0; i < y.length; i++) y[i] = ((y[i] as number) - centre) / deviation;
  return { y, invert: (warped) => 2 * (least + scale * (centre + deviation * warped)) };
}

/**
 * Each objective of all results. Nothing on the front is drawn in but what pays for a trifle with all of an objective:
 * where most trials are the best there can be in an objective, all others would be outliers.
 */
export function standardiseAll(
  results: readonly { readonly costs: Costs; readonly violation: number }[],
): readonly Warp[] {
  const all = results.map(({ costs }) => costs);
  const ranks = paretoRanks(
    all,
    results.map(({ violation }) => violation),
  );
  // Halved here too.
  const front = all.filter((_, i) => ranks[i] === 0).map((costs) => costs.map((cost) => cost / 2));
  const columns = (all[0] ?? []).map((_, m) => all.map((costs) => costs[m] as number));
  const lows = columns.map((column) => Math.min(...column) / 2);
  const ranges = lows.map((low, m) => Math.max(...front.map((costs) => costs[m] as number)) - low || 1);
  const worst = nadir(front, lows, ranges);
  return columns.map((column, m) => standardise(column, 2 * (worst[m] as number)));
}
