/**
 * One run of the covariance matrix adaptation evolution strategy: a normal distribution that moves to where the better
 * half of a generation was and takes the shape of the steps that led there. Hansen, "The CMA evolution strategy: a
 * tutorial", arXiv 1604.00772v2 (2023), whose symbols and default constants (table 1) these are, negative weights
 * included. Steps that this distribution did not make are shortened as Hansen, "Injecting external solutions into
 * CMA-ES", arXiv 1110.4181 (2011) says. For whole numbers it is CMA-ES with margin: margin.ts.
 */
import type { Random } from '../../random.js';
import { normalQuantile } from '../normal.js';
import { eigen } from './eigen.js';

/** Constants for n dimensions and a generation of λ. */
interface Constants {
  readonly weights: Float64Array;
  readonly mu: number;
  readonly muEff: number;
  readonly cSigma: number;
  readonly dSigma: number;
  readonly cc: number;
  readonly c1: number;
  readonly cMu: number;
  /** E‖N(0, I)‖ */
  readonly chi: number;
  /** Longest step in units of the distribution: c_y of the paper on injection. */
  readonly longest: number;
}

function constants(n: number, lambda: number): Constants {
  const mu = Math.floor(lambda / 2);
  const raw = Float64Array.from({ length: lambda }, (_, i) => Math.log((lambda + 1) / 2) - Math.log(i + 1));
  const positive = raw.slice(0, mu);
  const negative = raw.slice(mu);
  const sum = (xs: Float64Array): number => xs.reduce((total, x) => total + x, 0);
  const effective = (xs: Float64Array): number => sum(xs) ** 2 / xs.reduce((total, x) => total + x * x, 0);
  const muEff = effective(positive);
  const muEffNegative = effective(negative);
  const cSigma = (muEff + 2) / (n + muEff + 5);
  const cc = (4 + muEff / n) / (n + 4 + (2 * muEff) / n);
  const c1 = 2 / ((n + 1.3) ** 2 + muEff);
  const cMu = Math.min(1 - c1, (2 * (0.25 + muEff + 1 / muEff - 2)) / ((n + 2) ** 2 + muEff));
  // Equations 50 to 53.
  const scale = Math.min(1 + c1 / cMu, 1 + (2 * muEffNegative) / (muEff + 2), (1 - c1 - cMu) / (n * cMu));
  const [up, down] = [sum(positive), -sum(negative)];
  return {
    weights: raw.map((w, i) => (i < mu ? w / up : (scale * w) / down)),
    mu,
    muEff,
    cSigma,
    dSigma: 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (n + 1)) - 1) + cSigma,
    cc,
    c1,
    cMu,
    chi: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
    longest: Math.sqrt(n) + (2 * n) / (n + 2),
  };
}

/** The tutorial's size of a generation. */
export const defaultLambda = (n: number): number => 4 + Math.floor(3 * Math.log(Math.max(1, n)));

export class Evolution {
  readonly mean: Float64Array;
  sigma: number;
  /** Covariance, n × n, row major. */
  readonly covariance: Float64Array;
  /** Factor per coordinate by which samples are wider than the distribution: the margin's A. */
  readonly widen: Float64Array;
  generation = 0;
  readonly #k: Constants;
  readonly #pathSigma: Float64Array;
  readonly #pathC: Float64Array;
  #vectors: Float64Array;
  #deviations: Float64Array;
  #decomposed = 0;

  /** @param covariance n × n, row major; the identity where absent */
  constructor(
    mean: Float64Array,
    sigma: number,
    readonly lambda: number,
    covariance?: Float64Array,
  ) {
    const n = mean.length;
    this.mean = mean.slice();
    this.sigma = sigma;
    this.covariance =
      covariance?.slice() ?? Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) ? 0 : 1));
    this.widen = new Float64Array(n).fill(1);
    this.#k = constants(n, lambda);
    this.#pathSigma = new Float64Array(n);
    this.#pathC = new Float64Array(n);
    this.#vectors = new Float64Array(n * n);
    this.#deviations = new Float64Array(n);
    this.#decompose();
  }

  copy(): Evolution {
    const other = new Evolution(this.mean, this.sigma, this.lambda, this.covariance);
    other.generation = this.generation;
    other.widen.set(this.widen);
    other.#pathSigma.set(this.#pathSigma);
    other.#pathC.set(this.#pathC);
    other.#vectors = this.#vectors.slice();
    other.#deviations = this.#deviations.slice();
    other.#decomposed = this.#decomposed;
    return other;
  }

  /** The best of a generation weigh so much; those after the first `mu` negatively. */
  get weights(): Float64Array {
    return this.#k.weights;
  }

  /** The variance-effective size of the better half. */
  get muEff(): number {
    return this.#k.muEff;
  }

  /** Standard deviation of samples along coordinate j. */
  deviation(j: number): number {
    const n = this.mean.length;
    return this.sigma * (this.widen[j] as number) * Math.sqrt(this.covariance[j * n + j] as number);
  }

  /** Equation 40: a point, not yet within bounds. */
  sample(source: Random): Float64Array {
    const n = this.mean.length;
    const z = Float64Array.from(
      this.mean,
      (_, i) =>
        (this.#deviations[i] as number) * normalQuantile((source.next() * (2 ** 32 - 1) + 0.5) / 2 ** 32),
    );
    return this.mean.map((m, i) => {
      let step = 0;
      for (let k = 0; k < n; k++) step += (this.#vectors[i * n + k] as number) * (z[k] as number);
      return m + this.sigma * (this.widen[i] as number) * step;
    });
  }

  /** One generation. @param points best first, as many as λ or fewer */
  update(points: readonly Float64Array[]): void {
    const { mean, covariance } = this;
    const k = this.#k;
    const n = mean.length;
    const count = Math.min(points.length, this.lambda);
    if (count === 0) return;
    this.generation++;
    // A space of choices alone has generations, and nothing to adapt here.
    if (n === 0) return;
    // Of fewer points than λ each stands for its neighbours in rank.
    const weightOf = (rank: number): number => {
      if (count === this.lambda) return k.weights[rank] as number;
      const [from, to] = [(rank * this.lambda) / count, ((rank + 1) * this.lambda) / count];
      let sum = 0;
      for (let i = Math.floor(from); i < to && i < this.lambda; i++) {
        sum += (Math.min(to, i + 1) - Math.max(from, i)) * (k.weights[i] as number);
      }
      return sum;
    };
    const steps = points.slice(0, count).map((x) => {
      const y = x.map((xi, i) => (xi - (mean[i] as number)) / (this.sigma * (this.widen[i] as number)));
      const length = Math.sqrt(this.#whiten(y).reduce((sum, v) => sum + v * v, 0));
      return length > k.longest ? y.map((v) => (v * k.longest) / length) : y;
    });
    const shift = new Float64Array(n);
    steps.forEach((y, rank) => {
      const w = weightOf(rank);
      if (w > 0) for (let i = 0; i < n; i++) shift[i] = (shift[i] as number) + w * (y[i] as number);
    });
    for (let i = 0; i < n; i++) {
      mean[i] = (mean[i] as number) + this.sigma * (this.widen[i] as number) * (shift[i] as number);
    }

    // Equations 43 and 44: the step size.
    const white = this.#whiten(shift);
    const path = this.#pathSigma;
    const drift = Math.sqrt(k.cSigma * (2 - k.cSigma) * k.muEff);
    let norm = 0;
    for (let i = 0; i < n; i++) {
      path[i] = (1 - k.cSigma) * (path[i] as number) + drift * (white[i] as number);
      norm += (path[i] as number) ** 2;
    }
    norm = Math.sqrt(norm);
    this.sigma *= Math.exp(Math.min(1, (k.cSigma / k.dSigma) * (norm / k.chi - 1)));

    // Equations 45 to 47: the covariance.
    const expected = Math.sqrt(1 - (1 - k.cSigma) ** (2 * this.generation));
    const h = norm / expected < (1.4 + 2 / (n + 1)) * k.chi ? 1 : 0;
    const pathC = this.#pathC;
    const driftC = h * Math.sqrt(k.cc * (2 - k.cc) * k.muEff);
    for (let i = 0; i < n; i++) pathC[i] = (1 - k.cc) * (pathC[i] as number) + driftC * (shift[i] as number);
    let total = 0;
    const rankMu = steps.map((y, rank) => {
      const w = weightOf(rank);
      total += w;
      if (w >= 0) return w;
      const length = this.#whiten(y).reduce((sum, v) => sum + v * v, 0);
      return (w * n) / Math.max(length, 1e-12);
    });
    const keep = 1 + k.c1 * (1 - h) * k.cc * (2 - k.cc) - k.c1 - k.cMu * total;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let c = keep * (covariance[i * n + j] as number) + k.c1 * (pathC[i] as number) * (pathC[j] as number);
        steps.forEach((y, rank) => {
          c += k.cMu * (rankMu[rank] as number) * (y[i] as number) * (y[j] as number);
        });
        covariance[i * n + j] = c;
        covariance[j * n + i] = c;
      }
    }
    if (this.generation - this.#decomposed > 1 / (10 * n * (k.c1 + k.cMu))) this.#decompose();
  }

  /** Longest axis over shortest, of the covariance. */
  get condition(): number {
    return (Math.max(...this.#deviations) / Math.min(...this.#deviations)) ** 2;
  }

  /** C^(-1/2)·y */
  #whiten(y: Float64Array): Float64Array {
    const n = y.length;
    const v = this.#vectors;
    const along = new Float64Array(n);
    for (let k = 0; k < n; k++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (v[i * n + k] as number) * (y[i] as number);
      along[k] = sum / (this.#deviations[k] as number);
    }
    return Float64Array.from(y, (_, i) => {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += (v[i * n + k] as number) * (along[k] as number);
      return sum;
    });
  }

  #decompose(): void {
    const n = this.mean.length;
    const { vectors, values } = eigen(this.covariance, n);
    const largest = Math.max(...values);
    this.#vectors = vectors;
    // Rounding, and negative weights, can make an eigenvalue negative.
    this.#deviations = values.map((value) => Math.sqrt(Math.max(value, 1e-14 * largest, 1e-300)));
    this.#decomposed = this.generation;
  }
}
