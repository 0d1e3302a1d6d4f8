/**
 * Reads the text of one `@tune` annotation into its parts, or says where and why it cannot. The parts are raw: values
 * are text with offsets, and nothing is known yet of the file around them.
 */
import { type Document, parseDocument, visit } from 'yaml';
import type { Json } from '../json.js';
import { SyntaxError as PeggySyntaxError, parse } from './tune.peggy';

/** Text of the annotation with its offsets in the text that was read. */
export interface RawText {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface RawPath {
  /** As written, quotes included. */
  readonly segments: readonly string[];
  readonly start: number;
  readonly end: number;
}

export type RawExpression =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly RawExpression[] }
  | { readonly kind: 'not'; readonly part: RawExpression }
  | {
      readonly kind: 'compare';
      readonly path: RawPath;
      readonly negated: boolean;
      readonly values: readonly RawText[];
    };

export interface RawTune {
  /** `arguments` is null where there are no parentheses. */
  readonly distribution: {
    readonly name: RawText;
    readonly arguments: readonly RawText[] | null;
    /** Behind the closing parenthesis. */
    readonly end: number;
  };
  readonly when: RawExpression | null;
  readonly as: RawText | null;
  /** Where the annotation ends and the user's own text may begin. */
  readonly end: number;
}

export type TuneSyntax =
  | { readonly ok: true; readonly tune: RawTune }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly offset: number };

/** `@tune` as a word of its own, not part of an address or a longer word. */
const MARK = /(?<![^\s#])@tune(?![\w-])/;

/** Where in a comment the first `@tune` stands, or -1. */
export const findTune = (comment: string): number => comment.search(MARK);

const TWO_TUNES = 'Only one @tune can stand on a line. Give each value a line of its own.';

/** Reads `text`, which begins with `@tune` and runs to the end of the comment. */
export function readTune(text: string): TuneSyntax {
  try {
    const tune = parse(text) as RawTune;
    const second = /^\s+#\s*(?=@tune\s+\w+\s*\()/.exec(text.slice(tune.end));
    if (second)
      return { ok: false, code: 'two-tunes', message: TWO_TUNES, offset: tune.end + second[0].length };
    return { ok: true, tune };
  } catch (error) {
    if (!(error instanceof PeggySyntaxError)) throw error;
    return { ok: false, ...explain(text, error) };
  }
}

function explain(
  text: string,
  error: PeggySyntaxError,
): { readonly code: string; readonly message: string; readonly offset: number } {
  const at = error.location.start.offset;
  const offset = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
  const rest = text.slice(offset).trimEnd();
  if (findTune(rest) === 0) return { code: 'two-tunes', message: TWO_TUNES, offset };
  const wanted = new Set<string>();
  for (const { type, text: literal, description } of error.expected) {
    if (type === 'literal' && literal !== undefined && literal !== '#') wanted.add(`\`${literal}\``);
    else if (type === 'other' && description !== undefined && description !== 'white space')
      wanted.add(description);
  }
  const found = rest === '' ? 'The annotation ends too early' : `\`${shorten(rest)}\` was not expected here`;
  const list = [...wanted];
  if (rest === '' && list.length === 0)
    return {
      code: 'tune-syntax',
      message: `The annotation ends too early. ${/\sas$/.test(text.trimEnd()) ? 'After `as` comes a name.' : 'After @tune comes a distribution, such as `float(0, 1)`.'}`,
      offset,
    };
  const hope =
    list.length === 0 ? '' : `: ${list.length > 1 ? 'one of ' : ''}${list.join(', ')} could follow`;
  const loose =
    rest !== '' && error.expected.some(({ text: literal }) => literal === '#')
      ? ' A comment after the annotation begins with ` #`.'
      : '';
  return { code: 'tune-syntax', message: `${found}${hope}.${loose}`, offset };
}

const shorten = (text: string): string => {
  const word = /^\S+/.exec(text)?.[0] ?? text;
  return word.length > 24 ? `${word.slice(0, 24)}…` : word;
};

/** A YAML 1.2 flow value, as it would be read inside `[ ]`. */
export function readFlowValue(
  text: string,
): { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly message: string } {
  // Most values are numbers, and these are what the core schema takes for one.
  if (/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text)) return { ok: true, value: Number(text) };
  const document = parseDocument(`[${text}]`, { prettyErrors: false, logLevel: 'silent' });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) return { ok: false, message: problem.message };
  if (/[&*]/.test(text) && hasReference(document))
    return { ok: false, message: 'It has an anchor or an alias.' };
  const list: unknown = document.toJS();
  if (!Array.isArray(list) || list.length !== 1) return { ok: false, message: 'This is not one value.' };
  return { ok: true, value: list[0] as Json };
}

function hasReference(document: Document): boolean {
  let found = false;
  visit(document, {
    Alias: () => {
      found = true;
    },
    Value: (_, { anchor }) => {
      found ||= anchor !== undefined;
    },
  });
  return found;
}
