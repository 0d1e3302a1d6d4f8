/**
 * Constraints: which points of a space a study may try, and which results it may accept. A comparison with a parameter
 * that takes no part is neither true nor false, and a constraint forbids a point only where it is false.
 */
import { type Expression, expressionViolation } from './expression.js';
import type { Params } from './parameter.js';

export interface Constraint {
  /** As its author wrote it. */
  readonly text: string;
  /** With names of parameters, or of metrics. */
  readonly expression: Expression;
}

/** The first constraint that forbids the point. */
export const brokenConstraint = (
  constraints: readonly Constraint[],
  params: Params,
): Constraint | undefined =>
  constraints.find(({ expression }) => (expressionViolation(expression, params) ?? 0) > 0);

/** Whether points are allowed, or undefined where every point is. */
export function allowance(
  constraints: readonly Constraint[] | undefined,
): ((params: Params) => boolean) | undefined {
  if (!constraints || constraints.length === 0) return undefined;
  return (params) => brokenConstraint(constraints, params) === undefined;
}

/**
 * By how much the metrics of a trial break the outcome constraints: 0 where all hold, else the sum over them, each in
 * the unit of its own comparison; Infinity where a metric is missing or not a number. Undefined where there are none.
 */
export function outcomeViolation(
  constraints: readonly Constraint[] | undefined,
): ((values: Readonly<Record<string, number>>) => number) | undefined {
  if (!constraints || constraints.length === 0) return undefined;
  return (values) =>
    constraints.reduce(
      (sum, { expression }) => sum + (expressionViolation(expression, values) ?? Number.POSITIVE_INFINITY),
      0,
    );
}
