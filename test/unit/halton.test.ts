import { describe, expect, it } from 'vitest';
import { halton } from '../../src/core/samplers/qmc/halton.js';

describe('the scrambled Halton sequence', () => {
  it('puts one of the first b points into each interval of length 1/b, in the base b of every dimension', () => {
    [2, 3, 5, 7, 11, 13].forEach((base, dimension) => {
      const cells = Array.from({ length: base }, (_, i) => Math.floor(base * halton(i, dimension, 7)));
      expect(new Set(cells).size).toBe(base);
    });
  });

  it('stays in [0, 1) and is not correlated between late dimensions, where plain Halton points lie on lines', () => {
    const n = 500;
    const column = (j: number) => Array.from({ length: n }, (_, i) => halton(i, j, 3));
    const [a, b] = [column(58), column(59)];
    for (const x of [...a, ...b]) expect(x >= 0 && x < 1).toBe(true);
    const covariance = a.reduce((sum, x, i) => sum + (x - 0.5) * ((b[i] as number) - 0.5), 0) / n;
    expect(Math.abs(covariance * 12)).toBeLessThan(0.15);
  });

  it('is another sequence for another seed', () => {
    expect(halton(5, 0, 1)).not.toBe(halton(5, 0, 2));
    expect(halton(5, 0, 1)).toBe(halton(5, 0, 1));
  });
});
