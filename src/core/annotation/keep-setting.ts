/** `keep` in `@sweep`: `best`, or `{checkpoints: best, files: 5, logs: all}`, read from YAML, and what is wrong with it. */
import { isMap, isScalar, type Node, type YAMLMap } from 'yaml';
import { KEPT_KINDS, type Keep, type KeptKind, type Retention } from '../study/retention.js';
import { didYouMean } from './nearest.js';

export type ReadKeep =
  | { readonly kind: 'keep'; readonly keep: Retention }
  | { readonly kind: 'problem'; readonly message: string; readonly node: Node | null };

const WORDS = ['all', 'best', 'none'] as const;

/** A word or a number of trials; undefined for anything else. */
export function keepOf(value: unknown): Keep | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? value : undefined;
  return WORDS.find((word) => word === value);
}

export function readKeep(node: Node | null): ReadKeep {
  const problem = (message: string, at: Node | null): ReadKeep => ({ kind: 'problem', message, node: at });
  if (!isMap(node)) {
    const keep = isScalar(node) ? keepOf(node.value) : undefined;
    if (keep !== undefined) return { kind: 'keep', keep: { checkpoints: keep, files: keep } };
    return problem(
      '`keep` says whose files stay: `all`, `best`, `none`, a number of the best trials, or each by name as in `keep: {checkpoints: best, files: 5, logs: all}`.',
      node,
    );
  }
  const kept: Partial<Record<KeptKind, Keep>> = {};
  for (const { key, value } of (node as YAMLMap<Node, Node | null>).items) {
    const name = isScalar(key) ? String(key.value) : '';
    const known = KEPT_KINDS.find((one) => one === name);
    if (!known) {
      const words = `\`${name}\` is not among what can be kept.${didYouMean(name, KEPT_KINDS)} There are ${KEPT_KINDS.join(', ')}.`;
      return problem(words, key);
    }
    const keep = isScalar(value) ? keepOf(value.value) : undefined;
    if (keep === undefined)
      return problem(`\`${name}\` needs all, best, none or a number of the best trials.`, value ?? key);
    kept[known] = keep;
  }
  return { kind: 'keep', keep: kept };
}
