import { describe, expect, it } from 'vitest';
import { type DryRun, forecastOf, trialSeconds } from '../../src/core/analysis/forecast.js';

const cut: DryRun = { seconds: 5, ended: false, steps: [1, 1.5, 2, 2.5], planned: 20, memory: 1e9 };
const machine = 16e9;

describe('a forecast', () => {
  it('goes on from the steps that were tried to those that are planned', () => {
    expect(trialSeconds(cut)).toBeCloseTo(1 + 19 * 0.5);
    expect(trialSeconds({ ...cut, ended: true })).toBe(5);
  });

  it('does not guess where the number of steps is unknown', () => {
    const { planned: _, ...open } = cut;
    expect(trialSeconds(open)).toBeUndefined();
    expect(forecastOf({ run: open, stop: { trials: 10 }, workers: 2, machine })).toMatchObject({
      trials: 10,
    });
  });

  it('counts trials in rounds of the workers', () => {
    const { seconds, memory } = forecastOf({ run: cut, stop: { trials: 5 }, workers: 2, machine });
    expect(seconds?.low).toBeCloseTo(3 * 10.5);
    expect(memory).toBe(2e9);
  });

  it('reaches from the fewest steps that the space allows to the most', () => {
    const parameter = { type: 'int', low: 10, high: 60 } as const;
    const found = forecastOf({
      run: cut,
      stop: { trials: 2 },
      workers: 1,
      machine,
      epochs: { parameter, own: 20 },
    });
    expect(found.seconds?.low).toBeCloseTo(10.5);
    expect(found.seconds?.high).toBeCloseTo(63);
  });

  it('warns where memory or time will not do, and where the file itself fails', () => {
    expect(forecastOf({ run: cut, stop: {}, workers: 20, machine }).warnings[0]).toContain('workers: 14');
    expect(
      forecastOf({ run: cut, stop: { trials: 1000, minutes: 1 }, workers: 1, machine }).warnings[0],
    ).toBe('About 5 of 1000 trials fit into 1 minute.');
    const slowStart = { ...cut, startup: 50 };
    expect(
      forecastOf({ run: slowStart, stop: { trials: 3, minutes: 1 }, workers: 1, machine }).warnings[0],
    ).toBe('About 1 of 3 trials fit into 1 minute.');
    const noTime = forecastOf({ run: slowStart, stop: { trials: 1, minutes: 0.5 }, workers: 4, machine });
    expect(noTime.trials).toBe(1);
    const failure = 'train.ts:3 threw';
    expect(forecastOf({ run: { ...cut, failure }, stop: {}, workers: 1, machine }).warnings[0]).toContain(
      failure,
    );
  });
});
