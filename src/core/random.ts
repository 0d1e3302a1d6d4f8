/**
 * Counter-based randomness: a stream of numbers follows from its keys alone (study seed, trial number, purpose), so
 * that any suggestion can be drawn again without drawing those before it. Generator: xoshiro128** (Blackman and Vigna,
 * "Scrambled linear pseudorandom number generators", 2021), its state filled by splitmix32 from a hash of the keys.
 * Not for cryptography.
 */

export interface Random {
  /** Uniform in [0, 1), 32 bits of resolution. */
  next(): number;
  /** Uniform integer in [0, n). */
  int(n: number): number;
}

const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/** FNV-1a over the keys with a separator, so that ("a", "bc") and ("ab", "c") differ. */
function hash(keys: readonly (number | string)[]): number {
  let h = 0x811c9dc5;
  for (const key of keys) {
    for (const character of `${typeof key}:${key};`) {
      h = Math.imul(h ^ (character.codePointAt(0) ?? 0), 0x01000193);
    }
  }
  return h >>> 0;
}

export function random(...keys: readonly (number | string)[]): Random {
  let seed = hash(keys);
  const splitmix = (): number => {
    seed = (seed + 0x9e3779b9) | 0;
    let z = seed ^ (seed >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let [a, b, c, d] = [splitmix(), splitmix(), splitmix(), splitmix()];
  const next = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotate(d, 11);
    return result / 2 ** 32;
  };
  return { next, int: (n) => Math.floor(next() * n) };
}

/** A 31-bit seed that follows from the keys: what a training is seeded with. */
export const derivedSeed = (...keys: readonly (number | string)[]): number => random(...keys).int(2 ** 31);
