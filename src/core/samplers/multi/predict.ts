/** What the models of several objectives expect of a point, each in its objective's unit, as ../explain.ts does for one. */
import type { Direction, Prediction } from '../../study/trial.js';
import { explain } from '../explain.js';
import type { Posterior } from '../gp/posterior.js';
import type { Warp } from '../gp/warp.js';

/** undefined where a number is not finite. */
export function predictMany(
  models: readonly { readonly posterior: Posterior }[],
  warps: readonly Warp[],
  directions: readonly Direction[],
  x: Float64Array,
): Prediction | undefined {
  const each = models.map(({ posterior }, m) => {
    posterior.at(x);
    const { y, invert } = warps[m] as Warp;
    const { mean, deviation } = posterior;
    return explain({ mean, deviation, incumbent: Math.min(...y), invert }, directions[m], []).prediction;
  });
  const [first, ...others] = each;
  if (!first || others.some((other) => !other)) return undefined;
  return {
    ...first,
    others: others.map((other) => ({ mean: other?.mean ?? 0, deviation: other?.deviation ?? 0 })),
  };
}
