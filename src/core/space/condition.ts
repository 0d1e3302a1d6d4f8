/**
 * What conditions mean: whether one holds, which parameters of a point take part, and which conditions wait for each
 * other. Reading conditions from text is in ../annotation.
 */
import { type Json, jsonEqual } from '../json.js';
import type { Condition, Params, Space } from './parameter.js';

/**
 * Whether the condition holds. `params` carries active parameters only: a comparison with one that is missing is
 * false, and so is its negation. Negations are therefore pushed down to the comparisons (De Morgan).
 */
export function evaluateCondition(condition: Condition, params: Params): boolean {
  return holds(condition, params, false);
}

function holds(condition: Condition, params: Params, negated: boolean): boolean {
  if ('not' in condition) return holds(condition.not, params, !negated);
  if ('and' in condition || 'or' in condition) {
    const parts = 'and' in condition ? condition.and : condition.or;
    const all = 'and' in condition !== negated;
    const test = (part: Condition): boolean => holds(part, params, negated);
    return all ? parts.every(test) : parts.some(test);
  }
  const value = Object.hasOwn(params, condition.param) ? params[condition.param] : undefined;
  if (value === undefined) return false;
  const listed = (values: readonly Json[]): boolean => values.some((one) => jsonEqual(one, value));
  return 'in' in condition ? listed(condition.in) !== negated : listed(condition.notIn) === negated;
}

/** The names a condition speaks of, in its order, repeated as it repeats them. */
export function conditionParameters(condition: Condition): readonly string[] {
  if ('param' in condition) return [condition.param];
  if ('not' in condition) return conditionParameters(condition.not);
  return ('and' in condition ? condition.and : condition.or).flatMap(conditionParameters);
}

/**
 * The names of the parameters that take part, in the order of the space. `values` may hold values of inactive
 * parameters too (as a file does): they count for nothing. The parameters of a circle are inactive.
 */
export function activeParameters(space: Space, values: Params): readonly string[] {
  const active = new Map<string, boolean>();
  const decide = (name: string): boolean => {
    const known = active.get(name);
    if (known !== undefined) return known;
    const parameter = Object.hasOwn(space, name) ? space[name] : undefined;
    if (!parameter) return false;
    active.set(name, false);
    const { when } = parameter;
    const result =
      when === undefined || evaluateCondition(when, pick(values, conditionParameters(when), decide));
    active.set(name, result);
    return result;
  };
  return Object.keys(space).filter(decide);
}

function pick(values: Params, names: readonly string[], keep: (name: string) => boolean): Params {
  return Object.fromEntries(
    names
      .filter((name) => Object.hasOwn(values, name) && keep(name))
      .map((name) => [name, values[name] as Json]),
  );
}

/** Names whose conditions wait for each other in a circle, in the order they wait, or undefined if there is none. */
export function findCycle(space: Space): readonly string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (name: string): readonly string[] | undefined => {
    const at = path.indexOf(name);
    if (at >= 0) return path.slice(at);
    if (done.has(name) || !Object.hasOwn(space, name)) return undefined;
    path.push(name);
    const { when } = space[name] as Space[string];
    for (const other of when ? conditionParameters(when) : []) {
      const cycle = visit(other);
      if (cycle) return cycle;
    }
    path.pop();
    done.add(name);
    return undefined;
  };
  for (const name of Object.keys(space)) {
    const cycle = visit(name);
    if (cycle) return cycle;
  }
  return undefined;
}
