/** Numbers to compute with, and to compare. */
import { expect } from 'vitest';
import { random } from '../../../src/core/random.js';

/** From −1 up to 1, the same for the same keys. */
export const numbers = (size: number, ...keys: (number | string)[]): Float32Array => {
  const r = random('numbers', ...keys);
  return Float32Array.from({ length: size }, () => 2 * r.next() - 1);
};

export const closeTo = (actual: ArrayLike<number>, expected: ArrayLike<number>, digits = 5): void => {
  expect(actual).toHaveLength(expected.length);
  for (let i = 0; i < expected.length; i++) expect(actual[i]).toBeCloseTo(expected[i]!, digits);
};
