/**
 * The Sobol sequence with Owen's nested scrambling, one coordinate at a time, for any index and dimension without
 * generating those before. Scrambling by hashing: Laine and Karras, "Stratified sampling for stochastic transparency"
 * (2011), in the form of Burley, "Practical hash-based Owen scrambling", JCGT 9 (2020), with the hash function of
 * Vegdahl, "Building a better LK hash" (2021). Beyond 64 dimensions further ones are the first again under an order of
 * their own.
 */
import { DIRECTION_NUMBERS } from './direction-numbers.js';

const BITS = 32;
const DIMENSIONS = DIRECTION_NUMBERS.length + 1;

/** Direction vectors of every dimension, BITS each, the most significant bit first. */
const directions: readonly Uint32Array[] = Array.from({ length: DIMENSIONS }, (_, dimension) => {
  const v = new Uint32Array(BITS);
  const numbers = DIRECTION_NUMBERS[dimension - 1];
  const s = numbers?.initial.length ?? BITS;
  for (let i = 0; i < BITS; i++) {
    if (!numbers || i < s) {
      v[i] = (numbers?.initial[i] ?? 1) << (BITS - 1 - i);
      continue;
    }
    const back = v[i - s] as number;
    let value = back ^ (back >>> s);
    for (let k = 1; k < s; k++) {
      if ((numbers.coefficients >>> (s - 1 - k)) & 1) value ^= v[i - k] as number;
    }
    v[i] = value;
  }
  return v;
});

function reverseBits(x: number): number {
  let y = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1);
  y = ((y >>> 2) & 0x33333333) | ((y & 0x33333333) << 2);
  y = ((y >>> 4) & 0x0f0f0f0f) | ((y & 0x0f0f0f0f) << 4);
  y = ((y >>> 8) & 0x00ff00ff) | ((y & 0x00ff00ff) << 8);
  return ((y >>> 16) | (y << 16)) >>> 0;
}

function owenScramble(x: number, seed: number): number {
  let y = reverseBits(x);
  y ^= Math.imul(y, 0x3d20adea);
  y = (y + seed) | 0;
  y = Math.imul(y, (seed >>> 16) | 1);
  y ^= Math.imul(y, 0x05526c56);
  y ^= Math.imul(y, 0x53a22864);
  return reverseBits(y >>> 0);
}

function hash(seed: number, dimension: number): number {
  let h = (seed ^ Math.imul(dimension + 1, 0x9e3779b9)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
  return (h ^ (h >>> 15)) >>> 0;
}

/**
 * Coordinate `dimension` (from 0) of point `index` (from 0), in [0, 1).
 * @param seed 32 bits; sequences of different seeds are independent
 */
export function sobol(index: number, dimension: number, seed: number): number {
  const turn = Math.floor(dimension / DIMENSIONS);
  let i = turn === 0 ? index >>> 0 : owenScramble(index >>> 0, hash(seed, -turn));
  const v = directions[dimension % DIMENSIONS] as Uint32Array;
  let x = 0;
  for (let bit = 0; i !== 0; bit++, i >>>= 1) if (i & 1) x ^= v[bit] as number;
  return owenScramble(x >>> 0, hash(seed, dimension)) / 2 ** BITS;
}
