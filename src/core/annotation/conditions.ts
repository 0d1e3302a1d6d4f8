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
  const parameter =
    scope.tuned.find(({ path: own }) => samePath(own, path)) ??
    scope.tuned.find(({ name }) => path.length === 1 && name === path[0]);
  if (parameter) {
    const { name, distribution } = parameter;
    if (distribution === undefined) return undefined;
    values.forEach((value, at) => {
      const written = raw.values[at];
      if (written && !contains(distribution, value)) {
        const choices = 'choices' in distribution ? ` It can be ${printed(distribution.choices)}.` : '';
        diagnostics.warning(
          'impossible-comparison',
          `\`${name}\` is never \`${written.text}\`.${choices}`,
          base + written.start,
          base + written.end,
        );
      }
    });
    return raw.negated ? { param: name, notIn: values } : { param: name, in: values };
  }
  const overlap = scope.tuned.find(({ path: own }) => startsWith(own, path) || startsWith(path, own));
  if (overlap) {
    diagnostics.error(
      'condition-on-part',
      `\`${formatPath(path)}\` is not one value: \`${formatPath(overlap.path)}\` is what is tuned. Name that one.`,
      start,
      end,
    );
    return undefined;
  }
  const constant = valueAtPath(scope.data, path);
  if (constant !== undefined)
    return contains({ type: 'categorical', choices: values }, constant) !== raw.negated;

  const known = [...scope.tuned.map(({ name }) => name), ...allPaths(scope.data).map(formatPath)];
  const written = formatPath(path);
  const close = known.find((one) => one.endsWith(`.${written}`)) ?? nearest(written, known);
  diagnostics.error(
    'unknown-path',
    `Nothing in this file is called \`${written}\`.${close === undefined ? ' Paths begin at the top of the file, such as `optimizer.name`.' : ` Did you mean \`${close}\`?`}`,
    start,
    end,
  );
  return undefined;
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
