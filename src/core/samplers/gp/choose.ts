/**
 * Which of several views of the results a Gaussian process gets, with the hyperparameters fitted to it: the one under
 * which it foretells them best, each from all others (leave-one-out predictive density: Rasmussen and Williams,
 * "Gaussian processes for machine learning", section 5.4.2). The views differ in the bad half alone, so that densities of
 * the better half can be compared; of the others it counts how likely they were to be worse than that. Without those,
 * whoever holds everything for good would be ahead, above all with noise (the censored likelihood of Diks, Panchenko and
 * van Dijk, "Likelihood-based scoring rules for comparing density forecasts in tails", J. Econometrics 163 (2011)).
 * In the same way it is decided whether what a gentle function leaves unexplained is noise, or the function a rugged one:
 * who takes a function with many valleys for noise goes on measuring the best place over and over.
 */
import { logNormalCdf } from '../normal.js';
import { factorise, fitHyperparameters, type Hyperparameters } from './fit.js';
import type { Points } from './kernel.js';
import { type Tail, tails, warp } from './warp.js';

/** Less noise than this is none: a second fit would hardly find less. */
const NOISE = 1e-4;
/**
 * What the logarithm of all that was foretold must gain by a rugged function, and how many results there must be for each
 * parameter: with few of them any function looks like one.
 */
const RUGGED = { gain: 4, results: 4 };

export interface View {
  readonly tail: Tail;
  readonly hyper: Hyperparameters;
}

/**
 * Of results each predicted from all others, in a sum over `better.size`: the logarithm of the density of the better
 * ones, and of the probability that the others are worse than all of those.
 */
function foretold(
  points: Points,
  y: Float64Array,
  hyper: Hyperparameters,
  better: ReadonlySet<number>,
): number {
  const n = points.count;
  const { inverse, alpha } = factorise(points, y, hyper);
  let edge = Number.NEGATIVE_INFINITY;
  for (const i of better) edge = Math.max(edge, y[i] as number);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let precision = 0;
    for (let k = i; k < n; k++) precision += (inverse[k * n + i] as number) ** 2;
    const off = (alpha[i] as number) / precision;
    if (better.has(i)) sum += 0.5 * Math.log(precision) - 0.5 * precision * off * off;
    else sum += logNormalCdf(((y[i] as number) - off - edge) * Math.sqrt(precision));
  }
  return sum / better.size;
}

/**
 * @param values results to be minimised, one per point
 * @param evaluations of the likelihood, at most, for each fit
 */
export function chooseView(
  points: Points,
  values: readonly number[],
  dimensions: number,
  evaluations: number,
): View {
  const order = [...values.keys()].sort((a, b) => (values[a] as number) - (values[b] as number));
  const better = new Set(order.slice(0, Math.ceil(order.length / 2)));
  let chosen: (View & { readonly score: number }) | undefined;
  for (const tail of tails) {
    const { y, unit } = warp(values, tail);
    // Densities of results as they were before scaling.
    const judge = (hyper: Hyperparameters, handicap: number): void => {
      const score = foretold(points, y, hyper, better) - Math.log(unit) - handicap;
      if (!chosen || score > chosen.score) chosen = { tail, hyper, score };
    };
    const gentle = fitHyperparameters(points, y, dimensions, evaluations);
    judge(gentle, 0);
    if (gentle.noise < NOISE || values.length < RUGGED.results * dimensions) continue;
    const rugged = fitHyperparameters(points, y, dimensions, evaluations, 'rugged');
    judge(rugged, RUGGED.gain / better.size);
  }
  return chosen as View;
}
