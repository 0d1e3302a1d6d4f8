import { describe, expect, it } from 'vitest';
import { Measured } from '../../bench/search/problem.js';
import { curves, difference, scores } from '../../bench/search/score.js';
import { unseenProblems } from '../../bench/search/unseen.js';
import { Workers } from '../../bench/search/workers.js';
import { random } from '../../src/core/random.js';
import { drawUniform } from '../../src/core/samplers/novelty.js';

describe('the problems no sampler was made with', () => {
  it('have names of their own and a smallest value that no draw is below', () => {
    expect(new Set(unseenProblems.map(({ id }) => id)).size).toBe(unseenProblems.length);
    for (const { id, best, reference, space, evaluate } of unseenProblems) {
      const source = random('draws', id);
      for (let i = 0; i < 200; i++) expect(evaluate(drawUniform(space, source))).toBeGreaterThan(best - 1e-9);
      expect(reference, id).toBeGreaterThan(best);
    }
  });

  it('reach it where the place of it is known', () => {
    for (const { checks, evaluate } of unseenProblems) {
      for (const { params, value } of checks) expect(evaluate(params)).toBeCloseTo(value, 9);
    }
  });

  it('tell noise, the same for the same seed, and count the true value of what looks best', () => {
    const problem = unseenProblems.find(({ id }) => id === 'camel2n') as (typeof unseenProblems)[number];
    const points = [0.2, -1.5, 0.1, 2.5].map((x) => ({ x0: x, x1: -0.7 }));
    const [one, same, other] = [7, 7, 8].map((seed) => {
      const measured = new Measured(problem, seed);
      return { told: points.map((point) => measured.measure(point)), y: measured.y };
    });
    expect(one?.told).toEqual(same?.told);
    expect(one?.told).not.toEqual(other?.told);
    const least = one?.told.indexOf(Math.min(...(one?.told ?? []))) as number;
    expect(one?.y.at(-1)).toBe(problem.evaluate(points[least] as (typeof points)[number]));
  });
});

describe('several trials at a time', () => {
  const problem = unseenProblems.find(({ id }) => id === 'camel2') as (typeof unseenProblems)[number];
  const ends = (seed: number, count: number, scale: number) => {
    const workers = new Workers(problem, seed, count);
    const told = Array.from({ length: 30 }, (_, number) =>
      workers.start({ number, params: { x0: scale * number, x1: 0 } }),
    );
    return { told: [...told, workers.finish()], y: workers.y };
  };
  const numbers = ({ told }: ReturnType<typeof ends>): number[] => told.flat().map(([number]) => number);

  it('end in an order that depends on the seed and not on what was tried', () => {
    expect(numbers(ends(3, 8, 0.1))).toEqual(numbers(ends(3, 8, -0.05)));
    expect(numbers(ends(3, 8, 0.1))).not.toEqual(numbers(ends(4, 8, 0.1)));
  });

  it('never are more than there are workers, and all end once', () => {
    const eight = ends(3, 8, 0.1);
    expect(eight.told.map(({ length }) => length)).toEqual([...Array(7).fill(0), ...Array(23).fill(1), 7]);
    expect(numbers(eight).toSorted((a, b) => a - b)).toEqual([...Array(30).keys()]);
    expect(eight.y).toHaveLength(30);
    expect(numbers(ends(3, 1, 0.1))).toEqual([...Array(30).keys()]);
  });
});

describe('the difference between two samplers', () => {
  const references = new Map(['a', 'b'].map((id) => [id, { best: 0, reference: 1 }]));
  const runs = (sampler: string, value: number) =>
    ['a', 'b'].flatMap((problem) =>
      [0, 1, 2].map((seed) => ({ sampler, problem, seed, y: [1, value * (1 + seed / 10)] })),
    );
  const all = curves([...runs('good', 0.01), ...runs('bad', 0.1)], references, 2);
  const by = (one: string, other: string) =>
    difference(all.get(one) ?? new Map(), all.get(other) ?? new Map(), ['a', 'b'], 2);

  it('has an interval on one side of zero where one is clearly better, and of itself around zero', () => {
    expect(by('good', 'bad').interval[1]).toBeLessThan(0);
    const { interval } = by('good', 'good');
    expect(interval[0]).toBeLessThanOrEqual(0);
    expect(interval[1]).toBeGreaterThanOrEqual(0);
  });

  it('shows in mean ranks, whose interval is as wide as problems and seeds disagree', () => {
    const [first, last] = scores(all, ['a', 'b'], 2);
    expect(first).toMatchObject({ sampler: 'good', ranks: [1], rankInterval: [1, 1] });
    expect(last).toMatchObject({ sampler: 'bad', ranks: [2], rankInterval: [2, 2] });
    const torn = curves(
      [
        ...runs('even', 0.01),
        ...runs('torn', 0.1).map((one) => (one.problem === 'a' ? one : { ...one, y: [0] })),
      ],
      references,
      2,
    );
    for (const { ranks, rankInterval } of scores(torn, ['a', 'b'], 2)) {
      expect(ranks).toEqual([1.5]);
      expect(rankInterval).toEqual([1, 2]);
    }
  });
});
