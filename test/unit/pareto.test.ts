/** Several objectives: domination, fronts, crowding, hypervolume. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hypervolume,
  hypervolumeHistory,
  trialsSinceGrowth,
} from '../../src/core/study/objectives/hypervolume.js';
import {
  balancedTrial,
  type Costs,
  crowdingDistances,
  dominates,
  paretoFront,
  paretoRanks,
} from '../../src/core/study/objectives/pareto.js';
import type { Objective, Study, Trial } from '../../src/core/study/trial.js';

const objectives: readonly Objective[] = [
  { metric: 'accuracy', direction: 'maximize' },
  { metric: 'size', direction: 'minimize' },
];
const directions = objectives.map(({ direction }) => direction);

function trial(number: number, values: readonly number[], more: Partial<Trial> = {}): Trial {
  return {
    id: number,
    number,
    state: 'complete',
    params: {},
    objectives: values,
    values: { accuracy: values[0] ?? NaN, size: values[1] ?? NaN },
    reports: [],
    attributes: {},
    ...more,
  };
}
const study = (...trials: Trial[]): Pick<Study, 'objectives' | 'trials'> => ({ objectives, trials });
const numbers = (trials: readonly Trial[]): readonly number[] => trials.map(({ number }) => number);

const points = (m: number, most = 12) =>
  fc.array(fc.tuple(...Array.from({ length: m }, () => fc.integer({ min: 0, max: 9 }))), {
    minLength: 1,
    maxLength: most,
  }) as fc.Arbitrary<Costs[]>;

describe('ranks', () => {
  it('go by fronts, equal points sharing one', () => {
    const costs = [
      [1, 5],
      [2, 2],
      [5, 1],
      [2, 2],
      [3, 3],
      [6, 6],
    ];
    expect([...paretoRanks(costs)]).toEqual([0, 0, 0, 0, 1, 2]);
  });

  it('are the same of equal points of four objectives', () => {
    const [good, bad] = [
      [1, 2, 3, 4],
      [2, 2, 3, 4],
    ];
    expect([...paretoRanks([bad, good, bad, good] as Costs[])]).toEqual([1, 0, 1, 0]);
  });

  it('put what breaks constraints last, by how much', () => {
    const costs = [
      [9, 9],
      [0, 0],
      [1, 1],
      [8, 8],
    ];
    expect([...paretoRanks(costs, [0, 2, 1, 0])]).toEqual([1, 3, 2, 0]);
  });

  it.each([1, 2, 3, 4])('are one more than those of the deepest that dominates (%i objectives)', (m) => {
    fc.assert(
      fc.property(points(m, 25), (costs) => {
        const ranks = paretoRanks(costs);
        costs.forEach((point, i) => {
          const above = costs.flatMap((other, j) => (dominates(other, point) ? [ranks[j] as number] : []));
          expect(ranks[i]).toBe(above.length === 0 ? 0 : Math.max(...above) + 1);
        });
      }),
      { numRuns: 60 },
    );
  });

  it.each([2, 3, 4])(
    'are exact for as many as are enough, and the others come after (%i objectives)',
    (m) => {
      fc.assert(
        fc.property(points(m, 25), fc.integer({ min: 1, max: 25 }), (costs, enough) => {
          const all = paretoRanks(costs);
          const some = paretoRanks(costs, undefined, enough);
          // The last front that is needed: the first with which there are enough.
          const last = [...all].sort((a, b) => a - b)[Math.min(enough, costs.length) - 1] as number;
          some.forEach((rank, i) => {
            if ((all[i] as number) <= last) expect(rank).toBe(all[i]);
            else expect(rank).toBeGreaterThan(last);
          });
        }),
        { numRuns: 60 },
      );
    },
  );

  it('put what breaks constraints last where not all are ranked', () => {
    const costs = [
      [4, 4, 4, 4],
      [1, 1, 1, 1],
      [0, 0, 0, 0],
      [3, 3, 3, 3],
      [2, 2, 2, 2],
    ];
    const ranks = paretoRanks(costs, [0, 0, 5, 0, 0], 2);
    expect([...ranks]).toEqual([2, 0, 3, 2, 1]);
  });
});

describe('the front of a study', () => {
  const trials = [
    trial(0, [0.8, 100]),
    trial(1, [0.9, 200]),
    trial(2, [0.7, 300]),
    trial(3, [0.9, 200]),
    trial(4, [0.95, 900]),
    trial(5, [0.99, 10], { marks: { excluded: 'leak' } }),
    trial(6, [0.99, 1], { state: 'pruned' }),
    trial(7, [Number.NaN, 1]),
  ];

  it('has the trials no other betters, the first objective leading, ties to the lower number', () => {
    expect(numbers(paretoFront(study(...trials)))).toEqual([4, 1, 0]);
  });

  it('has a balanced member: nearest to the best of everything', () => {
    expect(balancedTrial(paretoFront(study(...trials)), directions)?.number).toBe(1);
    expect(balancedTrial([], directions)).toBeUndefined();
  });

  it('is empty without completed trials', () => {
    expect(paretoFront(study(trial(0, [1, 1], { state: 'failed' })))).toEqual([]);
  });
});

describe('crowding', () => {
  it('is infinite at the ends and the sum of gaps between', () => {
    const distances = crowdingDistances([
      [0, 4],
      [1, 2],
      [4, 0],
    ]);
    expect([...distances]).toEqual([Infinity, 2, Infinity]);
    // The ends of every objective: each of these is one, and the last is none.
    const three = [
      [5, 1, 1],
      [1, 5, 1],
      [0, 2, 2],
      [2, 0, 2],
      [1.5, 1.5, 0],
      [1.6, 1.6, 1.5],
    ];
    expect([...crowdingDistances(three)].map(Number.isFinite)).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
  });
});

describe('hypervolume', () => {
  it('is counted up to a tenth beyond the worst of the front, in the directions of the objectives', () => {
    const { reference, steps } = hypervolumeHistory(
      study(trial(0, [1, 10]), trial(1, [3, 30]), trial(2, [0, 99])),
    );
    expect(reference).toEqual([expect.closeTo(0.8), expect.closeTo(32)]);
    expect(steps.map(({ joined }) => joined)).toEqual([true, true, false]);
  });

  it('is that of known sets', () => {
    expect(
      hypervolume(
        [
          [1, 2],
          [2, 1],
        ],
        [3, 3],
      ),
    ).toBe(3);
    expect(hypervolume([[1, 1, 1]], [2, 3, 4])).toBe(6);
    expect(
      hypervolume(
        [
          [0, 1, 1],
          [1, 0, 1],
          [1, 1, 0],
        ],
        [2, 2, 2],
      ),
    ).toBe(4);
    expect(
      hypervolume(
        [
          [0, 0, 0, 1],
          [1, 1, 1, 0],
        ],
        [2, 2, 2, 2],
      ),
    ).toBe(8 + 2 - 1);
    expect(hypervolume([[4, 0]], [3, 3])).toBe(0);
    expect(hypervolume([], [3, 3])).toBe(0);
  });

  it.each([1, 2, 3, 4, 5])('counts the cells that are dominated (%i objectives)', (m) => {
    const side = m > 3 ? 4 : 10;
    fc.assert(
      fc.property(points(m, 8), (raw) => {
        const costs = raw.map((point) => point.map((cost) => cost % side));
        let cells = 0;
        for (let index = 0; index < side ** m; index++) {
          const cell = Array.from({ length: m }, (_, k) => Math.floor(index / side ** k) % side);
          if (costs.some((point) => point.every((cost, k) => cost <= (cell[k] as number)))) cells++;
        }
        expect(hypervolume(costs, new Array(m).fill(side))).toBeCloseTo(cells, 9);
      }),
      { numRuns: 40 },
    );
  });

  it('of a study never shrinks, and grows with every trial that joins the front', () => {
    fc.assert(
      fc.property(points(2, 30), (raw) => {
        const { steps } = hypervolumeHistory(study(...raw.map((values, i) => trial(i, values))));
        let before = 0;
        for (const { value, joined } of steps) {
          expect(value > before).toBe(joined);
          expect(value).toBeLessThanOrEqual(1);
          before = value;
        }
      }),
      { numRuns: 60 },
    );
  });

  it('says for how long nothing was gained', () => {
    const trials = [
      [0.5, 10],
      [0.6, 10],
      [0.6, 11],
      [0.4, 12],
      [0.60001, 10],
    ];
    expect(trialsSinceGrowth(study(...trials.map((values, i) => trial(i, values))))).toBe(3);
  });

  it('takes extreme scales', () => {
    const trials = [
      [1e300, 1e-300],
      [-1e300, 1e-301],
      [5, 2e-300],
    ];
    const { steps } = hypervolumeHistory(study(...trials.map((values, i) => trial(i, values))));
    for (const { value } of steps) expect(value).toBeGreaterThan(0);
  });
});
