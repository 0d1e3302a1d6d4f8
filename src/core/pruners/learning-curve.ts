/**
 * Where a learning curve will end, with its uncertainty: Bayesian averaging over saturating curves
 * y(t) = c + a·φ(t), an ensemble like that of Domhan, Springenberg and Hutter, "Speeding up automatic hyperparameter
 * optimization of deep neural networks by extrapolation of learning curves" (IJCAI 2015), but without Markov chains: φ comes
 * from a grid of shapes (power laws t^-α, exponentials e^-t/τ, 1/ln(t + 1)), and for each of them level c, amplitude a
 * and noise have a conjugate prior (normal-inverse-gamma), so that evidence and prediction are exact and cheap: a mixture
 * of Student distributions, the same on every machine. No real curve has any of these shapes, and its deviations from them
 * last: points do not count as independent (a power of the likelihood: Grünwald, "The safe Bayesian", ALT 2012), and what
 * is still to come is as uncertain as it is large. Both constants were set by the coverage of intervals (bench/README.md).
 */
import { logGamma, studentCdf } from '../student-t.js';

export interface Forecast {
  readonly mean: number;
  readonly deviation: number;
  /** P(final value < x). */
  below(x: number): number;
}

/** What is believed before the first point: finals lie around `centre`, give or take `spread`; curves span `range`. */
export interface CurvePrior {
  readonly centre: number;
  readonly spread: number;
  readonly range: number;
}

/** Of the inverse-gamma prior of the noise's variance: weak, around 2 % of the range. */
const NOISE_SHAPE = 1.5;
const NOISE_SHARE = 0.02;

/** So many points all points of a curve count for, at most. */
const EFFECTIVE = 3;
/** Deviation of the shapes from the truth, as a share of the change that they foretell. */
const MISFIT = 0.15;

/** Shapes that fall from 1 to 0, for steps up to `last`. */
function shapes(last: number): readonly ((t: number) => number)[] {
  const powers = [0.15, 0.3, 0.5, 0.8, 1.2, 2].map((alpha) => (t: number) => t ** -alpha);
  const exponentials = [0.03, 0.07, 0.15, 0.3, 0.6].map(
    (share) => (t: number) => Math.exp(-(t - 1) / (share * last)),
  );
  return [...powers, ...exponentials, (t) => Math.LN2 / Math.log(t + 1)];
}

interface Component {
  readonly logEvidence: number;
  readonly location: number;
  readonly scale: number;
}

/**
 * The value of a curve at step `last`.
 * @param curve steps and values, finite, in order
 */
export function forecast(
  curve: readonly { readonly step: number; readonly value: number }[],
  last: number,
  { centre, spread, range }: CurvePrior,
): Forecast {
  // In the unit of the range, whose square may be no number.
  const scaled = (value: number): number => value / range - centre / range;
  const { mean, deviation, below } = scaledForecast(
    curve.map(({ step, value }) => ({ step, value: scaled(value) })),
    last,
    spread / range,
  );
  return { mean: centre + mean * range, deviation: deviation * range, below: (x) => below(scaled(x)) };
}

/** The same where the prior is centred at 0, and the range is 1. */
function scaledForecast(
  curve: readonly { readonly step: number; readonly value: number }[],
  last: number,
  spread: number,
): Forecast {
  const power = Math.min(1, EFFECTIVE / curve.length);
  const n = curve.length * power;
  const latest = curve.at(-1)?.value ?? 0;
  const a0 = NOISE_SHAPE;
  const unit = NOISE_SHARE ** 2;
  const b0 = unit * (a0 - 1);
  // Prior precisions of c and a in units of the noise's variance, b0 / (a0 - 1).
  const precisionC = unit / spread ** 2;
  const precisionA = unit;
  const freedom = 2 * a0 + n;
  const components = shapes(last).map((phi): Component => {
    // Level is the value at `last`: the basis of the amplitude is zero there.
    const end = phi(last);
    let [s01, s11, sy0, sy1, syy] = [0, precisionA, 0, 0, 0];
    for (const { step, value: y } of curve) {
      const x = phi(step) - end;
      s01 += power * x;
      s11 += power * x * x;
      sy0 += power * y;
      sy1 += power * x * y;
      syy += power * y * y;
    }
    const s00 = n + precisionC;
    const determinant = s00 * s11 - s01 * s01;
    const c = (s11 * sy0 - s01 * sy1) / determinant;
    const a = (s00 * sy1 - s01 * sy0) / determinant;
    const aN = a0 + n / 2;
    const bN = b0 + Math.max(0, syy - c * sy0 - a * sy1) / 2;
    return {
      logEvidence:
        0.5 * Math.log((precisionC * precisionA) / determinant) +
        a0 * Math.log(b0) -
        aN * Math.log(bN) +
        logGamma(aN),
      location: c,
      // Of a new value at `last`, its noise and what the shape cannot know included.
      scale: Math.sqrt((bN / aN) * (1 + s11 / determinant) + (MISFIT * (c - latest)) ** 2),
    };
  });
  const most = Math.max(...components.map(({ logEvidence }) => logEvidence));
  const weights = components.map(({ logEvidence }) => Math.exp(logEvidence - most));
  const total = weights.reduce((sum, w) => sum + w, 0);
  const average = (f: (component: Component) => number): number =>
    components.reduce((sum, component, i) => sum + ((weights[i] as number) / total) * f(component), 0);
  const mean = average(({ location }) => location);
  const variance = average(
    ({ location, scale }) => (location - mean) ** 2 + (scale ** 2 * freedom) / (freedom - 2),
  );
  return {
    mean,
    deviation: Math.sqrt(variance),
    below: (x) => average(({ location, scale }) => studentCdf((x - location) / scale, freedom)),
  };
}
