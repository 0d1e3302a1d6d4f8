/** What the Gaussian processes of several objectives are told, and the growth they look for. */
import { describe, expect, it } from 'vitest';
import { random } from '../../src/core/random.js';
import { ExpectedGain, type Marginal } from '../../src/core/samplers/multi/ehvi.js';
import { nadir } from '../../src/core/samplers/multi/nadir.js';
import { observeMany } from '../../src/core/samplers/multi/observe.js';
import { RayGain } from '../../src/core/samplers/multi/rays.js';
import { standardise, standardiseAll } from '../../src/core/samplers/multi/standardise.js';
import { unitSpace } from '../../src/core/samplers/unit-space.js';
import type { Space } from '../../src/core/space/parameter.js';
import { hypervolume } from '../../src/core/study/objectives/hypervolume.js';
import type { Trial } from '../../src/core/study/trial.js';

describe('the corners of a front', () => {
  it('leave out who pays for a trifle in one objective with all of another', () => {
    const sane = [
      [0, 0, 1],
      [0, 1, 0],
      [1, 0, 0],
      [0.6, 0.6, 0.6],
    ];
    const front = [...sane, [-0.001, 0.3, 5]];
    expect(nadir(front, [0, 0, 0], [5, 5, 5])).toEqual([1, 1, 1]);
    expect(nadir([[2, 3, 4]], [0, 0, 0], [1, 1, 1])).toEqual([2, 3, 4]);
  });

  it('reach to the best of one objective where the others go together', () => {
    const front = [
      [0, 1, 1],
      [0.4, 0.1, 0.1],
      [1, 0, 0],
    ];
    expect(nadir(front, [0, 0, 0], [1, 1, 1])).toEqual([1, 1, 1]);
  });
});

describe('the expected growth of the hypervolume', () => {
  const two = {
    front: [
      [0, 2],
      [1, 1],
      [2, 0],
    ],
    reference: [3, 3],
  };
  const three = {
    front: [
      [0, 2, 1],
      [1, 1, 1],
      [2, 0, 2],
      [1.5, 1.5, 0],
    ],
    reference: [3, 3, 3],
  };
  const four = {
    front: [
      [0, 2, 1, 1],
      [1, 1, 1, 1],
      [2, 0, 2, 0.5],
      [1.5, 1.5, 0, 2],
    ],
    reference: [3, 3, 3, 3],
  };

  /** The mean growth by results drawn from the marginals, none of them below the floor. */
  function drawn(
    { front, reference }: typeof two,
    marginals: readonly Marginal[],
    floor = Number.NEGATIVE_INFINITY,
  ): number {
    const source = random('draws');
    const normal = (): number =>
      Math.sqrt(-2 * Math.log(1 - source.next())) * Math.cos(2 * Math.PI * source.next());
    const before = hypervolume(front, reference);
    let sum = 0;
    const draws = 20_000;
    for (let i = 0; i < draws; i++) {
      const point = marginals.map(({ mean, deviation }) => Math.max(floor, mean + deviation * normal()));
      sum += hypervolume([...front, point], reference) - before;
    }
    return sum / draws;
  }

  it('of two objectives is what drawing from the marginals gives', () => {
    const marginals = two.reference.map((_, m) => ({ mean: 0.8 + 0.3 * m, deviation: 0.6 }));
    const gain = Math.exp(new ExpectedGain(two.front, two.reference).log(marginals));
    expect(Math.abs(gain / drawn(two, marginals) - 1)).toBeLessThan(0.04);
    const empty = Math.exp(new ExpectedGain([], two.reference).log(marginals));
    expect(Math.abs(empty / drawn({ ...two, front: [] }, marginals) - 1)).toBeLessThan(0.04);
  });

  it.each(Object.entries({ two, three, four }))(
    'by rays is in the mean what drawing from the marginals gives, and counts nothing below the floor (%s)',
    (_, problem) => {
      const { front, reference } = problem;
      const floor = reference.map(() => -0.2);
      const at = (mean: number, deviation: number): readonly Marginal[] =>
        reference.map((_, m) => ({ mean: mean + 0.1 * m, deviation }));
      const gains = Array.from({ length: 40 }, (_, seed) => new RayGain(front, reference, floor, seed));
      const byRays = (marginals: readonly Marginal[]): number =>
        gains.reduce((sum, gain) => sum + Math.exp(gain.log(marginals)), 0);
      const first = at(0, 0.6);
      for (const second of [at(1, 0.6), at(-1, 0.3), at(0.8, 0.2)]) {
        const ratio = drawn(problem, second, -0.2) / drawn(problem, first, -0.2);
        expect(Math.abs(byRays(second) / byRays(first) / ratio - 1)).toBeLessThan(0.1);
      }
    },
  );

  it('by rays is the same everywhere, and nearly nothing, where the front is as good as can be', () => {
    const gain = new RayGain([[0, 0, 0]], [1, 1, 1], [0, 0, 0], 1);
    const marginals = [0, 1, 2].map(() => ({ mean: 0, deviation: 1 }));
    expect(gain.log(marginals)).toBeLessThan(-1e9);
    expect([...gain.slopes().byMean]).toEqual([0, 0, 0]);
  });

  it.each([
    { name: 'two', gain: new ExpectedGain(two.front, two.reference), count: 2 },
    { name: 'four, by rays', gain: new RayGain(four.front, four.reference, [-1, -1, -1, -1], 1), count: 4 },
  ])('has the slopes of its differences, also where it is nearly nothing ($name)', ({ gain, count }) => {
    for (const mean of [0.5, 2, 30]) {
      const marginals = Array.from({ length: count }, (_, m) => ({
        mean: mean + 0.2 * m,
        deviation: 0.5 + 0.1 * m,
      }));
      gain.log(marginals);
      const { byMean, byDeviation } = gain.slopes();
      // Wider than the steps of the tables.
      const step = 5e-3;
      marginals.forEach((_, m) => {
        const moved = (key: 'mean' | 'deviation', by: number): number =>
          gain.log(marginals.map((one, k) => (k === m ? { ...one, [key]: one[key] + by } : one)));
        const slope = (key: 'mean' | 'deviation'): number =>
          (moved(key, step) - moved(key, -step)) / (2 * step);
        for (const [own, other] of [
          [byMean[m], slope('mean')],
          [byDeviation[m], slope('deviation')],
        ] as const) {
          expect(Math.abs((own as number) - other)).toBeLessThan(0.01 * (1 + Math.abs(other)));
        }
      });
    }
  });
});

describe('what models of several objectives are told', () => {
  it('is every trade-off as it is, also where most trials are the best there can be in an objective', () => {
    const results = [
      [0, 0, 2],
      [0, 0, 1.5],
      [0, 0.1, 1.4],
      [0, 0, 1.6],
      [0.01, 0, 1.7],
      [1, 0, 0.5],
      [0.5, 0, 1],
      [0, 1, 0.2],
    ].map((costs) => ({ costs, violation: 0 }));
    const [first] = standardiseAll(results);
    expect(first?.invert(first.y[5] as number)).toBeCloseTo(1);
    expect(first?.invert(first.y[6] as number)).toBeCloseTo(0.5);
  });

  it('is a result that diverged as no further off than the far-out fence', () => {
    const { y, invert } = standardise([1, 2, 3, 4, 5, 6, 7, 8, 1e9]);
    const far = (y[8] as number) - (y[7] as number);
    const step = (y[1] as number) - (y[0] as number);
    // Quartiles 3 and 7: the fence stands at 7 + 3 · 4.
    expect(far / step).toBeCloseTo(19 - 8);
    expect(invert(y[2] as number)).toBeCloseTo(3);
  });

  const trial = (number: number, more: Partial<Trial>): Trial => ({
    id: number,
    number,
    state: 'complete',
    params: { rate: 0.1 },
    objectives: [0.5, 2],
    values: { cost: 2 },
    reports: [],
    attributes: {},
    ...more,
  });

  it('is no word on constraints from a trial that was pruned: its metrics are not those of an end', () => {
    const outcomeViolation = ({ cost = Infinity }: Trial['values']): number => Math.max(0, cost - 1);
    const pruned = { state: 'pruned', objectives: [0.9], values: {} } as const;
    const trials = [trial(0, {}), trial(1, pruned), trial(2, { state: 'failed', values: {} })];
    const space: Space = { rate: { type: 'float', low: 0, high: 1 } };
    const observed = observeMany(unitSpace(space), {
      space,
      directions: ['maximize', 'minimize'],
      trials,
      seed: 0,
      number: 3,
      outcomeViolation,
    });
    expect(observed.map(({ costs, violation }) => [costs, violation])).toEqual([
      [[-0.5, 2], 1],
      [[-0.5, 2], 0],
      [[-0.5, 2], 0],
    ]);
  });
});
