/**
 * The standard normal distribution to nearly full double precision, tails included: density, cumulative distribution,
 * its inverse, and the logarithm of the expected improvement. Mills' ratio, Φ(-t)/φ(t), carries the tails: its
 * continued fraction (Laplace; Abramowitz and Stegun 26.2.14) has no cancellation.
 */

const SQRT_2PI = Math.sqrt(2 * Math.PI);
const LOG_SQRT_2PI = Math.log(SQRT_2PI);
/** Beyond this the continued fraction converges in TERMS terms; nearer to zero the series is exact enough. */
const TAIL = 2.5;
const TERMS = 40;

export const normalPdf = (z: number): number => Math.exp(-0.5 * z * z) / SQRT_2PI;

/** K in Φ(-t)/φ(t) = 1/(t + K), for t ≥ TAIL. */
function tail(t: number): number {
  // 1/(t + 2/(t + 3/(t + …))) from the inside; far out fewer terms do.
  let k = 0;
  for (let i = t > 12 ? 10 : TERMS; i >= 1; i--) k = i / (t + k);
  return k;
}

/** Φ(z) for |z| ≤ TAIL: Marsaglia's series, "Evaluating the normal distribution", J. Stat. Software 11 (2004). */
function central(z: number): number {
  let term = z;
  let sum = z;
  for (let i = 3; Math.abs(term) > 1e-17 * Math.abs(sum); i += 2) {
    term *= (z * z) / i;
    sum += term;
  }
  return 0.5 + sum * normalPdf(z);
}

/** Φ(z). */
export function normalCdf(z: number): number {
  if (z < -TAIL) return normalPdf(z) / (-z + tail(-z));
  if (z > TAIL) return 1 - normalPdf(z) / (z + tail(z));
  return central(z);
}

/** ln Φ(z), finite wherever z is. */
export function logNormalCdf(z: number): number {
  if (z < -TAIL) return -0.5 * z * z - LOG_SQRT_2PI - Math.log(-z + tail(-z));
  return z > TAIL ? Math.log1p(-normalPdf(z) / (z + tail(z))) : Math.log(central(z));
}

/**
 * ln(φ(z) + z Φ(z)), the logarithm of the expected improvement of a standard normal over -z, and its derivative
 * Φ(z) / (φ(z) + z Φ(z)). Ament et al., "Unexpected improvements to expected improvement", NeurIPS 2023.
 */
export function logImprovement(z: number): { readonly value: number; readonly slope: number } {
  if (z < -TAIL) {
    // φ + zΦ = φ·K/(t + K), Φ = φ/(t + K), with t = -z: nothing cancels.
    const k = tail(-z);
    return { value: -0.5 * z * z - LOG_SQRT_2PI + Math.log(k / (-z + k)), slope: 1 / k };
  }
  const cdf = normalCdf(z);
  const improvement = normalPdf(z) + z * cdf;
  return { value: Math.log(improvement), slope: cdf / improvement };
}

/** Φ⁻¹(p): Acklam's rational approximation (2003), and one step of Halley's method. */
export function normalQuantile(p: number): number {
  if (!(p > 0)) return p === 0 ? -Infinity : Number.NaN;
  if (!(p < 1)) return p === 1 ? Infinity : Number.NaN;
  if (p > 0.5) return -normalQuantile(1 - p);
  let x: number;
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    x =
      (((((-7.784894002430293e-3 * q - 3.223964580411365e-1) * q - 2.400758277161838) * q -
        2.549732539343734) *
        q +
        4.374664141464968) *
        q +
        2.938163982698783) /
      ((((7.784695709041462e-3 * q + 3.224671290700398e-1) * q + 2.445134137142996) * q + 3.754408661907416) *
        q +
        1);
  } else {
    const q = p - 0.5;
    const r = q * q;
    x =
      ((((((-3.969683028665376e1 * r + 2.209460984245205e2) * r - 2.759285104469687e2) * r +
        1.38357751867269e2) *
        r -
        3.066479806614716e1) *
        r +
        2.506628277459239) *
        q) /
      (((((-5.447609879822406e1 * r + 1.615858368580409e2) * r - 1.556989798598866e2) * r +
        6.680131188771972e1) *
        r -
        1.328068155288572e1) *
        r +
        1);
  }
  const u = (normalCdf(x) - p) / normalPdf(x);
  return x - u / (1 + (x * u) / 2);
}
