/**
 * Which of several views of the results a Gaussian process gets, with the hyperparameters fitted to it: the one under
 * which it foretells the better half of them best, each from all others (leave-one-out predictive density: Rasmussen and
 * Williams, "Gaussian processes for machine learning", section 5.4.2). The views differ in the bad half alone, so that
 * densities of the better half can be compared.
 */
import { factorise, fitHyperparameters, type Hyperparameters } from './fit.js';
import type { Points } from './kernel.js';
import { type Tail, tails, warp } from './warp.js';

export interface View {
  readonly tail: Tail;
  readonly hyper: Hyperparameters;
}

/** Mean logarithm of the density of the results at `places`, each predicted from all others. */
function foretold(
  points: Points,
  y: Float64Array,
  hyper: Hyperparameters,
  places: readonly number[],
): number {
  const n = points.count;
  const { inverse, alpha } = factorise(points, y, hyper);
  let sum = 0;
  for (const i of places) {
    let precision = 0;
    for (let k = i; k < n; k++) precision += (inverse[k * n + i] as number) ** 2;
    const off = alpha[i] as number;
    sum += 0.5 * Math.log(precision) - (0.5 * off * off) / precision;
  }
  return sum / places.length;
}

/**
 * @param values results to be minimised, one per point
 * @param evaluations of the likelihood, at most, for each view
 */
export function chooseView(
  points: Points,
  values: readonly number[],
  dimensions: number,
  evaluations: number,
): View {
  const order = [...values.keys()].sort((a, b) => (values[a] as number) - (values[b] as number));
  const better = order.slice(0, Math.ceil(order.length / 2));
  let chosen: (View & { readonly score: number }) | undefined;
  for (const tail of tails) {
    const { y, unit } = warp(values, tail);
    const hyper = fitHyperparameters(points, y, dimensions, evaluations);
    // Densities of results as they were before scaling.
    const score = foretold(points, y, hyper, better) - Math.log(unit);
    if (!chosen || score > chosen.score) chosen = { tail, hyper, score };
  }
  return chosen as View;
}
