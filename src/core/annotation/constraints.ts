/**
 * The `constraints` of a `@sweep`: from texts to expressions on parameters, which say what may be tried, or on metrics,
 * which say what results are acceptable. What the file fixes is put in as the constant it is. A name that is neither a
 * parameter nor in the file can only be a metric.
 */
import type { Json } from '../json.js';
import type { Constraint } from '../space/constraint.js';
import { choicesOf, contains } from '../space/encode.js';
import {
  type Expression,
  expressionViolation,
  FUNCTION_NAMES,
  type Quantity,
  type Relation,
} from '../space/expression.js';
import type { Distribution } from '../space/parameter.js';
import { closestName, lookUp, readPath, type Scope } from './conditions.js';
import { extentOf, type RawConstraint, type RawQuantity, readConstraintSyntax } from './constraint-syntax.js';
import type { WrittenText } from './constraint-texts.js';
import type { Diagnostics } from './diagnostics.js';
import { didYouMean } from './nearest.js';
import { readFlowValue } from './tune-syntax.js';

export interface Constraints {
  /** Between parameters. */
  readonly constraints: readonly (Constraint & { readonly at: WrittenText })[];
  /** On metrics. */
  readonly outcomeConstraints: readonly Constraint[];
}

/** Every constraint that could be read; what is wrong with the others is in the diagnostics. */
export function readConstraints(
  written: readonly WrittenText[],
  scope: Scope,
  metrics: readonly string[],
  diagnostics: Diagnostics,
): Constraints {
  const constraints: Constraints['constraints'][number][] = [];
  const outcomeConstraints: Constraint[] = [];
  for (const at of written) {
    const read = new ConstraintReader(at, scope, metrics, diagnostics).read();
    if (read === undefined) continue;
    const constraint = { text: at.text.trim(), expression: read.expression };
    if (read.kind === 'outcome') outcomeConstraints.push(constraint);
    else constraints.push({ ...constraint, at });
  }
  return { constraints, outcomeConstraints };
}

type Parameter = Scope['tuned'][number];

/** A quantity with what is known of it. */
interface Resolved {
  readonly quantity: Quantity;
  readonly raw: RawQuantity;
  /** A parameter alone. */
  readonly parameter?: Parameter;
  /** A word that names nothing: a metric, or a value to compare with. */
  readonly word?: string;
  readonly numeric: boolean;
}

/** Which names look like metrics wherever they stand. */
const METRIC = /^val_|(?:^|_)(?:loss|accuracy|acc|f1|mse|mae|rmse|r2|auc|error|latency|ms)$/;

/** Reports and gives up on the constraint. */
class Refused extends Error {}

class ConstraintReader {
  /** Names that can only be metrics, with where they stand. */
  readonly #words: { readonly name: string; readonly raw: RawQuantity }[] = [];
  readonly #parameters = new Set<string>();

  constructor(
    readonly written: WrittenText,
    readonly scope: Scope,
    readonly metrics: readonly string[],
    readonly diagnostics: Diagnostics,
  ) {}

  read(): { readonly kind: 'parameters' | 'outcome'; readonly expression: Expression } | undefined {
    const { written, diagnostics } = this;
    const syntax = readConstraintSyntax(written.text);
    if (!syntax.ok) {
      const offset = Math.min(syntax.offset, written.text.length - 1);
      const [start, end] = this.#place({ start: offset, end: written.text.length });
      diagnostics.error('constraint-syntax', syntax.message, start, end);
      return undefined;
    }
    try {
      const expression = this.#expression(syntax.constraint);
      return { kind: this.#kind(expression), expression };
    } catch (error) {
      if (error instanceof Refused) return undefined;
      throw error;
    }
  }

  #refuse(code: string, message: string, raw?: RawQuantity): never {
    const { written } = this;
    const [start, end] = this.#place(raw ? extentOf(raw) : { start: 0, end: written.text.length });
    this.diagnostics.error(code, message, start, end);
    throw new Refused();
  }

  /** Where in the file a part of the text stands: all of it, where that cannot be told. */
  #place({ start, end }: { readonly start: number; readonly end: number }): readonly [number, number] {
    const { written } = this;
    return written.folded ? [written.start, written.end] : [written.start + start, written.start + end];
  }

  #kind(expression: Expression): 'parameters' | 'outcome' {
    const [word] = this.#words;
    if (word && this.#parameters.size > 0) {
      if (this.metrics.includes(word.name) || METRIC.test(word.name))
        this.#refuse(
          'mixed-constraint',
          `\`${word.name}\` is a metric, known only when a trial has ended, and ${list(this.#parameters)} ${this.#parameters.size > 1 ? 'are' : 'is'} chosen before. Write one constraint on parameters and one on metrics.`,
          word.raw,
        );
      this.#refuse(
        'unknown-path',
        `Nothing in this file is called \`${word.name}\`.${this.#hint(word.name)}`,
        word.raw,
      );
    }
    if (word) {
      for (const { name, raw } of this.#words) {
        const close = this.metrics.includes(name) ? undefined : closestName(name, this.scope);
        if (close === undefined) continue;
        if (close.endsWith(`.${name}`))
          this.#refuse('unknown-path', `Nothing in this file is called \`${name}\`.${this.#hint(name)}`, raw);
        this.diagnostics.warning(
          'taken-for-metric',
          `Nothing in this file is called \`${name}\`, so it is taken for a metric. Did you mean \`${close}\`?`,
          ...this.#place(extentOf(raw)),
        );
      }
      return 'outcome';
    }
    if (this.#parameters.size > 0) return 'parameters';
    const holds = expressionViolation(expression, {}) === 0;
    this.#refuse(
      'constant-constraint',
      `\`${this.written.text.trim()}\` speaks of nothing that is tuned and is always ${holds ? 'true. Take it out.' : 'false: no trial would be allowed. Correct it or take it out.'}`,
    );
  }

  #hint(written: string): string {
    const close = closestName(written, this.scope);
    return close === undefined
      ? ' Paths begin at the top of the file, such as `optimizer.name`; `as NAME` gives a parameter a shorter name.'
      : ` Did you mean \`${close}\`?`;
  }

  #expression(raw: RawConstraint): Expression {
    switch (raw.kind) {
      case 'and':
        return { and: raw.parts.map((part) => this.#expression(part)) };
      case 'or':
        return { or: raw.parts.map((part) => this.#expression(part)) };
      case 'not':
        return { not: this.#expression(raw.part) };
      case 'relation':
        return this.#relation(raw.relation, this.#quantity(raw.left), this.#quantity(raw.right));
      case 'in': {
        const of = this.#settle(this.#quantity(raw.of));
        const equal = raw.values.map((value): Expression => {
          const read = readFlowValue(value.text);
          if (!read.ok)
            this.#refuse('bad-value', `\`${value.text}\` cannot be read: ${read.message}`, {
              kind: 'value',
              ...value,
            });
          this.#possible(of, read.value, { kind: 'value', ...value });
          return { relation: '==', left: of.quantity, right: { value: read.value } };
        });
        const any: Expression = { or: equal };
        return raw.negated ? { not: any } : any;
      }
      case 'truth': {
        const of = this.#settle(this.#quantity(raw.of));
        if (of.parameter?.distribution?.type !== 'bool' && !isTruth(of.quantity))
          this.#refuse(
            'not-a-comparison',
            'A constraint is something that is true or false. Compare this with something, such as `units1 >= units2`.',
            raw.of,
          );
        return { relation: '==', left: of.quantity, right: { value: true } };
      }
      default:
        return raw satisfies never;
    }
  }

  #relation(relation: Relation, left: Resolved, right: Resolved): Expression {
    if (relation === '==' || relation === '!=') {
      const [a, b] = [this.#asValue(left, right), this.#asValue(right, left)].map((one) =>
        this.#settle(one),
      ) as [Resolved, Resolved];
      if ('value' in b.quantity) this.#possible(a, b.quantity.value, b.raw);
      if ('value' in a.quantity) this.#possible(b, a.quantity.value, a.raw);
      return { relation, left: a.quantity, right: b.quantity };
    }
    return { relation, left: this.#number(left), right: this.#number(right) };
  }

  /** A bare word beside something that is no number is a text: `optimizer.name == adam`. */
  #asValue(one: Resolved, other: Resolved): Resolved {
    if (one.word === undefined) return one;
    const text = other.parameter
      ? !isNumeric(other.parameter.distribution)
      : 'value' in other.quantity && !other.numeric;
    if (!text) return one;
    const read = readFlowValue(one.word);
    return { raw: one.raw, quantity: { value: read.ok ? read.value : one.word }, numeric: false };
  }

  /** A word that is nothing else is a metric. */
  #settle(one: Resolved): Resolved {
    if (one.word !== undefined) this.#words.push({ name: one.word, raw: one.raw });
    return one;
  }

  #number(one: Resolved): Quantity {
    this.#settle(one);
    if (one.numeric || one.word !== undefined) return one.quantity;
    const what = one.parameter
      ? `\`${one.parameter.name}\` has values that are not numbers`
      : 'This is not a number';
    this.#refuse(
      'not-a-number',
      `${what}, and only numbers can be ordered or calculated with. Compare it by \`==\` or \`in\`.`,
      one.raw,
    );
  }

  #possible({ parameter }: Resolved, value: Json, raw: RawQuantity): void {
    const distribution = parameter?.distribution;
    if (!distribution || distribution.type === 'float' || distribution.type === 'int') return;
    if (contains(distribution, value)) return;
    const { start, end } = extentOf(raw);
    this.diagnostics.warning(
      'impossible-comparison',
      `\`${parameter.name}\` is never \`${this.written.text.slice(start, end)}\`. It can be ${list(choicesOf(distribution))}.`,
      ...this.#place({ start, end }),
    );
  }

  #quantity(raw: RawQuantity): Resolved {
    switch (raw.kind) {
      case 'number':
        return { raw, quantity: { value: raw.value }, numeric: true };
      case 'value': {
        const read = readFlowValue(raw.text);
        if (!read.ok) this.#refuse('bad-value', `\`${raw.text}\` cannot be read: ${read.message}`, raw);
        return { raw, quantity: { value: read.value }, numeric: false };
      }
      case 'operation': {
        const left = this.#number(this.#quantity(raw.left));
        const right = this.#number(this.#quantity(raw.right));
        return { raw, quantity: { operator: raw.operator, left, right }, numeric: true };
      }
      case 'call': {
        const call = FUNCTION_NAMES.find((name) => name === raw.call);
        if (call === undefined)
          this.#refuse(
            'unknown-function',
            `\`${raw.call}\` is not a function.${didYouMean(raw.call, FUNCTION_NAMES)} Known are ${FUNCTION_NAMES.join(', ')}.`,
            raw,
          );
        const of = raw.of.map((part) => this.#number(this.#quantity(part)));
        if (of.length !== 1 && call !== 'min' && call !== 'max')
          this.#refuse('unknown-function', `\`${call}\` takes one number.`, raw);
        return { raw, quantity: { call, of }, numeric: true };
      }
      case 'path':
        return this.#path(raw);
      default:
        return raw satisfies never;
    }
  }

  #path(raw: RawQuantity & { readonly kind: 'path' }): Resolved {
    const path = readPath(raw, this.written.start, this.diagnostics);
    if (path === undefined) throw new Refused();
    const found = lookUp(path, this.scope);
    if (found.kind === 'parameter') {
      const { parameter } = found;
      const { name, distribution } = parameter;
      // Its annotation is wrong, and says so itself.
      if (!distribution) throw new Refused();
      this.#parameters.add(name);
      return { raw, quantity: { name }, parameter, numeric: isNumeric(distribution) };
    }
    if (found.kind === 'part') this.#refuse('condition-on-part', found.message, raw);
    if (found.kind === 'constant')
      return { raw, quantity: { value: found.value }, numeric: typeof found.value === 'number' };
    const [only] = path;
    const quoted = raw.segments.length === 1 && /^["']/.test(raw.segments[0] ?? '');
    if (!quoted && (only === 'true' || only === 'false') && path.length === 1)
      return { raw, quantity: { value: only === 'true' }, numeric: false };
    const word = path.join('.');
    return { raw, quantity: { name: word }, word, numeric: false };
  }
}

const isTruth = (quantity: Quantity): boolean => 'value' in quantity && typeof quantity.value === 'boolean';

function isNumeric(distribution: Distribution | undefined): boolean {
  switch (distribution?.type) {
    case 'float':
    case 'int':
      return true;
    case 'categorical':
    case 'ordinal':
      return distribution.choices.every((choice) => typeof choice === 'number');
    default:
      return false;
  }
}

function list(values: Iterable<Json>): string {
  return [...values]
    .map((value) => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``)
    .join(', ');
}
