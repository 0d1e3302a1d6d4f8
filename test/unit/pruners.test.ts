import { describe, expect, it } from 'vitest';
import { prunerOf, prunerProblem } from '../../src/core/pruners/choose.js';
import { forecast } from '../../src/core/pruners/learning-curve.js';
import type { PrunerChoice } from '../../src/core/pruners/names.js';
import { signedRankP } from '../../src/core/pruners/wilcoxon.js';
import { studentCdf } from '../../src/core/student-t.js';
import type { Direction, Trial, TrialState } from '../../src/core/study/trial.js';

const trial = (number: number, state: TrialState, values: readonly number[]): Trial => ({
  id: number,
  number,
  state,
  params: {},
  values: {},
  attributes: {},
  reports: values.map((value, index) => ({ step: index + 1, value, metrics: {} })),
});

/** What a pruner is wrapped with; not written as a key, since the object would look like a promise. */
const THEN = 'then';

const judgeBy = (
  pruner: PrunerChoice,
  values: readonly number[],
  trials: readonly Trial[],
  direction: Direction = 'minimize',
) =>
  prunerOf(pruner).judge({
    objectives: [{ metric: 'loss', direction }],
    trials,
    trial: trial(9, 'running', values),
    seed: 0,
  });

const others = [0.1, 0.2, 0.3, 0.4, 0.5].map((value, n) => trial(n, 'complete', [1, value, value]));
const judge = (values: readonly number[], trials = others, direction: Direction = 'minimize') =>
  judgeBy('median', values, trials, direction);

describe('the median pruner', () => {
  it('stops a trial whose best so far is worse than the median at the same step', () => {
    expect(judge([1, 0.31])).toEqual({
      prune: true,
      reason: 'best 0.31 up to step 2 is worse than the median 0.3 of 5 trials',
    });
  });

  it('lets a trial go on that is level with the median, or was better at an earlier step', () => {
    expect(judge([1, 0.3]).prune).toBe(false);
    expect(judge([0.2, 0.9]).prune).toBe(false);
  });

  it('turns round for a metric that is to be maximised', () => {
    const low = others.map((t) => trial(t.number, 'complete', [0.1, t.reports[1]?.value ?? 0, 1]));
    expect(judge([0.05, 0.29], low, 'maximize').prune).toBe(true);
    expect(judge([0.05, 0.31], low, 'maximize').prune).toBe(false);
  });

  it('waits for five completed trials, and for somebody to have reached the step', () => {
    expect(judge([9, 9], others.slice(0, 4)).prune).toBe(false);
    expect(judge([9, 9, 9, 9]).prune).toBe(false);
  });

  it('stops a trial whose metric is NaN, whatever the others did', () => {
    expect(judge([Number.NaN], []).prune).toBe(true);
  });

  it('stops one whose metric went to infinity, as worse than the median, and says so', () => {
    expect(judge([Infinity, Infinity])).toEqual({
      prune: true,
      reason: 'best Infinity up to step 2 is worse than the median 0.3 of 5 trials',
    });
  });

  it('passes over trials that were pruned or failed', () => {
    const rest = [trial(5, 'pruned', [1, 0]), trial(6, 'failed', [1, 0])];
    expect(judge([1, 0.3], [...others, ...rest]).prune).toBe(false);
  });
});

describe('the percentile pruner', () => {
  const ten = Array.from({ length: 10 }, (_, n) => trial(n, 'complete', [1, n / 10, 0]));

  it('lets the best share go on, and says with which number it compared', () => {
    expect(judgeBy('percentile', [1, 0.22], ten).prune).toBe(false);
    expect(judgeBy('percentile', [1, 0.23], ten)).toEqual({
      prune: true,
      reason: 'best 0.23 up to step 2 is worse than the 25th percentile 0.225 of 10 trials',
    });
    expect(judgeBy({ name: 'percentile', percentile: 90 }, [1, 0.8], ten).prune).toBe(false);
  });

  it('turns the share round for a metric that is to be maximised', () => {
    expect(
      judgeBy(
        'percentile',
        [0, 0.68],
        ten.map((t) => trial(t.number, 'complete', [0, t.number / 10, 0])),
        'maximize',
      ).prune,
    ).toBe(false);
    expect(
      judgeBy(
        'percentile',
        [0, 0.67],
        ten.map((t) => trial(t.number, 'complete', [0, t.number / 10, 0])),
        'maximize',
      ).prune,
    ).toBe(true);
  });

  it('leaves the warm-up alone, and judges every so many steps only', () => {
    const long = Array.from({ length: 6 }, (_, n) => trial(n, 'complete', new Array(9).fill(0.1)));
    const judged = [1, 2, 3, 4, 5, 6, 7, 8, 9].filter(
      (steps) =>
        judgeBy({ name: 'median', warmupSteps: 3, intervalSteps: 2 }, new Array(steps).fill(1), long).prune,
    );
    expect(judged).toEqual([4, 6, 8]);
  });

  it('waits for as many trials as it is told', () => {
    expect(judgeBy({ name: 'median', startupTrials: 11 }, [1, 9], ten).reason).toMatch(/only 10 of 11/);
    expect(judgeBy({ name: 'median', minTrials: 11 }, [1, 9], ten).reason).toMatch(/only 10 of 11/);
  });
});

describe('the threshold pruner', () => {
  it('stops what leaves the bounds', () => {
    const bounds = { name: 'threshold', lower: 0, upper: 10 } as const;
    expect(judgeBy(bounds, [10], []).prune).toBe(false);
    expect(judgeBy(bounds, [10.5], [])).toEqual({ prune: true, reason: '10.5 at step 1 is above 10' });
    expect(judgeBy(bounds, [-1], [])).toEqual({ prune: true, reason: '-1 at step 1 is below 0' });
    expect(judgeBy(bounds, [Number.NaN], []).prune).toBe(true);
  });
});

describe('the patient pruner', () => {
  it('stops a trial that has not improved for so many reports, or asks the one that it wraps', () => {
    const alone = { name: 'patient', patience: 2 } as const;
    expect(judgeBy(alone, [1, 2, 2], []).prune).toBe(false);
    expect(judgeBy(alone, [1, 2, 2, 2], [])).toEqual({
      prune: true,
      reason: 'no improvement on 1 in the last 3 reports, whose best is 2',
    });
    expect(judgeBy(alone, [1, 2, 2, 0.9], []).prune).toBe(false);
    expect(judgeBy({ ...alone, minDelta: 1 }, [1, 2, 2, 2], []).prune).toBe(false);
    const wrapping = { ...alone, [THEN]: 'median' } as const;
    const bad = Array.from({ length: 5 }, (_, n) => trial(n, 'complete', [9, 9, 9, 9]));
    expect(judgeBy(wrapping, [1, 2, 2, 2], bad).prune).toBe(false);
    const good = Array.from({ length: 5 }, (_, n) => trial(n, 'complete', [0, 0, 0, 0, 0]));
    expect(judgeBy(wrapping, [1, 2, 2, 2], good).prune).toBe(true);
  });

  it('stops a trial that went to infinity and stays there', () => {
    expect(judgeBy({ name: 'patient', patience: 1 }, [1, Infinity, Infinity], [])).toEqual({
      prune: true,
      reason: 'no improvement on 1 in the last 2 reports, whose best is nothing finite',
    });
  });
});

describe('the Wilcoxon pruner', () => {
  it('has the p-values of scipy.stats.wilcoxon(…, alternative="greater", zero_method="zsplit")', () => {
    const close = (differences: readonly number[], p: number) =>
      expect(signedRankP(differences)).toBeCloseTo(p, 12);
    close([6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75], 0.0206298828125);
    close([0.1, 0.2, -0.05, 0.3, 0.4], 0.0625);
    close([1, 1, 2, -1, 3, 0], 0.125);
    close([0, 0, 1, 2], 0.25);
    close([1, 2, 2, -1, 3, 4, 5, -2, 6, 7, 8, 9, 10, 11, 12, 1], 0.0007930246168165129);
    close(
      Array.from({ length: 60 }, (_, i) => Number((Math.sin(i + 1) * 3 + 0.5).toFixed(6))),
      0.014940172557028376,
    );
  });

  it('stops a trial that is worse than the best one in fold after fold', () => {
    const best = { ...trial(0, 'complete', [0.1, 0.2, 0.1, 0.2, 0.1]), objectives: [0.14] };
    expect(judgeBy('wilcoxon', [0.2], [best]).reason).toMatch(/only 1 of 2 steps/);
    expect(judgeBy('wilcoxon', [0.2, 0.3, 0.3], [best]).prune).toBe(false);
    expect(judgeBy('wilcoxon', [0.2, 0.31, 0.3, 0.5], [best])).toEqual({
      prune: true,
      reason: 'worse in 4 common steps with p = 0.0625 (signed ranks), mean 0.3275 against 0.14 of trial 0',
    });
    expect(judgeBy('wilcoxon', [0.09, 0.1, 0.05, 0.1], [best]).prune).toBe(false);
    const spoilt = { ...trial(0, 'complete', [0.1, 0.2, 0.1, 0.2, 5]), objectives: [1.12] };
    expect(judgeBy('wilcoxon', [0.2, 0.31, 0.3, 0.5], [spoilt])).toMatchObject({
      prune: false,
      reason: expect.stringContaining('no worse'),
    });
  });
});

describe('the extrapolation of learning curves', () => {
  const curve = (final: number, amplitude: number, steps: number) =>
    Array.from({ length: steps }, (_, i) => final + amplitude * (i + 1) ** -0.7);
  const done = [0.1, 0.15, 0.2, 0.25, 0.3].map((final, n) => ({
    ...trial(n, 'complete', curve(final, 0.8, 50)),
    objectives: [curve(final, 0.8, 50).at(-1) as number],
  }));
  const prior = { centre: 0.25, spread: 0.2, range: 1 };
  const points = (values: readonly number[]) => values.map((value, i) => ({ step: i + 1, value }));

  it('foresees the end of a curve, and is surer of it the more it has seen', () => {
    const truth = curve(0.3, 0.8, 50).at(-1) as number;
    const [early, late] = [4, 15].map((steps) => forecast(points(curve(0.3, 0.8, steps)), 50, prior));
    expect(Math.abs((late?.mean ?? 0) - truth)).toBeLessThan(0.03);
    expect(late?.deviation).toBeLessThan(early?.deviation ?? 0);
    expect(late?.below(truth - 0.2)).toBeLessThan(0.05);
    expect(late?.below(truth + 0.2)).toBeGreaterThan(0.95);
    expect(Math.abs((early?.mean ?? 0) - truth)).toBeLessThan(2 * (early?.deviation ?? 0));
  });

  it.each([1e300, 1e-300])('judges metrics of the size of %s as any others', (size) => {
    const scaled = done.map((t) => ({
      ...trial(
        t.number,
        'complete',
        t.reports.map(({ value }) => value * size),
      ),
      objectives: [(t.objectives[0] as number) * size],
    }));
    for (const final of [0.6, 0.02]) {
      const plain = judgeBy('extrapolate', curve(final, 0.8, 12), done);
      const large = judgeBy(
        'extrapolate',
        curve(final, 0.8, 12).map((value) => value * size),
        scaled,
      );
      const probability = /probability (\S+?),?(?= below|$)/;
      expect(large.prune).toBe(plain.prune);
      expect(probability.exec(large.reason)?.[1]).toBe(probability.exec(plain.reason)?.[1]);
    }
  });

  it('stops what is unlikely to become the best, with what it expects', () => {
    const verdict = judgeBy('extrapolate', curve(0.6, 0.8, 12), done);
    expect(verdict.prune).toBe(true);
    expect(verdict.reason).toMatch(
      /^0\.6\d+ ± 0\.\d+ expected at step 50, better than 0\.151\d of trial 0 with probability \S+, below 0\.05$/,
    );
    expect(judgeBy('extrapolate', curve(0.02, 0.8, 12), done).prune).toBe(false);
    expect(judgeBy('extrapolate', curve(0.6, 0.8, 3), done).prune).toBe(false);
    // At its last step there is nothing left to save.
    expect(judgeBy('extrapolate', curve(0.6, 0.8, 50), done)).toMatchObject({
      prune: false,
      reason: 'step 50 is the last',
    });
  });
});

describe("Student's distribution", () => {
  it('has the values of scipy.stats.t.cdf', () => {
    const cases = [
      [-3, 3, 0.02883444],
      [-1, 3, 0.19550111],
      [0, 3, 0.5],
      [2, 3, 0.93033702],
      [10, 3, 0.9989358],
      [-3, 27.5, 0.00284011],
      [2, 27.5, 0.97226727],
      [1.5, 1, 0.812832958],
    ] as const;
    for (const [t, freedom, p] of cases) expect(studentCdf(t, freedom)).toBeCloseTo(p, 7);
  });
});

describe('a choice of pruner', () => {
  it('is a name or a name with options, and says what is wrong with it and where', () => {
    expect(prunerProblem('asha')).toBeUndefined();
    expect(
      prunerProblem({ name: 'patient', patience: 3, [THEN]: { name: 'asha', reduction: 4 } }),
    ).toBeUndefined();
    expect(prunerProblem('ahsa')).toMatchObject({
      code: 'unknown-pruner',
      path: [],
      message: expect.stringContaining('`asha`?'),
    });
    expect(prunerProblem({ name: 'asha', reducton: 4 })).toMatchObject({
      path: ['reducton'],
      key: true,
      message: expect.stringContaining('`reduction`?'),
    });
    expect(prunerProblem({ name: 'asha', reduction: 1 })).toMatchObject({
      path: ['reduction'],
      message: '`reduction` needs a whole number, 2 or larger, such as 3.',
    });
    expect(prunerProblem({ name: 'asha', mode: 'promot' })).toMatchObject({
      message: '`mode` needs one of stop, promote.',
    });
    expect(prunerProblem({ name: 'patient', [THEN]: { name: 'medan' } })).toMatchObject({
      path: ['then', 'name'],
    });
    expect(prunerProblem({ name: 'threshold' })).toMatchObject({
      message: expect.stringContaining('needs a bound'),
    });
    expect(prunerProblem({ reduction: 3 })).toMatchObject({
      message: expect.stringContaining('needs a name'),
    });
  });
});
