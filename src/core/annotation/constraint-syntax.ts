/**
 * Reads the text of one constraint into a raw tree with offsets, or says where and why it cannot. What its names stand
 * for is found out in constraints.ts.
 */
import type { Operator, Relation } from '../space/expression.js';
import { SyntaxError as PeggySyntaxError, parse } from './tune.peggy';
import type { RawPath, RawText } from './tune-syntax.js';

interface Extent {
  readonly start: number;
  readonly end: number;
}

export type RawQuantity =
  | ({ readonly kind: 'number'; readonly value: number } & Extent)
  /** A list or mapping in YAML's flow style. */
  | ({ readonly kind: 'value'; readonly text: string } & Extent)
  | ({ readonly kind: 'path' } & RawPath)
  | {
      readonly kind: 'operation';
      readonly operator: Operator;
      readonly left: RawQuantity;
      readonly right: RawQuantity;
    }
  | ({ readonly kind: 'call'; readonly call: string; readonly of: readonly RawQuantity[] } & Extent);

export type RawConstraint =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly RawConstraint[] }
  | { readonly kind: 'not'; readonly part: RawConstraint }
  | {
      readonly kind: 'relation';
      readonly relation: Relation;
      readonly left: RawQuantity;
      readonly right: RawQuantity;
    }
  | {
      readonly kind: 'in';
      readonly of: RawQuantity;
      readonly values: readonly RawText[];
      readonly negated: boolean;
    }
  /** A quantity where something true or false is expected. */
  | { readonly kind: 'truth'; readonly of: RawQuantity };

export type ConstraintSyntax =
  | { readonly ok: true; readonly constraint: RawConstraint }
  | { readonly ok: false; readonly message: string; readonly offset: number };

export function readConstraintSyntax(text: string): ConstraintSyntax {
  try {
    return { ok: true, constraint: parse(text, { startRule: 'Constraint' }) as RawConstraint };
  } catch (error) {
    if (!(error instanceof PeggySyntaxError)) throw error;
    const at = error.location.start.offset;
    const offset = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
    const word = /^\S+/.exec(text.slice(offset))?.[0];
    const single = word === '=' ? ' Equality is written `==`.' : '';
    const found = word === undefined ? 'The constraint ends too early' : `\`${word}\` was not expected here`;
    return {
      ok: false,
      message: `${found}.${single} A constraint is a comparison such as \`units1 >= units2\` or \`rate * batch <= 10\`, joined by \`and\`, \`or\`, \`not\`.`,
      offset,
    };
  }
}

/** Where a quantity stands in the text. */
export function extentOf(quantity: RawQuantity): Extent {
  if (quantity.kind !== 'operation') return quantity;
  return { start: extentOf(quantity.left).start, end: extentOf(quantity.right).end };
}
