/**
 * An axis for the values of one column (a parameter, a metric, a duration): linear, logarithmic or by category, with
 * robust ends where nothing else says how far it reaches. Pure; where on a screen it lies is the page's work.
 */
import { canonicalJson, type Json } from '../json.js';
import { choicesOf } from '../space/encode.js';
import type { Parameter } from '../space/parameter.js';
import { robustRange } from './history.js';

export interface NumberAxis {
  readonly kind: 'number';
  readonly log: boolean;
  /** Both finite, low < high. */
  readonly low: number;
  readonly high: number;
  /** How many of the given values lie outside. */
  readonly outside: number;
  /** Whether a logarithm could show every value. */
  readonly logPossible: boolean;
}

export type ValueAxis = NumberAxis | { readonly kind: 'category'; readonly choices: readonly Json[] };

export interface AxisChoices {
  /** Every value, however wild. */
  readonly full?: boolean;
  readonly log?: boolean;
  /** Values that must be in sight. */
  readonly keep?: readonly number[];
}

/** The axis of a parameter: as its distribution says, or, without one, as its values ask for. */
export function parameterAxis(parameter: Parameter | undefined, values: Iterable<Json>): ValueAxis {
  if (parameter?.type === 'float' || parameter?.type === 'int') {
    const { low, high, log = false } = parameter;
    return { kind: 'number', log, ...apart(low, high, log), outside: 0, logPossible: low > 0 };
  }
  if (parameter) return { kind: 'category', choices: choicesOf(parameter) };
  const known = [...values];
  if (known.length > 0 && known.every((value) => typeof value === 'number')) {
    return numberAxis(known as number[], { full: true });
  }
  const distinct = new Map(known.map((value) => [canonicalJson(value), value]));
  return { kind: 'category', choices: [...distinct.values()] };
}

/** The axis of measured numbers. Non-finite ones are passed over; a logarithm is used only where all are positive. */
export function numberAxis(values: readonly number[], choices: AxisChoices = {}): NumberAxis {
  const finite = values.filter(Number.isFinite);
  const logPossible = finite.length > 0 && finite.every((value) => value > 0);
  const log = choices.log === true && logPossible;
  const to = log ? Math.log10 : (x: number): number => x;
  const back = log ? (x: number): number => 10 ** x : (x: number): number => x;
  const shown = log ? finite.map(to) : finite;
  const keep = (choices.keep ?? []).filter((value) => Number.isFinite(value) && (!log || value > 0)).map(to);
  const range = choices.full ? extent([...shown, ...keep]) : robustRange(shown, keep);
  if (!range) return { kind: 'number', log: false, low: 0, high: 1, outside: 0, logPossible };
  const { low, high } = apart(back(range.low), back(range.high), log);
  return { kind: 'number', log, low, high, outside: range.outside, logPossible };
}

function extent(values: readonly number[]): { low: number; high: number; outside: number } | undefined {
  if (values.length === 0) return undefined;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { low, high, outside: 0 };
}

/** Ends that differ, whatever they were. */
function apart(low: number, high: number, log: boolean): { low: number; high: number } {
  if (high > low) return { low, high };
  if (log) return { low: low / 2, high: high * 2 };
  const room = Math.abs(low) * 0.1 || 1;
  return { low: low - room, high: high + room };
}

/** Where a value lies, 0 at the low end and 1 at the high; outside [0, 1] beyond them. undefined: not on this axis. */
export function unitOf(axis: ValueAxis, value: Json | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (axis.kind === 'category') {
    const at = axis.choices.indexOf(value);
    const index = at >= 0 ? at : indexOfLike(axis.choices, value);
    return index < 0 ? undefined : (index + 0.5) / axis.choices.length;
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  // Halved, so that a range from -1e308 to 1e308 does not overflow.
  if (!axis.log) return (value / 2 - axis.low / 2) / (axis.high / 2 - axis.low / 2);
  if (value <= 0) return undefined;
  return (Math.log(value) - Math.log(axis.low)) / (Math.log(axis.high) - Math.log(axis.low));
}

/** Places of lists and mappings by their text, found once per list of choices. */
const PLACES = new WeakMap<readonly Json[], ReadonlyMap<string, number>>();

function indexOfLike(choices: readonly Json[], value: Json): number {
  if (value === null || typeof value !== 'object') return -1;
  let places = PLACES.get(choices);
  if (!places) {
    places = new Map(choices.map((choice, index) => [canonicalJson(choice), index]));
    PLACES.set(choices, places);
  }
  return places.get(canonicalJson(value)) ?? -1;
}

/** The number at a place of a numeric axis: the inverse of `unitOf`. */
export function numberAt(axis: NumberAxis, unit: number): number {
  if (!axis.log) return axis.low * (1 - unit) + axis.high * unit;
  // Not low · (high / low)^unit: the quotient of 1e300 and 1e-300 is no number.
  return axis.low ** (1 - unit) * axis.high ** unit;
}
