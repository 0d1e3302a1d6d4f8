/**
 * The Halton sequence, scrambled: in dimension j the digits of the index in the j-th prime's base, mirrored at the
 * point, each digit place under a random permutation of its own. Owen, "A randomized Halton algorithm in R",
 * arXiv 1706.02808 (2017); plain Halton points lie on lines in higher dimensions, permuted ones do not.
 */
import { random } from '../../random.js';

/** Digits beyond this add less than the resolution of the numbers that are drawn. */
const RESOLUTION = 2 ** -32;

const primes: number[] = [2];
function prime(j: number): number {
  for (let candidate = primes.at(-1) as number; primes.length <= j; ) {
    candidate += candidate === 2 ? 1 : 2;
    if (primes.every((p) => candidate % p !== 0)) primes.push(candidate);
  }
  return primes[j] as number;
}

/** Digit permutations of the dimensions of one sequence; those of the last few sequences are kept. */
type Permutations = Map<number, readonly Uint16Array[]>;
const sequences = new Map<number, Permutations>();
const KEPT = 4;

function permutations(dimension: number, seed: number): readonly Uint16Array[] {
  let sequence = sequences.get(seed);
  if (!sequence) {
    const oldest = sequences.keys().next().value;
    if (sequences.size >= KEPT && oldest !== undefined) sequences.delete(oldest);
    sequence = new Map();
    sequences.set(seed, sequence);
  }
  let result = sequence.get(dimension);
  if (!result) {
    const base = prime(dimension);
    const source = random(seed, dimension, 'halton');
    const places: Uint16Array[] = [];
    for (let weight = 1; weight > RESOLUTION; weight /= base) {
      const order = Uint16Array.from({ length: base }, (_, k) => k);
      for (let k = base - 1; k > 0; k--) {
        const other = source.int(k + 1);
        [order[k], order[other]] = [order[other] as number, order[k] as number];
      }
      places.push(order);
    }
    result = places;
    sequence.set(dimension, result);
  }
  return result;
}

/** Coordinate `dimension` (from 0) of point `index` (from 0), in [0, 1); sequences of different seeds are independent. */
export function halton(index: number, dimension: number, seed: number): number {
  const base = prime(dimension);
  let rest = index;
  let weight = 1;
  let x = 0;
  // Leading zeros are permuted too: an index has as many digits as there are places.
  for (const order of permutations(dimension, seed)) {
    weight /= base;
    x += weight * (order[rest % base] as number);
    rest = Math.floor(rest / base);
  }
  return Math.min(x, 1 - RESOLUTION);
}
