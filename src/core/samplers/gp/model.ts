/**
 * The model of all results as the search for the next point uses it: a Gaussian process, the value to improve on, and
 * the expected improvement. Trials that are running count with the value predicted for them.
 */
import { logImprovement } from '../normal.js';
import type { Axis } from '../unit-space.js';
import type { Feasibility } from './feasibility.js';
import { atFidelity, pointsAt } from './fidelity-axis.js';
import { factorise, type Hyperparameters } from './fit.js';
import { Posterior } from './posterior.js';

/** A point beside a trial is held for new as far as its variance without noise exceeds this share of the noise's. */
const SAME = 0.01;

export class Model {
  /** Posterior means at the points of the results, at the end of a training. */
  readonly means: Float64Array;
  /** The best of them: the value to improve on. Noise has made the best result look better than it is. */
  readonly incumbent: number;
  readonly #posterior: Posterior;
  readonly #feasibility: Feasibility | undefined;
  /** The point that is asked about, at the end of a training; absent where all results are of ends. */
  readonly #end: Float64Array | undefined;

  /**
   * @param rows points of the results, one number per axis, NaN where inactive
   * @param y the warped results
   * @param pending trials that are running
   * @param fidelities of the results, where some are not of the end of a training
   * @param limits where some trials failed or broke a constraint: which rows did not, and how likely others are not to
   */
  constructor(
    axes: readonly Axis[],
    rows: readonly Float64Array[],
    y: Float64Array,
    pending: readonly Float64Array[],
    hyper: Hyperparameters,
    fidelities?: readonly number[],
    limits?: { readonly feasible: readonly boolean[]; readonly chance: Feasibility },
  ) {
    this.#feasibility = limits?.chance;
    this.#end = fidelities && atFidelity(new Float64Array(axes.length), 1);
    const finished = pointsAt(axes, rows, fidelities);
    const factors = factorise(finished, y, hyper);
    const posterior = new Posterior(finished, hyper, factors);
    const predict = (row: Float64Array): number => {
      posterior.near(this.#atEnd(row));
      return posterior.mean;
    };
    // k·K⁻¹y at the trials themselves, where k is a row of K without its noise.
    this.means = y.map((value, i) =>
      (fidelities?.[i] ?? 1) < 1
        ? predict(rows[i] as Float64Array)
        : value - factors.noise * (factors.alpha[i] as number),
    );
    const counted = limits ? this.means.filter((_, i) => limits.feasible[i]) : this.means;
    this.incumbent =
      counted.length > 0
        ? counted.reduce((least, mean) => Math.min(least, mean), Infinity)
        : this.means.reduce((most, mean) => Math.max(most, mean), -Infinity);
    if (pending.length === 0) {
      this.#posterior = posterior;
    } else {
      const all = pointsAt(axes, [...rows, ...pending], fidelities);
      const believed = Float64Array.from([...y, ...pending.map(predict)]);
      this.#posterior = new Posterior(all, hyper, factorise(all, believed, hyper));
    }
  }

  /**
   * Logarithm of the expected improvement at x, times the probability of being feasible, less the nearer x is to a trial
   * that noise has blurred: there one would only measure the same again. NaN in x marks an inactive parameter. Where
   * that is certain not to exceed `atLeast`, a bound which does not either, at a fraction of the cost.
   */
  improvement(x: Float64Array, atLeast = Number.NEGATIVE_INFINITY): number {
    const posterior = this.#posterior;
    posterior.near(this.#atEnd(x));
    const again = -Math.log1p((SAME * posterior.factors.noise) / posterior.apart);
    if (atLeast > Number.NEGATIVE_INFINITY) {
      // The expected improvement grows with the deviation.
      const { deviationBound: most } = posterior;
      const bound = logImprovement((this.incumbent - posterior.mean) / most).value + Math.log(most) + again;
      if (bound <= atLeast) return bound;
    }
    posterior.spread();
    const z = (this.incumbent - posterior.mean) / posterior.deviation;
    const chance = this.#feasibility?.logChance(x) ?? 0;
    return logImprovement(z).value + Math.log(posterior.deviation) + chance + again;
  }

  /** The gradient of `improvement` at the x it was last asked about, for the axes listed. */
  gradient(x: Float64Array, axes: readonly number[], out: Float64Array): void {
    const { mean, deviation, apart, factors } = this.#posterior;
    const z = (this.incumbent - mean) / deviation;
    const { slope } = logImprovement(z);
    const same = SAME * factors.noise;
    const byApart = same / (apart * (apart + same));
    this.#posterior.gradient(x, axes, -slope / deviation, (1 - z * slope) / deviation, out, byApart);
    this.#feasibility?.addGradient(x, axes, out);
  }

  /** The results (places among the rows) that the kernel holds nearest to x, nearest first. */
  nearest(x: Float64Array, count: number): readonly number[] {
    const { points, hyper } = this.#posterior;
    const distances = new Float64Array(points.count);
    points.distances(this.#atEnd(x), hyper.weights, distances);
    return [...this.means.keys()]
      .sort((a, b) => (distances[a] as number) - (distances[b] as number) || b - a)
      .slice(0, count);
  }

  #atEnd(x: Float64Array): Float64Array {
    this.#end?.set(x);
    return this.#end ?? x;
  }

  /** Mean and deviation at x, as the model sees values. */
  predict(x: Float64Array): { readonly mean: number; readonly deviation: number } {
    this.#posterior.at(this.#atEnd(x));
    return { mean: this.#posterior.mean, deviation: this.#posterior.deviation };
  }
}
