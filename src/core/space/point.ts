/**
 * Points of a space: built parameter by parameter in an order in which every condition can be decided, and named by a
 * canonical text under which equal points are equal.
 */
import { canonicalJson, type Json } from '../json.js';
import { conditionParameters, evaluateCondition } from './condition.js';
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
  return params;
}

/** One text per point. */
export const pointKey = (params: Params): string => canonicalJson(params);
