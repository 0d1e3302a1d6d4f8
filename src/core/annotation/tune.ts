/**
 * One `@tune`: from the comment it stands in and the place it belongs to, to a value with its distribution. Conditions
 * are resolved when all annotations are known, in yaml.ts.
 */
import { isAlias, isCollection, isScalar, type Node, visit } from 'yaml';
import type { Json } from '../json.js';
import { jsonEqual } from '../json.js';
import { choicesOf, contains } from '../space/encode.js';
import type { Distribution, Parameter } from '../space/parameter.js';
import type { Diagnostics } from './diagnostics.js';
import { readDistribution } from './distribution.js';
import { formatPath, type Path, valueAtPath } from './paths.js';
import { PLAIN_STYLE, printValue } from './print-value.js';
import { findTune, type RawExpression, readTune } from './tune-syntax.js';
import { type Comment, dataOf, type Place, type YamlScan } from './yaml-scan.js';

/** An annotation that belongs to a value of the file. */
export interface Annotated {
  readonly name: string;
  readonly path: Path;
  /** Offsets of the annotation, from `@tune` to its end. */
  readonly start: number;
  readonly end: number;
  /** Where the name after `as` stands. */
  readonly as: { readonly start: number; readonly end: number } | undefined;
  readonly when: RawExpression | null;
  /** Undefined after an error. */
  readonly distribution: Parameter | undefined;
  readonly value: { readonly value: Json; readonly start: number; readonly end: number } | undefined;
}

/** Where `@tune` stands in a comment, or -1. `# lr: 0.1  # @tune …` is a line that its author has switched off. */
export function annotationIn(comment: Comment): number {
  const at = findTune(comment.text);
  return comment.alone && /\s#\s*$/.test(comment.text.slice(1, Math.max(1, at))) ? -1 : at;
}

/** `@Tune float(…)` in other letters than it is read in is surely meant, and would be passed over in silence. */
export function warnOfCapitals({ text, start }: Comment, diagnostics: Diagnostics): void {
  const found = /(?<![^\s#])@tune(?=\s+\w)/i.exec(text);
  if (!found || found[0] === '@tune') return;
  const from = start + found.index;
  diagnostics.warning(
    'tune-capitals',
    `\`${found[0]}\` is not read. Did you mean \`@tune\`?`,
    from,
    from + found[0].length,
  );
}

/** The annotation at `at` of a comment, or undefined where it belongs to no value. */
export function readAnnotation(
  comment: Comment,
  at: number,
  scan: YamlScan,
  diagnostics: Diagnostics,
): Annotated | undefined {
  const base = comment.start + at;
  const read = readTune(comment.text.slice(at));
  if (!read.ok) {
    const offset = base + read.offset;
    const rest = /^\S*/.exec(comment.text.slice(at + read.offset))?.[0].length ?? 0;
    diagnostics.error(read.code, read.message, offset, Math.min(comment.end, offset + Math.max(1, rest)));
  }
  const tune = read.ok ? read.tune : undefined;
  const end = base + (tune?.end ?? '@tune'.length);
  const place = scan.places.get(comment.line);
  if (!place || place.node === null) {
    diagnostics.error(
      'no-value',
      comment.alone
        ? 'No value begins on this line for @tune to belong to. Write the annotation at the end of the line `key: value` or `- value` that it tunes.'
        : 'This line is a part of a value that begins further up, and @tune belongs to whole values. Write that one in block style, `key: value` on a line each and without braces, to tune its parts.',
      base,
      end,
    );
    return undefined;
  }
  const distribution = tune && readDistribution(tune.distribution, base, diagnostics);
  const value = readValue(place, place.node, scan, base, end, diagnostics);
  if (distribution && value) checkValue(formatPath(place.path), distribution, value, diagnostics);
  return {
    name: tune?.as?.text ?? formatPath(place.path),
    path: place.path,
    start: base,
    end,
    as: tune?.as ? { start: base + tune.as.start, end: base + tune.as.end } : undefined,
    when: tune?.when ?? null,
    distribution,
    value,
  };
}

function readValue(
  { path, outerAnchors }: Place,
  node: Node,
  scan: YamlScan,
  start: number,
  end: number,
  diagnostics: Diagnostics,
): Annotated['value'] {
  const name = formatPath(path);
  const fail = (code: string, message: string, from = start, to = end): undefined => {
    diagnostics.error(code, message, from, to);
    return undefined;
  };
  const [from, to] = node.range ?? [start, end];
  if (isAlias(node))
    return fail(
      'alias-value',
      `The value of \`${name}\` is the alias *${node.source}. Write the value out here to tune it, or annotate it where it is defined and drop the alias.`,
      from,
      to,
    );
  if (isCollection(node) && !node.flow)
    return fail(
      'block-value',
      `\`${name}\` is a block of several lines. Annotate the values inside it, or write it on one line as \`[a, b]\` or \`{a: 1}\`.`,
    );
  if (isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED'))
    return fail('block-value', `\`${name}\` is a block of text. Write it in quotes on one line to tune it.`);
  if (from === to)
    return fail('no-value', `\`${name}\` has no value. Write one (\`null\` if that is meant) to tune it.`);
  if (node.tag !== undefined)
    return fail(
      'tagged-value',
      `The tag ${node.tag.replace('tag:yaml.org,2002:', '!!')} of \`${name}\` would apply to every value tried. Take it out to tune the value.`,
    );
  if (scan.comments.some((comment) => comment.start > from && comment.end <= to))
    return fail(
      'comment-in-value',
      `An edit of \`${name}\` would lose the comments inside its value. Write the value on one line.`,
    );
  const alias = [...outerAnchors, ...anchorsIn(node)].find((anchor) => scan.aliased.has(anchor));
  if (alias !== undefined)
    return fail(
      'aliased-value',
      `\`${name}\` is used a second time through the alias *${alias}, and a trial would change both. Write the value out where the alias stands.`,
    );
  const read = scan.document && dataOf(node, scan.document);
  if (!read?.ok) return undefined;
  const value = read.data;
  if (!scan.error && !jsonEqual(valueAtPath(scan.data, path), value))
    return fail(
      'hidden-value',
      `Another entry of this file takes the place of \`${name}\`. Rename one of them.`,
    );
  return { value, start: from, end: to };
}

function anchorsIn(node: Node): readonly string[] {
  const anchors: string[] = [];
  visit(node, {
    Value: (_, { anchor }) => {
      if (anchor !== undefined) anchors.push(anchor);
    },
  });
  return anchors;
}

function checkValue(
  name: string,
  distribution: Distribution,
  { value, start, end }: NonNullable<Annotated['value']>,
  diagnostics: Diagnostics,
): void {
  if (contains(distribution, value)) return;
  const is = `\`${name}\` is ${show(value)} in this file`;
  const space = describe(distribution);
  switch (distribution.type) {
    case 'float':
    case 'int':
      if (typeof value !== 'number')
        diagnostics.error(
          'not-a-number',
          `${is}, which is not a number, and its space is ${space}. Write a number, or tune it with choice.`,
          start,
          end,
        );
      else
        diagnostics.error(
          'value-outside-space',
          `${is}, which lies outside its space ${space}. Change the value or the space: the search starts from it.`,
          start,
          end,
        );
      return;
    case 'bool':
      diagnostics.error(
        'not-a-bool',
        `${is}, and bool is for true and false. Change the value, or tune it with choice.`,
        start,
        end,
      );
      return;
    case 'categorical':
    case 'ordinal':
      diagnostics.error(
        'value-outside-space',
        `${is}, which is not one of its space ${space}. Add it there or change it: the search starts from it.`,
        start,
        end,
      );
      return;
    default:
      distribution satisfies never;
  }
}

const show = (value: Json): string => printValue(value, PLAIN_STYLE);

/** As the annotation would be written. */
function describe(distribution: Distribution): string {
  switch (distribution.type) {
    case 'float':
    case 'int': {
      const { type, low, high, log, step } = distribution;
      return `${type}(${show(low)}, ${show(high)}${log ? ', log' : ''}${step === undefined ? '' : `, step=${show(step)}`})`;
    }
    case 'categorical':
    case 'ordinal': {
      const word = distribution.type === 'categorical' ? 'choice' : 'ordinal';
      return `${word}(${choicesOf(distribution).map(show).join(', ')})`;
    }
    case 'bool':
      return 'bool';
    default:
      return distribution satisfies never;
  }
}
