/** `pruner` in `@sweep`: a name, or `{name: asha, reduction: 4}`, read from YAML, and what is wrong with it where it stands. */
import { isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import type { Json } from '../json.js';
import { prunerProblem } from '../pruners/choose.js';
import type { PrunerChoice } from '../pruners/names.js';

interface Found {
  readonly code: string;
  readonly message: string;
  /** What is to blame. */
  readonly node: Node | null;
}

export type ReadPruner =
  | { readonly kind: 'pruner'; readonly pruner: PrunerChoice }
  | ({ readonly kind: 'problem' } & Found);

function jsonOf(node: Node | null): Json {
  if (isScalar(node)) return node.value as Json;
  if (isSeq(node)) return (node.items as (Node | null)[]).map(jsonOf);
  if (!isMap(node)) return null;
  return Object.fromEntries(
    (node as YAMLMap<Node, Node | null>).items.map(({ key, value }) => [
      isScalar(key) ? String(key.value) : '',
      jsonOf(value),
    ]),
  );
}

export function readPruner(node: Node | null): ReadPruner {
  const choice = jsonOf(node);
  const problem = prunerProblem(choice);
  if (!problem) {
    const alone = typeof choice === 'object' && choice !== null && Object.keys(choice).length === 1;
    const pruner = alone ? (choice as { readonly name: string }).name : (choice as PrunerChoice);
    return { kind: 'pruner', pruner };
  }
  const { code, message, path, key } = problem;
  let at: Node | null = node;
  path.forEach((step, i) => {
    const pair = isMap(at)
      ? (at as YAMLMap<Node, Node | null>).items.find((item) => isScalar(item.key) && item.key.value === step)
      : undefined;
    if (pair) at = key && i === path.length - 1 ? pair.key : (pair.value ?? pair.key);
  });
  return { kind: 'problem', code, message, node: at };
}
