/**
 * How likely a point is to give a result at all, and one that keeps the outcome constraints: a Gaussian process
 * regression on ±1, its sign the answer ("least-squares classification": Rasmussen and Williams, "Gaussian processes for
 * machine learning", section 6.5). The expected improvement is multiplied by this probability: Gardner et al., "Bayesian
 * optimization with inequality constraints", ICML 2014, equation 6. One model serves failures and constraints alike,
 * since for either only whether it held is known of every trial.
 */
import { logNormalCdf, normalPdf } from '../normal.js';
import type { Axis } from '../unit-space.js';
import { factorise, type Hyperparameters } from './fit.js';
import { Points } from './kernel.js';
import { Posterior } from './posterior.js';

/** No point is held for impossible: a failure may have been an accident. */
const LEAST = Math.log(1e-6);

export class Feasibility {
  readonly #posterior: Posterior;

  /** @param labels 1 where the trial was feasible, else -1 */
  constructor(
    axes: readonly Axis[],
    rows: readonly Float64Array[],
    labels: Float64Array,
    hyper: Hyperparameters,
  ) {
    const points = new Points(axes, rows);
    this.#posterior = new Posterior(points, hyper, factorise(points, labels, hyper));
  }

  /** Logarithm of the probability at x; NaN in x marks an inactive parameter. */
  logChance(x: Float64Array): number {
    this.#posterior.at(x);
    return Math.max(LEAST, logNormalCdf(this.#standard().z));
  }

  #standard(): { readonly z: number; readonly spread: number } {
    const { mean, deviation, hyper } = this.#posterior;
    const spread = Math.sqrt(deviation * deviation + hyper.noise);
    return { z: mean / spread, spread };
  }

  /** Adds the gradient of `logChance` at the x it was last asked about, for the axes listed. */
  addGradient(x: Float64Array, axes: readonly number[], out: Float64Array): void {
    const { z, spread } = this.#standard();
    const log = logNormalCdf(z);
    if (!(log > LEAST)) return;
    const slope = normalPdf(z) / Math.exp(log);
    const own = new Float64Array(axes.length);
    const byDeviation = (-slope * z * this.#posterior.deviation) / (spread * spread);
    this.#posterior.gradient(x, axes, slope / spread, byDeviation, own);
    for (let i = 0; i < own.length; i++) out[i] = (out[i] as number) + (own[i] as number);
  }
}
