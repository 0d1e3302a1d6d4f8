/**
 * Between values and numbers: the choices of a finite distribution, the grid of a stepped one, and the unit interval
 * [0, 1] on which samplers work. A cell of a discrete parameter covers an interval of equal length.
 */
import { type Json, jsonEqual } from '../json.js';
import type {
  BoolDistribution,
  CategoricalDistribution,
  Distribution,
  FloatDistribution,
  OrdinalDistribution,
} from './parameter.js';

export function choicesOf(
  distribution: CategoricalDistribution | OrdinalDistribution | BoolDistribution,
): readonly Json[] {
  return distribution.type === 'bool' ? [false, true] : distribution.choices;
}

/** How many values there are; Infinity for a real interval. */
export function cardinality(distribution: Distribution): number {
  switch (distribution.type) {
    case 'float':
      return distribution.step === undefined
        ? Number.POSITIVE_INFINITY
        : Math.floor((distribution.high - distribution.low) / distribution.step + 1e-9) + 1;
    case 'int':
      return Math.floor((distribution.high - distribution.low) / (distribution.step ?? 1)) + 1;
    case 'categorical':
    case 'ordinal':
    case 'bool':
      return choicesOf(distribution).length;
  }
}

/** Rounds away the noise of repeated addition: 0.1 + 2 * 0.1 is 0.3, and -0.3 + 3 * 0.1 is 0. */
function onGrid(low: number, step: number, k: number): number {
  const value = low + k * step;
  return Math.abs(value) < 1e-9 * step ? 0 : Number(value.toPrecision(15));
}

/** The k-th value of a finite distribution, k from 0. Rounding never carries the last one beyond the bound. */
export function valueAt(distribution: Distribution, k: number): Json {
  switch (distribution.type) {
    case 'float':
      return Math.min(distribution.high, onGrid(distribution.low, distribution.step ?? 0, k));
    case 'int':
      return Math.min(distribution.high, distribution.low + k * (distribution.step ?? 1));
    case 'categorical':
    case 'ordinal':
    case 'bool':
      return choicesOf(distribution)[k] ?? null;
  }
}

/** Significant digits of a suggested real number: as many as anybody wants to read in a config. */
const DIGITS = 6;
/** So many every double holds. */
const EXACT_DIGITS = 15;

/**
 * A real number as it is suggested: inside the range, and rounded to six significant digits, of the number itself where
 * the parameter is logarithmic, of the range where it is not. In a range that is narrow for its place, such as from 1e9
 * to 1e9 + 1e-6, that is more digits than there are, and the number stays what it is.
 */
function tidy({ low, high, log }: FloatDistribution, x: number): number {
  const magnitude = (size: number): number => Math.floor(Math.log10(size));
  const decimals = DIGITS - 1 - magnitude(log ? Math.abs(x) : Math.min(high - low, Number.MAX_VALUE));
  const digits = decimals + 1 + magnitude(Math.abs(x));
  const rounded =
    digits > EXACT_DIGITS
      ? x
      : decimals >= 0 && decimals <= 100
        ? Number(x.toFixed(decimals))
        : decimals < 0 && decimals >= -300
          ? // Read from text, since the product of two doubles may be off in its last digit.
            Number(`${Math.round(x / 10 ** -decimals)}e${-decimals}`)
          : Number(x.toPrecision(Math.max(1, digits)));
  // Of -0 and 0, the one that people write.
  return Math.min(high, Math.max(low, rounded)) + 0;
}

/** The value of u in [0, 1]: the inverse of the cumulative distribution. */
export function decodeUnit(distribution: Distribution, u: number): Json {
  if (distribution.type === 'float' && distribution.step === undefined) {
    const { low, high } = distribution;
    const value = distribution.log
      ? Math.exp(Math.log(low) + u * (Math.log(high) - Math.log(low)))
      : low * (1 - u) + high * u;
    return tidy(distribution, value);
  }
  if (distribution.type === 'int' && distribution.log) {
    // Each integer gets the mass between its half-way neighbours, as Optuna does.
    const a = Math.log(distribution.low - 0.5);
    const b = Math.log(distribution.high + 0.5);
    return Math.min(distribution.high, Math.max(distribution.low, Math.round(Math.exp(a + u * (b - a)))));
  }
  const n = cardinality(distribution);
  return valueAt(distribution, Math.min(n - 1, Math.floor(u * n)));
}

/** Whether the value is one that the distribution can give. Steps are compared with a relative tolerance of 1e-9. */
export function contains(distribution: Distribution, value: Json): boolean {
  switch (distribution.type) {
    case 'float':
    case 'int': {
      if (typeof value !== 'number' || !(value >= distribution.low && value <= distribution.high))
        return false;
      if (distribution.type === 'int' && !Number.isInteger(value)) return false;
      const step = distribution.step;
      if (step === undefined) return true;
      const k = (value - distribution.low) / step;
      return Math.abs(k - Math.round(k)) < 1e-9 * Math.max(1, Math.abs(k));
    }
    case 'categorical':
    case 'ordinal':
    case 'bool':
      return choicesOf(distribution).some((choice) => jsonEqual(choice, value));
  }
}

/**
 * The one form of a value that a distribution contains: the nearest step, the choice as it stands in the list, 0 for -0.
 * Other numbers stay what they are: a person's own value has as many digits as it was given.
 */
export function canonicalValue(distribution: Distribution, value: Json): Json {
  switch (distribution.type) {
    case 'float':
    case 'int': {
      if (typeof value !== 'number') return value;
      const { low, step } = distribution;
      if (step === undefined) return value + 0;
      return valueAt(distribution, Math.round((value - low) / step));
    }
    case 'categorical':
    case 'ordinal':
    case 'bool':
      return choicesOf(distribution).find((choice) => jsonEqual(choice, value)) ?? value;
    default:
      return distribution satisfies never;
  }
}
