/**
 * Results of one of several objectives as the models see them: centred and scaled, and what lies far above the others
 * (a training that diverged) drawn in to a fence. Unlike with one objective the bad half is not squashed otherwise: the
 * worst end of one objective is where the best of another lies, and volumes must keep their proportions.
 */
import type { Warp } from '../gp/warp.js';

/** The fence stands at the third quartile plus so many times the distance between the quartiles: Tukey (1977), "far out". */
const FENCE = 3;

/** @param values to be minimised; finite */
export function standardise(values: readonly number[]): Warp {
  const sorted = values.toSorted((a, b) => a - b);
  const quantile = (q: number): number => sorted[Math.floor(q * (sorted.length - 1))] as number;
  // Halved, so that neither sums nor differences overflow.
  const [lower, upper] = [quantile(0.25) / 2, quantile(0.75) / 2];
  const spread = upper - lower;
  const fence = spread > 0 ? upper + FENCE * spread : Infinity;
  const least = (sorted[0] as number) / 2;
  const most = Math.min((sorted.at(-1) as number) / 2, fence);
  const scale = most > least && Number.isFinite(most - least) ? most - least : 1;
  const y = Float64Array.from(values, (value) => (Math.min(value / 2, fence) - least) / scale);
  const centre = y.reduce((a, b) => a + b, 0) / y.length;
  const deviation = Math.sqrt(y.reduce((sum, v) => sum + (v - centre) ** 2, 0) / y.length) || 1;
  for (let i = 0; i < y.length; i++) y[i] = ((y[i] as number) - centre) / deviation;
  return { y, invert: (warped) => 2 * (least + scale * (centre + deviation * warped)) };
}
