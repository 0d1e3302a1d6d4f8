import { describe, expect, it } from 'vitest';
import { random } from '../../src/core/random.js';
import { eigen } from '../../src/core/samplers/cma/eigen.js';
import { Evolution } from '../../src/core/samplers/cma/evolution.js';
import { keepMargin } from '../../src/core/samplers/cma/margin.js';
import { normalCdf } from '../../src/core/samplers/normal.js';
import { samplers } from '../../src/core/samplers/registry.js';
import { unitSpace } from '../../src/core/samplers/unit-space.js';
import type { Params, Space } from '../../src/core/space/parameter.js';
import type { Trial, TrialState } from '../../src/core/study/trial.js';

const cube = (d: number): Space =>
  Object.fromEntries(Array.from({ length: d }, (_, j) => [`p${j}`, { type: 'float', low: -1, high: 1 }]));

function trial(number: number, params: Params, value: number, state: TrialState = 'complete'): Trial {
  const result = state === 'complete' ? { objectives: [value] } : {};
  return {
    id: Math.max(0, number),
    number,
    state,
    params,
    ...result,
    values: {},
    reports: [],
    attributes: {},
  };
}

function ask(space: Space, trials: readonly Trial[], seed = 1): Params {
  const number = (trials.at(-1)?.number ?? -1) + 1;
  const suggestion = samplers.cmaes.ask({
    space,
    directions: ['minimize'],
    trials,
    seed,
    number: Math.max(0, number),
  });
  if (suggestion === 'exhausted') throw new Error('exhausted');
  return suggestion.params;
}

function search(space: Space, f: (params: Params) => number, count: number, trials: Trial[] = []): Trial[] {
  for (let k = 0; k < count; k++) {
    const params = ask(space, trials);
    trials.push(trial(Math.max(0, (trials.at(-1)?.number ?? -1) + 1), params, f(params)));
  }
  return trials;
}

const best = (trials: readonly Trial[]): number =>
  Math.min(...trials.map((t) => t.objectives?.[0] ?? Infinity));
/** Narrow and rotated: condition 10^4. */
const cigar = (params: Params): number => {
  const x = Object.values(params) as number[];
  const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
  return x.reduce((sum, v) => sum + 1e4 * (v - mean) ** 2, 0) + x.length * (mean - 0.3) ** 2;
};

describe('a space of choices alone', () => {
  const choices = Array.from({ length: 8 }, (_, k) => k);
  const space: Space = Object.fromEntries(
    ['a', 'b', 'c', 'd'].map((name) => [name, { type: 'categorical', choices } as const]),
  );
  const reasonAfter = (trials: readonly Trial[]): string => {
    const number = trials.length;
    const asked = samplers.cmaes.ask({ space, directions: ['minimize'], trials, seed: 1, number });
    return asked === 'exhausted' ? asked : asked.reason;
  };

  it('is searched by the chances of its choices, and said to be', () => {
    const sum = (params: Params) => Object.values(params).reduce<number>((total, x) => total + Number(x), 0);
    const trials = search(space, sum, 150);
    expect(reasonAfter(trials)).toMatch(
      /^generation \d+, drawn by the chances that each choice has come to have$/,
    );
    const mean = (some: readonly Trial[]): number =>
      some.reduce((sum, { objectives }) => sum + (objectives?.[0] ?? 0), 0) / some.length;
    expect(mean(trials.slice(-20))).toBeLessThan(0.8 * mean(trials.slice(0, 20)));
    // And begins so where earlier results are known.
    const earlier = trials.slice(0, 20).map((one) => ({ ...one, number: one.number - 20 }));
    expect(ask(space, earlier)).toMatchObject({ a: expect.any(Number) });
  });
});

describe('the margin of a whole number', () => {
  const [axis] = unitSpace({ n: { type: 'int', low: 0, high: 9 } }).axes;
  const corrected = (sigma: number): Evolution => {
    const evolution = new Evolution(Float64Array.of(0.42), sigma, 10);
    if (axis) keepMargin(evolution, 0, axis, 0.02);
    return evolution;
  };

  it('leaves alone a distribution that reaches the neighbours', () => {
    const { mean, widen } = corrected(0.2);
    expect([mean[0], widen[0]]).toEqual([0.42, 1]);
  });

  it('widens one that has shrunk into a cell, until either neighbour has its share', () => {
    const evolution = corrected(1e-4);
    const beyond = (edge: number): number =>
      normalCdf(-Math.abs((evolution.mean[0] as number) - edge) / evolution.deviation(0));
    expect(beyond(0.4)).toBeCloseTo(0.01, 3);
    expect(beyond(0.5)).toBeCloseTo(0.01, 3);
  });
});

describe('eigenvalues of a symmetric matrix', () => {
  it('belong to orthogonal vectors that give the matrix again', () => {
    const n = 6;
    const source = random('eigen');
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = source.next() - 0.5;
    const { vectors: v, values } = eigen(a, n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = 0; k < n; k++) {
          sum += (v[i * n + k] as number) * (values[k] as number) * (v[j * n + k] as number);
        }
        expect(sum).toBeCloseTo(a[i * n + j] as number, 10);
      }
    }
  });
});

describe('the evolution strategy', () => {
  it('learns the shape of a narrow, rotated valley', () => {
    const strategy = new Evolution(new Float64Array(5), 0.3, 8);
    const source = random('evolution');
    const f = (x: Float64Array) => cigar(Object.fromEntries([...x].map((v, i) => [`p${i}`, v])));
    for (let generation = 0; generation < 250; generation++) {
      const points = Array.from({ length: 8 }, () => strategy.sample(source));
      strategy.update(points.sort((a, b) => f(a) - f(b)));
    }
    expect(f(strategy.mean)).toBeLessThan(1e-9);
  });
});

describe('the CMA-ES sampler', () => {
  it('finds the bottom of a narrow valley that is not along an axis', () => {
    expect(best(search(cube(5), cigar, 1500))).toBeLessThan(1e-4);
  });

  it('goes on from the results alone: the trials as a copy give the same suggestion', () => {
    const trials = search(cube(3), cigar, 40);
    expect(ask(cube(3), [...trials])).toEqual(ask(cube(3), trials));
  });

  it('keeps drawing while many trials run, and waits for no straggler for ever', () => {
    const trials = search(cube(3), cigar, 14);
    const straggler = trials[3] as Trial;
    trials[3] = trial(3, straggler.params, 0, 'running');
    const early = search(cube(3), cigar, 2, [...trials]);
    const late = search(cube(3), cigar, 80, [...trials]);
    expect(new Set(early.map((t) => JSON.stringify(t.params))).size).toBe(early.length);
    expect(best(late)).toBeLessThan(best(trials) / 10);
  });

  it('keeps trying neighbours of whole numbers until the best is found', () => {
    const space: Space = {
      n: { type: 'int', low: 1, high: 1000 },
      k: { type: 'int', low: 0, high: 10 },
      x: { type: 'float', low: 0, high: 1 },
    };
    const f = ({ n, k, x }: Params) =>
      Math.abs((n as number) - 700) / 1000 + Math.abs((k as number) - 9) / 10 + ((x as number) - 0.5) ** 2;
    const found = search(space, f, 300).reduce((a, b) =>
      (a.objectives?.[0] ?? 0) <= (b.objectives?.[0] ?? 0) ? a : b,
    );
    expect(found.params).toMatchObject({ n: 700, k: 9 });
  });

  it('learns which choice is good', () => {
    const space: Space = { ...cube(2), c: { type: 'categorical', choices: ['a', 'b', 'c', 'd'] } };
    const f = (p: Params) => (p.p0 as number) ** 2 + (p.p1 as number) ** 2 + (p.c === 'c' ? 0 : 1);
    const late = search(space, f, 120).slice(80);
    expect(late.filter(({ params }) => params.c === 'c').length).toBeGreaterThan(25);
  });

  it('starts where earlier studies had their best results', () => {
    const bowl = (p: Params) => ((p.p0 as number) - 0.8) ** 2 + ((p.p1 as number) + 0.7) ** 2;
    const source = random('earlier');
    const earlier = Array.from({ length: 100 }, (_, k) => {
      const params = { p0: 2 * source.next() - 1, p1: 2 * source.next() - 1 };
      return trial(k - 100, params, bowl(params));
    });
    const first = search(cube(2), bowl, 10, [...earlier]).slice(100);
    const mean = first.reduce((sum, t) => sum + (t.objectives?.[0] ?? 0), 0) / 10;
    expect(mean).toBeLessThan(0.2);
  });

  it('begins anew elsewhere when a run has converged to a poor optimum', () => {
    // A wide bowl around 0.5, and a narrow deeper one around -0.7.
    const f = ({ p0, p1 }: Params) => {
      const [x, y] = [p0 as number, p1 as number];
      return Math.min(1 + (x - 0.5) ** 2 + (y - 0.5) ** 2, 3 * ((x + 0.7) ** 2 + (y + 0.7) ** 2));
    };
    expect(best(search(cube(2), f, 1500))).toBeLessThan(1e-3);
  });
});
