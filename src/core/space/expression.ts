/**
 * Expressions over parameters or metrics, such as `units1 >= units2` and `rate * batch <= 10`: what they are made of,
 * whether one holds, and by how much it fails. Data only, so that a journal can hold them; reading them from text is in
 * ../annotation.
 */
import { type Json, jsonEqual } from '../json.js';

export type Operator = '+' | '-' | '*' | '/' | '%' | '**';
export type Relation = '<' | '<=' | '>' | '>=' | '==' | '!=';

const FUNCTIONS = {
  abs: Math.abs,
  ceil: Math.ceil,
  exp: Math.exp,
  floor: Math.floor,
  log: Math.log,
  log10: Math.log10,
  log2: Math.log2,
  max: Math.max,
  min: Math.min,
  round: Math.round,
  sqrt: Math.sqrt,
} as const;
export type FunctionName = keyof typeof FUNCTIONS;
export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as readonly FunctionName[];

export type Quantity =
  | { readonly value: Json }
  /** The value of a parameter, or of a metric. */
  | { readonly name: string }
  | { readonly operator: Operator; readonly left: Quantity; readonly right: Quantity }
  | { readonly call: FunctionName; readonly of: readonly Quantity[] };

export type Expression =
  | { readonly relation: Relation; readonly left: Quantity; readonly right: Quantity }
  | { readonly and: readonly Expression[] }
  | { readonly or: readonly Expression[] }
  | { readonly not: Expression };

/** Values by name; a name that is missing (an inactive parameter) has none. */
type Values = Readonly<Record<string, Json>>;

/** Relative size of what counts as the noise of arithmetic: 0.1 + 0.2 is 0.3. */
const TOLERANCE = 1e-9;

/** The value, undefined where some name has none; arithmetic with anything but numbers gives NaN. */
function quantity(of: Quantity, values: Values): Json | undefined {
  if ('value' in of) return of.value;
  if ('name' in of) return Object.hasOwn(values, of.name) ? values[of.name] : undefined;
  if ('call' in of) {
    const parts = of.of.map((part) => quantity(part, values));
    return parts.includes(undefined)
      ? undefined
      : (FUNCTIONS[of.call] as (...numbers: number[]) => number)(...parts.map(asNumber));
  }
  const left = quantity(of.left, values);
  const right = quantity(of.right, values);
  return left === undefined || right === undefined
    ? undefined
    : arithmetic(of.operator, asNumber(left), asNumber(right));
}

const asNumber = (value: Json | undefined): number => (typeof value === 'number' ? value : Number.NaN);

function arithmetic(operator: Operator, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '**':
      return a ** b;
    default:
      return operator satisfies never;
  }
}

const OPPOSITE: Readonly<Record<Relation, Relation>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '==': '!=',
  '!=': '==',
};

/** What a strict relation fails by when both sides are equal. */
const LEAST = 1e-12;

/**
 * By how much a relation fails: 0 where it holds, undefined where a name has no value. Numbers fail by the distance to
 * where it would hold, other values by 1, and what is no number where one is needed by Infinity.
 */
function relationViolation(
  relation: Relation,
  left: Json | undefined,
  right: Json | undefined,
): number | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (typeof left !== 'number' || typeof right !== 'number') {
    if (relation === '==') return jsonEqual(left, right) ? 0 : 1;
    if (relation === '!=') return jsonEqual(left, right) ? 1 : 0;
    return Number.POSITIVE_INFINITY;
  }
  if (Number.isNaN(left) || Number.isNaN(right)) return Number.POSITIVE_INFINITY;
  const distance = left === right ? 0 : Math.abs(left - right);
  // Of an infinite number everything would be within the tolerance.
  const equal =
    distance === 0 ||
    (Number.isFinite(distance) && distance <= TOLERANCE * Math.max(Math.abs(left), Math.abs(right)));
  switch (relation) {
    case '<':
      return left < right && !equal ? 0 : Math.max(LEAST, distance);
    case '<=':
      return left < right || equal ? 0 : distance;
    case '>':
      return left > right && !equal ? 0 : Math.max(LEAST, distance);
    case '>=':
      return left > right || equal ? 0 : distance;
    case '==':
      return equal ? 0 : distance;
    case '!=':
      return equal ? LEAST : 0;
    default:
      return relation satisfies never;
  }
}

/**
 * By how much an expression fails: 0 where it holds; the sum over what is joined by `and`, the least over what is
 * joined by `or`. Undefined where that depends on a name without a value (Kleene's three-valued logic: `true or x` is
 * true, `false and x` is false, whatever x is).
 */
export function expressionViolation(
  expression: Expression,
  values: Values,
  negated = false,
): number | undefined {
  if ('not' in expression) return expressionViolation(expression.not, values, !negated);
  if ('relation' in expression) {
    const relation = negated ? OPPOSITE[expression.relation] : expression.relation;
    return relationViolation(relation, quantity(expression.left, values), quantity(expression.right, values));
  }
  const parts = 'and' in expression ? expression.and : expression.or;
  const all = 'and' in expression !== negated;
  const known = parts.map((part) => expressionViolation(part, values, negated));
  if (all) {
    const failing = known.filter((violation) => violation !== undefined && violation > 0) as number[];
    if (failing.length > 0) return failing.reduce((sum, violation) => sum + violation, 0);
    return known.includes(undefined) ? undefined : 0;
  }
  if (known.includes(0)) return 0;
  return known.includes(undefined) ? undefined : Math.min(...(known as number[]));
}

/** The names an expression speaks of, each once, in its order. */
export function expressionNames(expression: Expression): readonly string[] {
  const names = new Set<string>();
  const ofQuantity = (part: Quantity): void => {
    if ('name' in part) names.add(part.name);
    else if ('call' in part) part.of.forEach(ofQuantity);
    else if ('operator' in part) {
      ofQuantity(part.left);
      ofQuantity(part.right);
    }
  };
  const ofExpression = (part: Expression): void => {
    if ('not' in part) ofExpression(part.not);
    else if ('and' in part) part.and.forEach(ofExpression);
    else if ('or' in part) part.or.forEach(ofExpression);
    else {
      ofQuantity(part.left);
      ofQuantity(part.right);
    }
  };
  ofExpression(expression);
  return [...names];
}
