import { describe, expect, it } from 'vitest';
import { courseOf } from '../../src/core/analysis/course.js';
import type { Study, Trial } from '../../src/core/study/trial.js';

const trial = (number: number, value: number | undefined, state: Trial['state'] = 'complete'): Trial => ({
  id: number,
  number,
  state,
  params: {},
  values: {},
  reports: [],
  attributes: {},
  ...(value === undefined ? {} : { objectives: [value] }),
});
const study = (direction: 'minimize' | 'maximize', trials: readonly Trial[]) =>
  ({
    objectives: [{ metric: 'score', direction }],
    trials,
    settings: { sampler: 'random', pruner: 'none', seed: 0, stop: {} },
  }) satisfies Pick<Study, 'objectives' | 'trials' | 'settings'>;

describe('the course of a study', () => {
  it('is its improvements, in its own direction', () => {
    const trials = [3, 5, 4, 1, 9].map((value, index) => trial(index, value));
    expect(courseOf(study('minimize', trials)).best).toEqual([
      { trial: 0, value: 3 },
      { trial: 3, value: 1 },
    ]);
    expect(courseOf(study('maximize', trials)).best.map(({ value }) => value)).toEqual([3, 5, 9]);
  });

  it('distributes completed trials only, each with the share that is at most there', () => {
    const { distribution, completed, trials, last } = courseOf(
      study('minimize', [trial(0, 4), trial(1, 2), trial(2, undefined, 'failed'), trial(3, 0.1, 'pruned')]),
    );
    expect(distribution).toEqual([
      { value: 2, share: 0.5 },
      { value: 4, share: 1 },
    ]);
    expect([completed, trials, last]).toEqual([2, 4, 3]);
  });

  it('leaves out what a person has excluded', () => {
    const excluded: Trial = { ...trial(1, 0.1), marks: { excluded: 'wrong data' } };
    const { best, completed } = courseOf(study('minimize', [trial(0, 4), excluded]));
    expect([best.length, completed]).toEqual([1, 1]);
  });

  it('stays small however long the study is, both ends and the quarters in place', () => {
    const { distribution } = courseOf(
      study(
        'minimize',
        Array.from({ length: 10_000 }, (_, index) => trial(index, (index * 7919) % 10_000)),
      ),
    );
    expect(distribution.length).toBeLessThanOrEqual(300);
    expect([distribution[0]?.value, distribution.at(-1)]).toEqual([0, { value: 9999, share: 1 }]);
    for (const { value, share } of distribution) expect(share).toBeCloseTo((value + 1) / 10_000, 9);
  });

  it('has nothing to say of a study without results', () => {
    expect(courseOf(study('minimize', [trial(0, undefined, 'running')]))).toMatchObject({
      best: [],
      distribution: [],
      completed: 0,
      last: -1,
    });
  });
});
