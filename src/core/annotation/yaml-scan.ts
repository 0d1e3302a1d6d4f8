/**
 * What the YAML library knows about a text, in the terms of annotations: its comments (from tokens, so that nothing
 * inside a scalar is taken for one), and for each line the innermost block pair or list item that starts on it.
 */
import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  Parser,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Json } from '../json.js';
import type { SourceText } from './diagnostics.js';
import type { Path } from './paths.js';

export interface Comment {
  /** From the `#` to the end of the line. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  /** Nothing but white space stands before it on its line. */
  readonly alone: boolean;
}

/** A pair of a block mapping or an item of a block list. */
export interface Place {
  readonly path: Path;
  /** The value; null where there is none. */
  readonly node: Node | null;
  /** Anchors of the collections around the value. */
  readonly outerAnchors: readonly string[];
}

export interface YamlError {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

export interface YamlScan {
  readonly comments: readonly Comment[];
  /** By the line the pair or item starts on; of several the innermost. */
  readonly places: ReadonlyMap<number, Place>;
  /** Names of anchors that an alias uses. */
  readonly aliased: ReadonlySet<string>;
  readonly document: Document | undefined;
  /** The whole file as data; null where it has none or could not be read. */
  readonly data: Json;
  /** The first error of the YAML, if there is one: those after it are mostly its echoes. */
  readonly error: YamlError | undefined;
  /** Where a second document begins. */
  readonly secondDocument: number | undefined;
}

export function scanYaml(source: SourceText): YamlScan {
  const { text } = source;
  // The library counts a byte order mark as a column of the first line; an empty line in its place keeps the offsets.
  const tokens = [...new Parser().parse(text.replace(/^\uFEFF/, '\n'))];
  const documents = [
    ...new Composer({ keepSourceTokens: true, merge: true, logLevel: 'silent' }).compose(
      tokens,
      false,
      text.length,
    ),
  ];
  const [document, second] = documents;
  const comments: Comment[] = [];
  collectComments(tokens, (token) => {
    const line = source.line(token.offset);
    comments.push({
      text: token.source,
      start: token.offset,
      end: token.offset + token.source.length,
      line,
      alone: /^[\s\uFEFF]*$/.test(text.slice(source.lineStart(line), token.offset)),
    });
  });
  comments.sort((a, b) => a.start - b.start);

  const places = new Map<number, Place>();
  const aliased = new Set<string>();
  let data: Json = null;
  let error = firstError(documents, text);
  let circular = false;
  if (document) {
    if (isNode(document.contents)) collectPlaces(document.contents, [], [], source, places, document);
    visit(document, {
      Alias: (_, alias, around) => {
        aliased.add(alias.source);
        const target = alias.resolve(document);
        if (target !== undefined && !around.includes(target)) return;
        circular ||= target !== undefined;
        const [start, end] = alias.range ?? [0, 0];
        const message = target
          ? `The alias *${alias.source} stands inside what it stands for`
          : `No anchor &${alias.source} stands before this alias`;
        error ??= { message, start, end };
      },
    });
    // Also beside errors, as far as it goes: lenses stay while a line is being typed.
    const read = circular ? undefined : dataOf(document.contents, document);
    if (read?.ok) data = read.data;
    else if (read) error ??= { message: read.message, start: 0, end: 0 };
  }
  return { comments, places, aliased, document, data, error, secondDocument: second?.range[0] };
}

/** Of several errors the one that stands first. */
export function firstError(documents: readonly Document[], text: string): YamlError | undefined {
  const [first] = documents.flatMap(({ errors }) => errors).sort((a, b) => a.pos[0] - b.pos[0]);
  if (!first) return undefined;
  // The library often points at one character: the word that begins there is easier to see, a line's end is not.
  const [start, end] = first.pos;
  const word =
    end - start <= 1 ? (/^(?:\w+|[^\r\n])/.exec(text.slice(start)) ?? [''])[0] : text.slice(start, end);
  const colon = first.message.startsWith('Nested mappings are not allowed in compact');
  const message = colon ? 'A text with `: ` in it goes in quotes' : first.message;
  return { message, start, end: start + word.length };
}

type Comments = CST.SourceToken & { readonly type: 'comment' };

/** Comments lie in every list of tokens around keys, values and items. */
function collectComments(value: unknown, found: (comment: Comments) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) collectComments(item, found);
  } else if (typeof value === 'object' && value !== null) {
    const token = value as CST.SourceToken;
    if (token.type === 'comment') found(token as Comments);
    else for (const part of Object.values(value)) if (typeof part === 'object') collectComments(part, found);
  }
}

function collectPlaces(
  node: Node,
  path: Path,
  outerAnchors: readonly string[],
  source: SourceText,
  places: Map<number, Place>,
  document: Document,
): void {
  if (!isCollection(node) || node.flow) return;
  const anchors = node.anchor === undefined ? outerAnchors : [...outerAnchors, node.anchor];
  const enter = (start: number | undefined, key: string, value: unknown): void => {
    const child: Place = { path: [...path, key], node: isNode(value) ? value : null, outerAnchors: anchors };
    if (start !== undefined) places.set(source.line(start), child);
    if (child.node) collectPlaces(child.node, child.path, anchors, source, places, document);
  };
  if (isMap(node)) {
    for (const pair of (node as YAMLMap).items) {
      if (!isPair(pair) || !isNode(pair.key)) continue;
      const key = isAlias(pair.key) ? pair.key.resolve(document) : pair.key;
      // A collection as key has no path that could name what stands under it.
      if (isScalar(key)) enter(pair.key.range?.[0], String(key.value ?? ''), pair.value);
    }
  } else if (isSeq(node)) {
    const dashes = dashesOf(node);
    node.items.forEach((item, at) => {
      enter(dashes[at], String(at), item);
    });
  }
}

/** Offsets of the dashes of a block list. */
function dashesOf(list: YAMLSeq): readonly number[] {
  const token = list.srcToken;
  if (token?.type !== 'block-seq') return [];
  return token.items.flatMap(({ start }) => start.find(({ type }) => type === 'seq-item-ind')?.offset ?? []);
}

/** A node as data. Merge keys of the wrong kind and an excess of aliases are found only here, by an exception. */
export function dataOf(
  node: unknown,
  document: Document,
): { readonly ok: true; readonly data: Json } | { readonly ok: false; readonly message: string } {
  try {
    return { ok: true, data: (isNode(node) ? (node.toJS(document) ?? null) : null) as Json };
  } catch (problem) {
    return { ok: false, message: problem instanceof Error ? problem.message : String(problem) };
  }
}
