/**
 * A space as samplers with a model see it: every parameter an axis, every point a row of numbers. Real and stepped axes
 * run over [0, 1] (the logarithm where the parameter says so), categories are the index of the choice, and an inactive
 * parameter is NaN. Compiled once per space, and points are encoded once, since samplers are asked again and again about
 * the same trials. How values and unit intervals relate is in ../space/encode.ts.
 */
import { type Json, jsonEqual } from '../json.js';
import { evaluateCondition } from '../space/condition.js';
import { cardinality, choicesOf, decodeUnit, valueAt } from '../space/encode.js';
import type { Condition, Distribution, Params, Space } from '../space/parameter.js';
import { decisionOrder } from '../space/point.js';
import { priorQuantile, type UnitPrior, unitPrior } from './prior.js';

export interface Axis {
  readonly name: string;
  readonly distribution: Distribution;
  /** `real`: any number; `grid`: numbers or ranks with gaps between; `category`: no order. */
  readonly kind: 'real' | 'grid' | 'category';
  /** How many values; Infinity for `real`. */
  readonly size: number;
  /** Whether some condition decides about it. */
  readonly conditional: boolean;
  /** What the user believes of it. */
  readonly prior?: UnitPrior;
}

export interface UnitSpace {
  readonly space: Space;
  /** In an order in which every condition can be decided. */
  readonly axes: readonly Axis[];
  readonly conditional: boolean;
  /** One number per axis, NaN where inactive or outside the space. Cached by the identity of `params`. */
  encode(params: Params): Float64Array;
  /** Values of the active parameters, in the order of the space; `x` has a number for every axis. */
  decode(x: Float64Array): Params;
  /** Marks the axes that take part at `x` (1) and those that do not (0). */
  markActive(x: Float64Array, active: Uint8Array): void;
}

/** Coordinate of the k-th value of a stepped axis: the middle of its cell. */
export function cellCentre(axis: Axis, k: number): number {
  const { distribution, size } = axis;
  if (distribution.type === 'int' && distribution.log) {
    const a = Math.log(distribution.low - 0.5);
    const b = Math.log(distribution.high + 0.5);
    return (Math.log(distribution.low + k) - a) / (b - a);
  }
  return (k + 0.5) / size;
}

/** The ends of the k-th cell of a stepped axis. */
export function cellEnds(axis: Axis, k: number): readonly [number, number] {
  const { distribution, size } = axis;
  if (distribution.type === 'int' && distribution.log) {
    const a = Math.log(distribution.low - 0.5);
    const b = Math.log(distribution.high + 0.5);
    const end = (x: number): number => (Math.log(x) - a) / (b - a);
    return [end(distribution.low + k - 0.5), end(distribution.low + k + 0.5)];
  }
  return [k / size, (k + 1) / size];
}

/** Which value of a stepped axis, or which category, the coordinate u in [0, 1] stands for. */
export function cellIndex(axis: Axis, u: number): number {
  const { distribution, size } = axis;
  if (distribution.type === 'int' && distribution.log) {
    return (decodeUnit(distribution, u) as number) - distribution.low;
  }
  return Math.max(0, Math.min(size - 1, Math.floor(u * size)));
}

/** The coordinate that a uniform number stands for: itself on a real axis, the cell's centre, the index of a choice. */
export function coordinateOf(axis: Axis, u: number): number {
  if (axis.kind === 'real') return u;
  const k = cellIndex(axis, u);
  return axis.kind === 'grid' ? cellCentre(axis, k) : k;
}

/** The same, of a uniform number turned into one that follows what the user believes. */
export const believedCoordinate = (axis: Axis, u: number): number =>
  coordinateOf(axis, axis.prior ? priorQuantile(axis.prior, u) : u);

function axisOf(name: string, space: Space): Axis {
  const parameter = space[name] as Space[string];
  const { when, prior: _, weights: __, steps: ___, ...distribution } = parameter;
  const prior = unitPrior(parameter);
  const size = cardinality(distribution);
  const kind =
    distribution.type === 'categorical' || distribution.type === 'bool'
      ? 'category'
      : Number.isFinite(size)
        ? 'grid'
        : 'real';
  return { name, distribution, kind, size, conditional: when !== undefined, ...(prior && { prior }) };
}

/** Reads the coordinate of values of one axis; choices are looked up in a map, since a hundred are possible. */
function reader({ distribution, size, kind }: Axis): (value: Json) => number {
  switch (distribution.type) {
    case 'categorical':
    case 'ordinal':
    case 'bool': {
      const choices = choicesOf(distribution);
      const plain = new Map(choices.map((choice, k) => [choice, k]));
      return (value) => {
        const k = plain.get(value) ?? choices.findIndex((choice) => jsonEqual(choice, value));
        if (k < 0) return Number.NaN;
        return kind === 'category' ? k : (k + 0.5) / size;
      };
    }
    case 'float':
    case 'int': {
      const { low, high, log } = distribution;
      if (kind === 'grid' && !log) {
        const step = distribution.step ?? 1;
        return (value) =>
          typeof value === 'number' && value >= low && value <= high
            ? (Math.round((value - low) / step) + 0.5) / size
            : Number.NaN;
      }
      const half = distribution.type === 'int' ? 0.5 : 0;
      const forward = log ? Math.log : (x: number) => x;
      const a = forward(low - half);
      // Halved, so that a range from -1e308 to 1e308 does not overflow.
      const range = forward(high + half) / 2 - a / 2;
      return (value) =>
        typeof value === 'number' && value >= low && value <= high
          ? range > 0
            ? Math.min(1, Math.max(0, (forward(value) / 2 - a / 2) / range))
            : 0.5
          : Number.NaN;
    }
    default:
      return distribution satisfies never;
  }
}

function axisValue(axis: Axis, x: number): Json {
  if (axis.kind === 'real') return decodeUnit(axis.distribution, x);
  if (axis.kind === 'category') return valueAt(axis.distribution, x);
  return valueAt(axis.distribution, cellIndex(axis, x));
}

type Test = (x: Float64Array, active: Uint8Array) => boolean;

/** A condition as a test on coordinates; with the meaning of evaluateCondition, negation included. */
function compile(condition: Condition, axes: readonly Axis[], negated = false): Test {
  if ('not' in condition) return compile(condition.not, axes, !negated);
  if ('and' in condition || 'or' in condition) {
    const parts = ('and' in condition ? condition.and : condition.or).map((part) =>
      compile(part, axes, negated),
    );
    return 'and' in condition !== negated
      ? (x, active) => parts.every((part) => part(x, active))
      : (x, active) => parts.some((part) => part(x, active));
  }
  const at = axes.findIndex(({ name }) => name === condition.param);
  const axis = axes[at];
  if (!axis) return () => false;
  const wanted = negated ? { not: condition } : condition;
  const meets = (value: Json): boolean => evaluateCondition(wanted, { [axis.name]: value });
  const LISTABLE = 1000;
  if (axis.size > LISTABLE) {
    return (x, active) => active[at] === 1 && meets(axisValue(axis, x[at] as number));
  }
  const table = Uint8Array.from({ length: axis.size }, (_, k) =>
    meets(valueAt(axis.distribution, k)) ? 1 : 0,
  );
  return axis.kind === 'category'
    ? (x, active) => active[at] === 1 && table[x[at] as number] === 1
    : (x, active) => active[at] === 1 && table[cellIndex(axis, x[at] as number)] === 1;
}

const compiled = new WeakMap<Space, UnitSpace>();

/** The space, compiled; the same object for the same space. */
export function unitSpace(space: Space): UnitSpace {
  const known = compiled.get(space);
  if (known) return known;
  const axes = decisionOrder(space).map((name) => axisOf(name, space));
  const readers = axes.map(reader);
  const tests = axes.map(({ name }) => {
    const when = space[name]?.when;
    return when && compile(when, axes);
  });
  const position = new Map(axes.map(({ name }, j) => [name, j]));
  const places = Object.keys(space).map((name) => ({ name, at: position.get(name) as number }));
  const encoded = new WeakMap<Params, Float64Array>();

  const markActive = (x: Float64Array, active: Uint8Array): void => {
    for (let j = 0; j < axes.length; j++) {
      const test = tests[j];
      active[j] = test === undefined || test(x, active) ? 1 : 0;
    }
  };
  const result: UnitSpace = {
    space,
    axes,
    conditional: axes.some(({ conditional }) => conditional),
    encode(params) {
      let x = encoded.get(params);
      if (!x) {
        x = Float64Array.from(axes, ({ name }, j) => {
          const value = Object.hasOwn(params, name) ? params[name] : undefined;
          return value === undefined ? Number.NaN : (readers[j] as (value: Json) => number)(value);
        });
        encoded.set(params, x);
      }
      return x;
    },
    decode(x) {
      const active = new Uint8Array(axes.length);
      markActive(x, active);
      const params: Record<string, Json> = {};
      for (const { name, at } of places) {
        if (active[at]) params[name] = axisValue(axes[at] as Axis, x[at] as number);
      }
      return params;
    },
    markActive,
  };
  compiled.set(space, result);
  return result;
}
