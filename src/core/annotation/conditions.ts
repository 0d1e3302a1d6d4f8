/**
 * From the `when` of an annotation to a condition on parameters. What the file fixes (a path without annotation) is
 * decided here and now, so that a study only ever sees conditions on what it tunes.
 */
import type { Json } from '../json.js';
import { contains } from '../space/encode.js';
import type { Condition, Distribution } from '../space/parameter.js';
import type { Diagnostics } from './diagnostics.js';
import { readValues } from './distribution.js';
import { nearest } from './nearest.js';
import { allPaths, formatPath, type Path, samePath, startsWith, valueAtPath } from './paths.js';
import { type RawExpression, type RawPath, readFlowValue } from './tune-syntax.js';

/** What a condition can speak of. */
export interface Scope {
  /** Every annotated value; without a distribution where its annotation is wrong. */
  readonly tuned: readonly {
    readonly name: string;
    readonly path: Path;
    readonly distribution: Distribution | undefined;
  }[];
  readonly data: Json;
}

/** True and false where the file decides it. */
type Resolved = Condition | boolean;

const PRINTED = 60;

/** The condition, a constant where the file decides it, or undefined after an error. `base`: the offset of `@tune`. */
export function resolveCondition(
  raw: RawExpression,
  base: number,
  scope: Scope,
  diagnostics: Diagnostics,
): Resolved | undefined {
  const resolve = (part: RawExpression): Resolved | undefined =>
    resolveCondition(part, base, scope, diagnostics);
  switch (raw.kind) {
    case 'and':
    case 'or': {
      const parts = raw.parts.map(resolve);
      return parts.some((part) => part === undefined) ? undefined : combine(raw.kind, parts as Resolved[]);
    }
    case 'not': {
      const part = resolve(raw.part);
      return part === undefined ? undefined : typeof part === 'boolean' ? !part : { not: part };
    }
    case 'compare':
      return compare(raw, base, scope, diagnostics);
    default:
      return raw satisfies never;
  }
}

function combine(kind: 'and' | 'or', parts: readonly Resolved[]): Resolved {
  const decisive = kind === 'or';
  if (parts.includes(decisive)) return decisive;
  const open = parts.filter((part) => typeof part !== 'boolean');
  const [first] = open;
  if (first === undefined) return !decisive;
  if (open.length === 1) return first;
  return kind === 'and' ? { and: open } : { or: open };
}

function compare(
  raw: RawExpression & { readonly kind: 'compare' },
  base: number,
  scope: Scope,
  diagnostics: Diagnostics,
): Resolved | undefined {
  const path = readPath(raw.path, base, diagnostics);
  const values = readValues(raw.values, base, diagnostics);
  if (path === undefined || values === undefined) return undefined;
  const start = base + raw.path.start;
  const end = base + raw.path.end;
  const found = lookUp(path, scope);
  switch (found.kind) {
    case 'parameter': {
      const { name, distribution } = found.parameter;
      if (distribution === undefined) return undefined;
      values.forEach((value, at) => {
        const written = raw.values[at];
        if (!written || contains(distribution, value)) return;
        const choices = 'choices' in distribution ? ` It can be ${printed(distribution.choices)}.` : '';
        diagnostics.warning(
          'impossible-comparison',
          `\`${name}\` is never \`${written.text}\`.${choices}`,
          base + written.start,
          base + written.end,
        );
      });
      return raw.negated ? { param: name, notIn: values } : { param: name, in: values };
    }
    case 'constant':
      return contains({ type: 'categorical', choices: values }, found.value) !== raw.negated;
    case 'part':
      diagnostics.error('condition-on-part', found.message, start, end);
      return undefined;
    case 'unknown': {
      const written = formatPath(path);
      const close = closestName(written, scope);
      const hint = close === undefined ? PATHS_HINT : ` Did you mean \`${close}\`?`;
      diagnostics.error('unknown-path', `Nothing in this file is called \`${written}\`.${hint}`, start, end);
      return undefined;
    }
    default:
      return found satisfies never;
  }
}

const PATHS_HINT = ' Paths begin at the top of the file, such as `optimizer.name`.';

type Found =
  | { readonly kind: 'parameter'; readonly parameter: Scope['tuned'][number] }
  /** Of the file, which does not change. */
  | { readonly kind: 'constant'; readonly value: Json }
  /** More or less than what is tuned; the message says what to name. */
  | { readonly kind: 'part'; readonly message: string }
  | { readonly kind: 'unknown' };

/** What a path stands for; a single word may be the name that `as` gave. */
export function lookUp(path: Path, { tuned, data }: Scope): Found {
  const parameter =
    tuned.find(({ path: own }) => samePath(own, path)) ??
    tuned.find(({ name }) => path.length === 1 && name === path[0]);
  if (parameter) return { kind: 'parameter', parameter };
  const overlap = tuned.find(({ path: own }) => startsWith(own, path) || startsWith(path, own));
  if (overlap) {
    const message = `\`${formatPath(path)}\` is not one value: \`${formatPath(overlap.path)}\` is what is tuned. Name that one.`;
    return { kind: 'part', message };
  }
  const value = valueAtPath(data, path);
  return value === undefined ? { kind: 'unknown' } : { kind: 'constant', value };
}

/** The known name that a mistyped one most likely means: one that ends like it, else the nearest. */
export function closestName(written: string, { tuned, data }: Scope): string | undefined {
  const known = [...tuned.map(({ name }) => name), ...allPaths(data).map(formatPath)];
  return known.find((one) => one.endsWith(`.${written}`)) ?? nearest(written, known);
}

export function readPath(raw: RawPath, base: number, diagnostics: Diagnostics): Path | undefined {
  const path: string[] = [];
  for (const segment of raw.segments) {
    const read = /^["']/.test(segment) ? readFlowValue(segment) : { ok: true as const, value: segment };
    if (read.ok) path.push(String(read.value));
    else
      diagnostics.error(
        'bad-value',
        `${segment} cannot be read: ${read.message}`,
        base + raw.start,
        base + raw.end,
      );
  }
  return path.length === raw.segments.length ? path : undefined;
}

function printed(choices: readonly Json[]): string {
  const text = choices
    .map((choice) => `\`${typeof choice === 'string' ? choice : JSON.stringify(choice)}\``)
    .join(', ');
  return text.length > PRINTED ? `${text.slice(0, PRINTED)}…` : text;
}
