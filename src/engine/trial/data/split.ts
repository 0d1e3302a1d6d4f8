/** Splits rows into a training and a validation part, repeatably. */
import { random } from '../../../core/random.js';

/** The numbers 0 … n−1 in a random order that follows from `keys` alone (Fisher and Yates). */
export function permutation(n: number, ...keys: readonly (number | string)[]): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  const r = random(...keys);
  for (let i = n - 1; i > 0; i--) {
    const j = r.int(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

export interface Split {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
}

/**
 * Takes ⌊rows · fraction⌋ rows for validation. With `labels` each class gives its share, what is left over going to the
 * classes with the largest remainders. Both parts are in the file's order.
 */
export function split(rows: number, fraction: number, seed: number, labels?: Int32Array): Split {
  const total = Math.floor(rows * fraction + 1e-9);
  const isValidation = new Uint8Array(rows);
  const order = permutation(rows, 'split', seed);
  const groups = new Map<number, number[]>();
  for (const row of order) {
    const label = labels?.[row] ?? 0;
    const group = groups.get(label);
    if (group) group.push(row);
    else groups.set(label, [row]);
  }
  const shares = [...groups.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, members]) => {
      const exact = (members.length * total) / rows;
      return { members, take: Math.floor(exact), remainder: exact - Math.floor(exact) };
    });
  let left = total - shares.reduce((sum, { take }) => sum + take, 0);
  for (const share of [...shares].sort((a, b) => b.remainder - a.remainder)) {
    if (left-- <= 0) break;
    share.take++;
  }
  for (const { members, take } of shares) for (const row of members.slice(0, take)) isValidation[row] = 1;
  const pick = (part: number): Uint32Array =>
    Uint32Array.from(isValidation.keys()).filter((row) => isValidation[row] === part);
  return { train: pick(0), validation: pick(1) };
}
