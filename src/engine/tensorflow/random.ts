/**
 * Seeded Math.random. TensorFlow.js takes weights, shuffling, dropout and noise from Math.random, so seeding it makes
 * a training repeat bit for bit. It is replaced in a trial's own process only, never in the engine.
 */
import { type Random, random } from '../../core/random.js';

let current: Random = random('training', 0);

/** From now on Math.random gives the sequence of `seed`, from its start. */
export function seedMathRandom(seed: number): void {
  current = random('training', seed);
  Math.random = uniform;
}

/** 53 bits of resolution, as Math.random has. */
const uniform = (): number =>
  (Math.floor(current.next() * 2 ** 27) * 2 ** 26 + Math.floor(current.next() * 2 ** 26)) / 2 ** 53;
