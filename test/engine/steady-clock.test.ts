/** A clock that is set back, or is behind that of another machine, changes no order and no duration. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Trial } from '../../src/core/study/trial.js';
import { SteadyClock } from '../../src/engine/runner/steady-clock.js';
import { simulate } from './support/simulated.js';

const trial: Trial = {
  id: 0,
  number: 0,
  state: 'complete',
  params: {},
  values: {},
  reports: [],
  attributes: {},
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the clock of a study', () => {
  it('goes on from where it was when the system is set back, at the same pace', () => {
    const system = vi.spyOn(Date, 'now').mockReturnValue(10_000);
    const clock = new SteadyClock({ trials: [] });
    expect(clock.now()).toBe(10_000);
    system.mockReturnValue(4_000);
    expect(clock.now()).toBe(10_000);
    system.mockReturnValue(4_500);
    expect(clock.now()).toBe(10_500);
  });

  it('does not begin before the study was last heard of', () => {
    vi.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-11-21T09:00:00Z'));
    const times = {
      startedAt: '2026-11-21T09:20:00.000000+00:00',
      finishedAt: '2026-11-21T09:30:00.000000+00:00',
    };
    const clock = new SteadyClock({ trials: [{ ...trial, ...times }] });
    expect(clock.now()).toBe(Date.parse('2026-11-21T09:30:00Z'));
  });

  it('keeps the order in which trials ended, and the time that a study has run', async () => {
    const system = Date.now();
    let calls = 0;
    // Set back by an hour now and then.
    vi.spyOn(Date, 'now').mockImplementation(() => system + ++calls * 5 - Math.floor(calls / 30) * 3_600_000);
    const { study } = await simulate({
      sweep: [
        'train: ./train.js',
        'metric: {name: loss, goal: minimize}',
        'sampler: random',
        'stop: {trials: 20}',
      ],
      space: ['x: 0.5   # @tune float(0, 1)'],
      workers: 1,
      steps: 2,
      metrics: ({ x = 0 }, step) => ({ loss: Number(x) / step }),
    });
    const ends = study.trials.map(({ finishedAt = '' }) => finishedAt);
    expect(ends).toEqual(ends.toSorted());
    expect(study.elapsedMs).toBeGreaterThan(0);
  });
});
