import { describe, expect, it } from 'vitest';
import { paceOf } from '../../src/core/analysis/pace.js';
import type { StopCriteria, Trial } from '../../src/core/study/trial.js';
import { familyOf, pageSizeOf, parsePs, parseStat } from '../../src/engine/processes/usage.js';

const START = Date.parse('2026-01-01T00:00:00Z');
const iso = (seconds: number): string => new Date(START + seconds * 1000).toISOString();
const trial = (number: number, from: number, to?: number): Trial => ({
  id: number,
  number,
  state: to === undefined ? 'running' : 'complete',
  params: {},
  values: {},
  reports: [],
  attributes: {},
  startedAt: iso(from),
  ...(to === undefined ? {} : { finishedAt: iso(to) }),
});
const study = (trials: readonly Trial[], stop: StopCriteria) => ({
  settings: { sampler: 'auto', pruner: 'none', seed: 0, stop },
  elapsedMs: 0,
  runningSince: iso(0),
  trials,
});
const even = Array.from({ length: 10 }, (_, index) => trial(index, index * 6, index * 6 + 6));

describe('the pace of a study', () => {
  it('says nothing before three trials have finished', () => {
    expect(paceOf(study(even.slice(0, 2), { trials: 20 }), 1, START)).toBeUndefined();
  });

  it('is exact where every trial takes the same', () => {
    const pace = paceOf(study(even, { trials: 20 }), 1, START + 60_000);
    expect(pace?.perMinute).toBeCloseTo(10);
    expect(pace?.left).toEqual({ low: 60_000, high: 60_000 });
  });

  it('counts on every worker', () => {
    expect(paceOf(study(even, { trials: 20 }), 2, START + 60_000)?.left?.high).toBe(30_000);
  });

  it('gives an interval, wider the less trials agree', () => {
    const odd = even.map((one, index) =>
      trial(one.number, index * 6, index * 6 + (index % 2 === 0 ? 2 : 10)),
    );
    const { low, high } = paceOf(study(odd, { trials: 20 }), 1, START + 60_000)!.left!;
    expect(low).toBeLessThan(60_000);
    expect(high).toBeGreaterThan(60_000);
  });

  it('ends with the minutes where those come first, and is open where nothing says when', () => {
    expect(paceOf(study(even, { minutes: 1.5 }), 1, START + 60_000)?.left).toEqual({
      low: 30_000,
      high: 30_000,
    });
    expect(paceOf(study(even, { trials: 2000, minutes: 1.5 }), 1, START + 60_000)?.left?.high).toBe(30_000);
    expect(paceOf(study(even, { target: 0.1 }), 1, START + 60_000)?.left).toBeUndefined();
  });

  it('takes off what the trials at work have behind them', () => {
    const pace = paceOf(study([...even, trial(10, 60)], { trials: 11 }), 1, START + 64_000);
    expect(pace?.left?.high).toBe(2000);
  });
});

describe('what processes take', () => {
  it('reads a line of /proc whose program has an odd name', () => {
    const line =
      '42 (a) b (c) S 7 42 42 0 -1 4194560 1 0 0 0 150 50 0 0 20 0 11 0 100 1000 256 18446744073709551615 1';
    expect(parseStat(line)).toEqual({ pid: 42, parent: 7, cpu: 2, memory: 256 * 4096 });
    expect(parseStat(line, 65_536)?.memory).toBe(256 * 65_536);
    const vector = Buffer.from(BigUint64Array.of(16n, 6n, 6n, 65_536n, 0n, 0n).buffer);
    expect(pageSizeOf(vector)).toBe(65_536);
    expect(pageSizeOf(Buffer.alloc(0))).toBe(4096);
  });

  it('reads a line of ps, whatever the point of the locale', () => {
    expect(parsePs('  123     1   4567  1:02,50')?.cpu).toBe(62.5);
    expect(parsePs('  123     1   4567  1:02.50')).toEqual({
      pid: 123,
      parent: 1,
      cpu: 62.5,
      memory: 4567 * 1024,
    });
  });

  it('counts the children of children, and no strangers', () => {
    const row = (pid: number, parent: number) => ({ pid, parent, cpu: 0, memory: 0 });
    const family = familyOf(5, [row(1, 0), row(5, 1), row(6, 5), row(7, 6), row(8, 1)]);
    expect(family.map(({ pid }) => pid)).toEqual([5, 6, 7]);
  });
});
