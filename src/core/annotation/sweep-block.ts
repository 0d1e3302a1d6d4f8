/**
 * Finds the `@sweep` block among the comments and reads its body as YAML. Every character of the body keeps its offset:
 * what is not body is replaced by blanks, so errors need no translation.
 */
import { isNode, type Node, parseDocument } from 'yaml';
import type { SourceRange, SweepSettings } from './annotated-config.js';
import { readConstraintTexts, type WrittenText } from './constraint-texts.js';
import type { Diagnostics } from './diagnostics.js';
import { readSweepSettings } from './sweep-settings.js';
import { type Comment, firstError } from './yaml-scan.js';

const HEAD = /^#([^\S\r\n]*)@sweep(?![\w-])/;

export interface SweepBlock {
  readonly range: SourceRange;
  /** Offsets of the word `@sweep` itself. */
  readonly word: readonly [start: number, end: number];
  /** The lines of the block, the first included. */
  readonly lines: ReadonlySet<number>;
  /** Absent after an error. The constraints are not among them: they need to know what is tuned. */
  readonly settings?: SweepSettings;
  readonly constraints?: readonly WrittenText[];
}

/** The block, or undefined where no comment begins with `@sweep`. A second one is an error. */
export function readSweepBlock(
  comments: readonly Comment[],
  diagnostics: Diagnostics,
): SweepBlock | undefined {
  const heads = comments.filter(({ text, alone }) => alone && HEAD.test(text));
  const [head, second] = heads;
  if (!head) return undefined;
  if (second)
    diagnostics.error(
      'second-sweep',
      `A file has one @sweep, and it stands on line ${head.line}. Take this one out, or move it to a file of its own.`,
      second.start + second.text.indexOf('@'),
      second.end,
    );
  const body = bodyOf(head, comments);
  const last = body.findLast(({ text }) => text.slice(1).trim() !== '') ?? head;
  const range = diagnostics.source.range(head.start, last.end);
  const lines = new Set([head, ...body].map(({ line }) => line));

  const at = head.start + head.text.indexOf('@');
  const word = [at, at + '@sweep'.length] as const;
  const tail = head.text.slice(head.text.indexOf('@') + '@sweep'.length);
  if (!/^\s*(?:$|\s#)/.test(tail)) {
    const start = head.end - tail.trimStart().length;
    diagnostics.error(
      'sweep-inline',
      'Settings go on comment lines of their own below @sweep, indented deeper.',
      start,
      head.end,
    );
    return { range, word, lines };
  }
  const node = parseBody(body, diagnostics);
  if (node === undefined) return { range, word, lines };
  const settings = readSweepSettings(node, ...word, diagnostics);
  const constraints = readConstraintTexts(node, diagnostics);
  return { range, word, lines, ...(settings && { settings }), ...(constraints && { constraints }) };
}

/** The comment lines right below, while they are indented deeper; blank ones may lie between. */
function bodyOf(head: Comment, comments: readonly Comment[]): readonly Comment[] {
  const depth = indent(head);
  const body: Comment[] = [];
  for (const comment of comments.slice(comments.indexOf(head) + 1)) {
    if (comment.line !== (body.at(-1) ?? head).line + 1 || !comment.alone) break;
    if (comment.text.slice(1).trim() !== '' && indent(comment) <= depth) break;
    body.push(comment);
  }
  return body;
}

/** White space between the `#` and the first word. */
const indent = ({ text }: Comment): number => /^#(\s*)/.exec(text)?.[1]?.length ?? 0;

/** The body's content, null where it is empty, or undefined after an error. */
function parseBody(body: readonly Comment[], diagnostics: Diagnostics): Node | null | undefined {
  const { text } = diagnostics.source;
  let blanked = '';
  for (const comment of body)
    blanked += `${text.slice(blanked.length, comment.start).replace(/[^\r\n]/g, ' ')} ${comment.text.slice(1)}`;
  const document = parseDocument(blanked, { prettyErrors: false, logLevel: 'silent' });
  const error = firstError([document], text);
  if (error) {
    diagnostics.error(
      'sweep-syntax',
      `The @sweep block is not valid YAML: ${sentence(error.message)} Correct this line of the comment.`,
      error.start,
      error.end,
    );
    return undefined;
  }
  return isNode(document.contents) ? document.contents : null;
}

/** With a full stop at its end. */
export const sentence = (message: string): string => (/[.!?]$/.test(message) ? message : `${message}.`);
