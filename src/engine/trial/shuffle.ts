/** Rows by their numbers: in order, and at random. */
import type { Random } from '../../core/random.js';

/** 0 … n − 1. */
export const rowsUpTo = (n: number): Uint32Array => Uint32Array.from({ length: n }, (_, i) => i);

/** In place (Fisher and Yates, 1938). */
export function shuffle(order: Uint32Array, r: Random): Uint32Array {
  for (let i = order.length - 1; i > 0; i--) {
    const j = r.int(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
