/**
 * Points of a space: built parameter by parameter in an order in which every condition can be decided, and named by a
 * canonical text under which equal points are equal.
 */
import { canonicalJson, type Json } from '../json.js';
import { activeParameters, conditionParameters, evaluateCondition } from './condition.js';
import { canonicalValue } from './encode.js';
import type { Parameter, Params, Space } from './parameter.js';

/**
 * The names of a space, each after those its condition speaks of, otherwise in the order given.
 * @throws Error when conditions form a circle.
 */
export function decisionOrder(space: Space): readonly string[] {
  const order: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (name: string): void => {
    const parameter = space[name];
    if (!parameter || state.get(name) === 'done') return;
    if (state.get(name) === 'open') throw new Error(`The condition of "${name}" depends on itself.`);
    state.set(name, 'open');
    if (parameter.when) for (const other of conditionParameters(parameter.when)) visit(other);
    state.set(name, 'done');
    order.push(name);
  };
  for (const name of Object.keys(space)) visit(name);
  return order;
}

/** The same point with its parameters in the order of the space: conditions may have had them decided in another. */
export function inSpaceOrder(space: Space, params: Params): Params {
  const names = Object.keys(params);
  let place = 0;
  for (const name in space) if (name === names[place]) place++;
  if (place === names.length) return params;
  return Object.fromEntries(
    Object.keys(space).flatMap((name) => (Object.hasOwn(params, name) ? [[name, params[name] as Json]] : [])),
  );
}

/** A point whose active parameters take the values `draw` gives, asked in decision order. */
export function buildPoint(
  space: Space,
  draw: (name: string, parameter: Parameter) => Json,
  order: readonly string[] = decisionOrder(space),
): Params {
  const params: Record<string, Json> = {};
  for (const name of order) {
    const parameter = space[name];
    if (!parameter || (parameter.when && !evaluateCondition(parameter.when, params))) continue;
    params[name] = draw(name, parameter);
  }
  return inSpaceOrder(space, params);
}

/** The one form of a point: active parameters alone, in the order of the space, each value in its own one form. */
export const canonicalPoint = (space: Space, values: Params): Params =>
  Object.fromEntries(
    activeParameters(space, values).map((name) => [
      name,
      canonicalValue(space[name] as Parameter, values[name] as Json),
    ]),
  );

/** One text per point. */
export const pointKey = (params: Params): string => canonicalJson(params);
