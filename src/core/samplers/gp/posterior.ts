/** What a fitted Gaussian process says about a point: mean, deviation, and how a function of both changes there. */
import type { Factors, Hyperparameters } from './fit.js';
import { MEAN_VARIANCE } from './fit.js';
import { matern, maternSlope, type Points } from './kernel.js';
import { lowerTimes, transposedTimes } from './matrix.js';

/** Not below this share of the prior variance: rounding makes it negative at observed points. */
const VARIANCE_FLOOR = 1e-10;

export class Posterior {
  /** Of the last point that was asked about. */
  mean = 0;
  /** Not set by `near`. */
  deviation = 0;
  /** The deviation is no larger: it is what the one trial that says most about the point would leave of it. */
  deviationBound = 0;
  /** The variance that the nearest trial would leave at the point, had there been no noise. */
  apart = 0;
  #nearest = 0;
  readonly #distance: Float64Array;
  readonly #k: Float64Array;
  readonly #v: Float64Array;
  readonly #w: Float64Array;

  constructor(
    readonly points: Points,
    readonly hyper: Hyperparameters,
    readonly factors: Factors,
  ) {
    const n = points.count;
    this.#distance = new Float64Array(n);
    this.#k = new Float64Array(n);
    this.#v = new Float64Array(n);
    this.#w = new Float64Array(n);
  }

  /** Sets `mean` and `deviation` (without noise) to those at x; NaN in x marks an inactive parameter. */
  at(x: Float64Array): void {
    this.near(x);
    this.spread();
  }

  /** The part of `at` whose cost does not grow with the square of the trials: all but `deviation`. */
  near(x: Float64Array): void {
    const { points, hyper, factors } = this;
    const n = points.count;
    points.distances(x, hyper.weights, this.#distance);
    let mean = 0;
    let nearest = 0;
    for (let i = 0; i < n; i++) {
      const distance = this.#distance[i] as number;
      if (distance < (this.#distance[nearest] as number)) nearest = i;
      const k = hyper.signal * matern(distance) + MEAN_VARIANCE;
      this.#k[i] = k;
      mean += k * (factors.alpha[i] as number);
    }
    const prior = hyper.signal + MEAN_VARIANCE;
    const most = this.#k[nearest] as number;
    const left = prior - (most * most) / (prior + factors.noise);
    this.#nearest = nearest;
    this.apart = Math.max(VARIANCE_FLOOR * prior, ((prior - most) * (prior + most)) / prior);
    this.mean = mean;
    this.deviationBound = Math.sqrt(Math.max(VARIANCE_FLOOR * prior, left));
  }

  /** What `near` has left out for the same point. */
  spread(): void {
    const { points, hyper, factors } = this;
    const explained = lowerTimes(factors.inverse, points.count, this.#k, this.#v);
    const prior = hyper.signal + MEAN_VARIANCE;
    this.deviation = Math.sqrt(Math.max(VARIANCE_FLOOR * prior, prior - explained));
  }

  /**
   * The gradient by x of a function of `mean`, `deviation` and `apart` with the partial derivatives given, at the point
   * that `at` was last asked about, for the axes listed.
   */
  gradient(
    x: Float64Array,
    axes: readonly number[],
    byMean: number,
    byDeviation: number,
    out: Float64Array,
    byApart = 0,
  ): void {
    const { points, hyper, factors } = this;
    const n = points.count;
    transposedTimes(factors.inverse, n, this.#v, this.#w);
    // ∂σ = -(K⁻¹k)·∂k / σ
    const c = byDeviation / this.deviation;
    const toNearest = (-2 * byApart * (this.#k[this.#nearest] as number)) / (hyper.signal + MEAN_VARIANCE);
    for (let i = 0; i < n; i++) {
      let byK = byMean * (factors.alpha[i] as number) - c * (this.#w[i] as number);
      if (i === this.#nearest) byK += toNearest;
      this.#w[i] = byK * hyper.signal * maternSlope(this.#distance[i] as number);
    }
    axes.forEach((j, position) => {
      out[position] = (hyper.weights[j] as number) * points.slope(j, x[j] as number, this.#w);
    });
  }
}
