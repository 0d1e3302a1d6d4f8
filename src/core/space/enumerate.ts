/** Walking through every point of a grid over a space, conditions respected, without building the list. */
import type { Json } from '../json.js';
import { evaluateCondition } from './condition.js';
import { cardinality, decodeUnit, valueAt } from './encode.js';
import type { Distribution, Parameter, Params, Space } from './parameter.js';
import { decisionOrder, inSpaceOrder } from './point.js';

/** Points on an axis that is a range without step: floats, and integers with more than twice as many values. */
const RANGE_POINTS = 5;
/** Values of one axis, at most; of a range with more steps, so many of them, evenly. */
const MOST_POINTS = 10_000;

/** All values where the parameter has few or says its step, else five, or its `steps`, across the range, ends included. */
export function gridValues(distribution: Parameter): readonly Json[] {
  const n = cardinality(distribution);
  const { steps } = distribution;
  const isRange =
    (distribution.type === 'float' || distribution.type === 'int') && distribution.step === undefined;
  if (!isRange || n <= (steps ?? 2 * RANGE_POINTS)) {
    const length = Math.min(n, MOST_POINTS);
    const stride = n > length ? (n - 1) / (length - 1) : 1;
    return Array.from({ length }, (_, i) => valueAt(distribution, Math.round(i * stride)));
  }
  const points = steps ?? RANGE_POINTS;
  // The ends themselves, and between them evenly by the parameter's own scale.
  const inner = Array.from({ length: points - 2 }, (_, k) =>
    decodeUnit(distribution, (k + 1) / (points - 1)),
  );
  return [...new Set([distribution.low, ...inner, distribution.high])];
}

/** Every value; undefined where they are not finitely many. */
export function allValues(distribution: Distribution): readonly Json[] | undefined {
  const n = cardinality(distribution);
  return Number.isFinite(n) ? Array.from({ length: n }, (_, k) => valueAt(distribution, k)) : undefined;
}

/** Every point over the axes given, the first parameter turning slowest. */
export function* enumerate(space: Space, axes: Readonly<Record<string, readonly Json[]>>): Generator<Params> {
  const order = decisionOrder(space);
  const params: Record<string, Json> = {};
  function* from(depth: number): Generator<Params> {
    const name = order[depth];
    if (name === undefined) {
      yield inSpaceOrder(space, { ...params });
      return;
    }
    const when = space[name]?.when;
    if (when && !evaluateCondition(when, params)) {
      yield* from(depth + 1);
      return;
    }
    for (const value of axes[name] ?? []) {
      params[name] = value;
      yield* from(depth + 1);
    }
    delete params[name];
  }
  yield* from(0);
}
