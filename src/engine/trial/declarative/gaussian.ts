/** Standard normal numbers from a stream of uniform ones. */
import type { Random } from '../../../core/random.js';

/** Marsaglia and Bray, "A convenient method for generating normal variables", 1964: two at a time, no sine. */
export function gaussian(r: Random): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const x = 2 * r.next() - 1;
      const y = 2 * r.next() - 1;
      const s = x * x + y * y;
      if (s >= 1 || s === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(s)) / s);
      spare = y * factor;
      return x * factor;
    }
  };
}
