import { describe, expect, it } from 'vitest';
import { numberAt, numberAxis, parameterAxis, unitOf } from '../../src/core/analysis/axis.js';
import { rankCorrelation } from '../../src/core/analysis/correlation.js';
import { importanceOf } from '../../src/core/analysis/importance.js';
import { smoothLine, smoothSurface } from '../../src/core/analysis/surface.js';
import { timelineOf } from '../../src/core/analysis/timeline.js';
import type { Json } from '../../src/core/json.js';
import { random } from '../../src/core/random.js';
import type { Space } from '../../src/core/space/parameter.js';
import type { Trial } from '../../src/core/study/trial.js';

const trial = (number: number, params: Record<string, Json>, value: number): Trial => ({
  id: number,
  number,
  state: 'complete',
  params,
  objectives: [value],
  values: { loss: value },
  reports: [],
  attributes: {},
});

describe('an axis', () => {
  it('of a logarithmic parameter is logarithmic, and leads back to the value', () => {
    const axis = parameterAxis({ type: 'float', low: 1e-4, high: 1, log: true }, []);
    expect(unitOf(axis, 1e-2)).toBeCloseTo(0.5);
    if (axis.kind !== 'number') throw new Error('not numeric');
    expect(numberAt(axis, 0.5)).toBeCloseTo(1e-2);
    const wide = { ...axis, log: true, low: 1e-300, high: 1e300 } as const;
    expect([0, 0.5, 1].map((unit) => numberAt(wide, unit))).toEqual([1e-300, expect.closeTo(1), 1e300]);
  });

  it('of lists puts each choice in the middle of its cell', () => {
    const axis = parameterAxis({ type: 'categorical', choices: [[8], [16, 8]] }, []);
    expect(unitOf(axis, [16, 8])).toBe(0.75);
    expect(unitOf(axis, [99])).toBeUndefined();
  });

  it('of measurements is not flattened by a wild one, unless every value is asked for', () => {
    const values = [...Array.from({ length: 40 }, (_, index) => index / 40), 1e6];
    expect(numberAxis(values)).toMatchObject({ outside: 1 });
    expect(numberAxis(values, { full: true })).toMatchObject({ outside: 0, high: 1e6 });
  });

  it('has two ends even where all values are the same, or none is', () => {
    for (const values of [[3, 3], [], [Number.NaN]]) {
      const axis = numberAxis(values);
      expect(axis.kind === 'number' && axis.high > axis.low).toBe(true);
    }
  });
});

describe('importance', () => {
  const space: Space = {
    rate: { type: 'float', low: 0, high: 1 },
    noise: { type: 'float', low: 0, high: 1 },
    kind: { type: 'categorical', choices: ['a', 'b'] },
    extra: { type: 'float', low: 0, high: 1, when: { param: 'kind', in: ['b'] } },
  };
  const { next } = random('importance-test');
  const trials = Array.from({ length: 200 }, (_, number) => {
    const kind = next() < 0.5 ? 'a' : 'b';
    const [rate, noise, extra] = [next(), next(), next()];
    const loss = (rate - 0.3) ** 2 * 4 + (kind === 'b' ? 0.5 : 0) + noise * 0.01;
    return trial(number, { rate, noise, kind, ...(kind === 'b' ? { extra } : {}) }, loss);
  });
  const study = { objectives: [{ metric: 'loss', direction: 'minimize' as const }], space, trials };

  it('is shared by what decides, the strongest first, and adds up to one', () => {
    const found = importanceOf(study);
    expect(found[0]?.name).toBe('rate');
    expect(found.find(({ name }) => name === 'noise')?.share).toBeLessThan(0.1);
    expect(found.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  });

  it('leaves next to nothing to parameters that differ among the good by chance alone', () => {
    const source = random('idle');
    const names = Array.from({ length: 20 }, (_, k) => `x${k}`);
    const idle: Space = Object.fromEntries(
      names.map((name) => [name, { type: 'float', low: 0, high: 1 } as const]),
    );
    const few = Array.from({ length: 40 }, (_, i) => {
      const params = Object.fromEntries(names.map((name) => [name, source.next()]));
      return trial(i, params, params.x0 ?? 0);
    });
    const found = importanceOf({ ...study, space: idle, trials: few });
    expect(found.find(({ name }) => name === 'x0')?.share).toBeGreaterThan(0.4);
  });

  it('gives little to a parameter of a branch that never wins', () => {
    const extra = importanceOf(study).find(({ name }) => name === 'extra');
    expect(extra?.conditional).toBe(true);
    expect(extra?.share).toBeLessThan(0.05);
  });

  it('counts a point once however often it was run', () => {
    const again = trials.slice(0, 60).map((one, i) => ({
      ...trial(trials.length + i, one.params, one.objectives?.[0] ?? 0),
      suggestion: { sampler: 'repeat', reason: '', seen: 0, repeatOf: one.number },
    }));
    expect(importanceOf({ ...study, trials: [...trials, ...again] })).toEqual(importanceOf(study));
  });

  it('turns with the direction, and is silent about few trials', () => {
    const upside = trials.map((one) => trial(one.number, one.params, -(one.objectives?.[0] ?? 0)));
    const found = importanceOf({
      ...study,
      trials: upside,
      objectives: [{ metric: 'loss', direction: 'maximize' }],
    });
    expect(found).toEqual(importanceOf(study));
    expect(importanceOf({ ...study, trials: trials.slice(0, 9) })).toEqual([]);
  });
});

describe('smoothing', () => {
  it('follows the trials and knows nothing where none is near', () => {
    const units = Array.from({ length: 100 }, (_, index) => index / 200);
    const { mean } = smoothLine(
      units,
      units.map((u) => 2 * u),
      11,
    );
    expect(mean[2]).toBeCloseTo(0.4, 1);
    expect(mean[10]).toBeNaN();
  });

  it('keeps categories apart', () => {
    const { values } = smoothSurface([0.25, 0.75], [0.5, 0.5], [0, 1], {
      columns: 2,
      rows: 3,
      columnsApart: true,
      rowsApart: false,
    });
    expect([...values.slice(2, 4)]).toEqual([0, 1]);
  });
});

describe('rank correlation', () => {
  it('is 1 for any rising course, passes over gaps, and shares ties', () => {
    expect(rankCorrelation([1, 2, 3, undefined], [1, 100, 1e9, 4])).toBeCloseTo(1);
    expect(rankCorrelation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1);
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeUndefined();
  });
});

describe('the timeline', () => {
  const at = (second: number): string => new Date(1e12 + second * 1000).toISOString();
  const span = (number: number, from: number, to: number | undefined): Trial => ({
    ...trial(number, {}, 1),
    state: to === undefined ? 'running' : 'complete',
    startedAt: at(from),
    ...(to === undefined ? {} : { finishedAt: at(to) }),
  });

  it('puts what ran at once on lanes of their own, and uses a lane again', () => {
    const timeline = timelineOf([span(0, 0, 10), span(1, 2, 4), span(2, 5, undefined)], 1e12 + 12_000);
    expect(timeline?.spans.map(({ lane }) => lane)).toEqual([0, 1, 1]);
    expect(timeline?.lanes).toBe(2);
    expect(timeline?.end).toBe(1e12 + 12_000);
  });

  it('is nothing before a trial starts', () => {
    expect(timelineOf([trial(0, {}, 1)], 0)).toBeUndefined();
  });
});
