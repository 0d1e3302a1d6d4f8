/** Finds the texts of a `constraints` setting in the body of a `@sweep`. What they mean is read in constraints.ts. */
import { isMap, isScalar, isSeq, type Node } from 'yaml';
import type { Diagnostics } from './diagnostics.js';

/** A text of the block and where it stands: `start` is the offset of its first character. */
export interface WrittenText {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** It runs over several lines or has escapes: its own offsets do not say where in the file something stands. */
  readonly folded?: true;
}

/** One text or a list of them; undefined where there are none. */
export function readConstraintTexts(
  block: Node | null,
  diagnostics: Diagnostics,
): readonly WrittenText[] | undefined {
  const node = isMap(block) ? (block.get('constraints', true) as Node | undefined) : undefined;
  if (!node) return undefined;
  const items = isSeq(node) ? (node.items as readonly (Node | null)[]) : [node];
  return items.flatMap((item) => {
    const [start = 0, end = 0] = item?.range ?? node.range ?? [];
    if (isScalar(item) && typeof item.value === 'string' && item.value.trim() !== '') {
      const text = item.value.trim().replace(/\s*\n\s*/g, ' ');
      const at = diagnostics.source.text.slice(start, end).indexOf(text);
      return at < 0
        ? [{ text, start, end, folded: true }]
        : [{ text, start: start + at, end: start + at + text.length }];
    }
    diagnostics.error(
      'bad-constraint',
      '`constraints` needs expressions, such as `constraints: [units1 >= units2, rate * batch <= 10]`.',
      start,
      Math.max(end, start + 1),
    );
    return [];
  });
}
