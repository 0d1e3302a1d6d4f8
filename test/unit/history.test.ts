import { describe, expect, it } from 'vitest';
import { historyOf, improvementOf, robustRange } from '../../src/core/analysis/history.js';
import type { Trial } from '../../src/core/study/trial.js';

const trial = (number: number, value: number | undefined, more: Partial<Trial> = {}): Trial => ({
  id: number,
  number,
  state: value === undefined ? 'failed' : 'complete',
  params: {},
  ...(value === undefined ? {} : { objectives: [value] }),
  values: {},
  reports: [],
  attributes: {},
  ...more,
});
const minimize = [{ metric: 'loss', direction: 'minimize' }] as const;

describe('the history of a study', () => {
  const trials = [
    trial(0, 0.5),
    trial(1, 0.7),
    trial(2, undefined),
    trial(3, 0.4),
    trial(4, undefined, { state: 'pruned', reports: [{ step: 1, value: 0.9, metrics: {} }] }),
    trial(5, undefined, { state: 'running' }),
  ];
  const history = historyOf({ objectives: minimize, trials });

  it('has a point for every trial that ended, pruned ones at their last report', () => {
    expect(history.points.map(({ trial: number, state, value }) => [number, state, value])).toEqual([
      [0, 'complete', 0.5],
      [1, 'complete', 0.7],
      [2, 'failed', undefined],
      [3, 'complete', 0.4],
      [4, 'pruned', 0.9],
    ]);
    expect(history.last).toBe(4);
  });

  it('steps down at every improvement and knows what the file’s values reached', () => {
    expect(history.best).toEqual([
      { trial: 0, value: 0.5 },
      { trial: 3, value: 0.4 },
    ]);
    expect(history.baseline).toBe(0.5);
  });

  it('says which trials are excluded, and counts none of them', () => {
    const some = [trial(0, 0.5), trial(1, 0.1, { marks: { excluded: 'wrong data' } })];
    const { points, best } = historyOf({ objectives: minimize, trials: some });
    expect(points.map(({ excluded }) => excluded)).toEqual([undefined, true]);
    expect(best).toEqual([{ trial: 0, value: 0.5 }]);
  });

  it('gives a tie to the lower number', () => {
    const tied = historyOf({ objectives: minimize, trials: [trial(0, 0.5), trial(1, 0.5)] });
    expect(tied.best).toEqual([{ trial: 0, value: 0.5 }]);
  });
});

describe('the improvement', () => {
  it('is positive when better, in either direction', () => {
    expect(improvementOf(0.4, 0.5, 'minimize')?.gain).toBeCloseTo(0.1);
    expect(improvementOf(0.9, 0.8, 'maximize')?.gain).toBeCloseTo(0.1);
    expect(improvementOf(0.4, 0.5, 'minimize')?.fraction).toBeCloseTo(-0.2);
  });

  it('has no percentage of zero, and nothing to say without a baseline', () => {
    expect(improvementOf(1, 0, 'maximize')?.fraction).toBeUndefined();
    expect(improvementOf(1, undefined, 'maximize')).toBeUndefined();
  });
});

describe('the robust range', () => {
  const calm = Array.from({ length: 40 }, (_, i) => 0.1 + i / 100);

  it('is the whole range where nothing is wild', () => {
    expect(robustRange(calm)).toEqual({ low: 0.1, high: calm.at(-1), outside: 0 });
  });

  it('leaves out what would flatten the rest, and says how many', () => {
    const range = robustRange([...calm, 250, Number.POSITIVE_INFINITY]);
    expect(range?.high).toBeLessThan(1);
    expect(range?.outside).toBe(1);
  });

  it('always holds what must be seen', () => {
    expect(robustRange([...calm, 250], [3])?.high).toBe(3);
  });

  it('is undefined without a finite value', () => {
    expect(robustRange([Number.NaN])).toBeUndefined();
  });
});
