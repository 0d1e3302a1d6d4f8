/**
 * Seeded Math.random. TensorFlow.js takes weights, shuffling, dropout and noise from Math.random, so seeding it makes
 * a training repeat bit for bit. It is replaced in a trial's own process only, never in the engine.
 */
import { random } from '../../core/random.js';

/** What Math.random gives once it is seeded with `seed`; 53 bits of resolution, as Math.random has. */
export function uniformSequence(seed: number): () => number {
  const r = random('training', seed);
  return () => (Math.floor(r.next() * 2 ** 27) * 2 ** 26 + Math.floor(r.next() * 2 ** 26)) / 2 ** 53;
}

/** From now on Math.random gives the sequence of `seed`, from its start. */
export function seedMathRandom(seed: number): void {
  Math.random = uniformSequence(seed);
}
