import { describe, expect, it } from 'vitest';
import { chooseView } from '../../src/core/samplers/gp/choose.js';
import { pointsAt } from '../../src/core/samplers/gp/fidelity-axis.js';
import { gpSampler } from '../../src/core/samplers/gp.js';
import { observations } from '../../src/core/samplers/observations.js';
import { unitSpace } from '../../src/core/samplers/unit-space.js';
import type { Space } from '../../src/core/space/parameter.js';
import { partialResults } from '../../src/core/study/partial-results.js';
import type { Direction, Trial, TrialState } from '../../src/core/study/trial.js';

const LAST = 9;
const minimise = [{ metric: 'loss', direction: 'minimize' as Direction }];

/** A trial that reported `early` until step 3 and `end` from there on. */
function curve(number: number, state: TrialState, x: number, early: number, end = early): Trial {
  const last = state === 'complete' ? LAST : 3;
  return {
    id: number,
    number,
    state,
    params: { x },
    values: {},
    attributes: {},
    reports: Array.from({ length: last }, (_, i) => {
      const value = i < 3 ? early : end;
      return { step: i + 1, value, metrics: { loss: value } };
    }),
    ...(state === 'complete' && { objectives: [end] }),
  };
}

describe('results on the way to the end', () => {
  const complete = [1, 2, 3, 4, 5].map((n) => curve(n, 'complete', n / 10, 10 + n, 2 * n));

  it('are put on the scale of ends, by what became of those that went on', () => {
    const known = partialResults([...complete, curve(6, 'pruned', 0.6, 12.5)], minimise)?.get(6);
    expect(known?.early).toBe(true);
    expect(known?.results).toHaveLength(1);
    expect(known?.results[0]?.value).toBeCloseTo(5, 10);
    expect(known?.results[0]?.fidelity).toBeCloseTo(0.5, 10);
  });

  it('are known too of trials that went further, and of those that are running', () => {
    const trials = [...complete, curve(6, 'pruned', 0.6, 12.5), curve(7, 'running', 0.7, 13.5)];
    const known = partialResults(trials, minimise);
    expect(known?.get(2)?.early).toBe(false);
    expect(known?.get(2)?.results).toHaveLength(1);
    expect(known?.get(2)?.results[0]?.value).toBeCloseTo(4, 10);
    expect(known?.get(7)?.early).toBe(false);
    expect(known?.get(7)?.results[0]?.value).toBeCloseTo(7, 10);
  });

  it('turn round for a metric that is to be maximised', () => {
    const rising = [...complete, { ...curve(6, 'pruned', 0.6, 12.5) }];
    const reports = [12.5, 30, 1].map((value, i) => ({ step: i + 1, value, metrics: {} }));
    const best = { ...(rising[5] as Trial), reports };
    const most = partialResults([...complete, best], [{ metric: 'loss', direction: 'maximize' }]);
    const least = partialResults([...complete, best], minimise);
    expect(most?.get(6)?.results[0]?.value).toBeGreaterThan(least?.get(6)?.results[0]?.value ?? Infinity);
  });

  it('are none while no trial ended early or none came to the end, and with several objectives', () => {
    expect(partialResults(complete, minimise)).toBeUndefined();
    expect(partialResults([curve(0, 'pruned', 0.1, 1)], minimise)).toBeUndefined();
    const both = [...minimise, { metric: 'time', direction: 'minimize' as Direction }];
    expect(partialResults([...complete, curve(6, 'pruned', 0.6, 12.5)], both)).toBeUndefined();
  });
});

describe('the Gaussian process of several fidelities', () => {
  const space: Space = { x: { type: 'float', low: 0, high: 1 } };
  const end = (x: number): number => (x - 0.8) ** 2;
  const study = (early: (x: number) => number): readonly Trial[] => {
    const ends = [0.05, 0.15, 0.3, 0.45, 0.55, 0.7, 0.9];
    const cut = [0, 0.1, 0.2, 0.25, 0.35, 0.5, 0.6, 0.65, 0.75, 0.85, 0.95, 1];
    return [
      ...ends.map((x, n) => curve(n, 'complete', x, early(x), end(x))),
      ...cut.map((x, n) => curve(ends.length + n, 'pruned', x, early(x))),
    ];
  };

  it('learns from trials that were cut short where the best lies', () => {
    // No training has come to its end on this side of the minimum.
    const trials = study((x) => 5 + 2 * end(x)).filter(
      ({ state, params }) => state !== 'complete' || (params.x as number) < 0.5,
    );
    const suggestion = gpSampler.ask({
      space,
      directions: ['minimize'],
      trials,
      partial: () => partialResults(trials, minimise),
      seed: 1,
      number: 19,
    });
    expect(suggestion === 'exhausted' ? suggestion : suggestion.params.x).toBeCloseTo(0.8, 1);
  });

  it('trusts them as far as their order was that of the ends', () => {
    /** Of the fidelity: the larger, the less a result on the way says of the end. */
    const weight = (early: (x: number) => number): number => {
      const trials = study(early);
      const unit = unitSpace(space);
      const seen = observations(unit, trials, 'minimize', undefined, partialResults(trials, minimise));
      const points = pointsAt(
        unit.axes,
        seen.map(({ x }) => x),
        seen.map(({ fidelity }) => fidelity),
      );
      const values = seen.map(({ value }) => value);
      return chooseView(points, values, 2, 40).hyper.weights[1] ?? Number.NaN;
    };
    const same = weight((x) => 5 + 2 * end(x));
    const other = weight((x) => 5 + Math.sin(12 * x));
    expect(other).toBeGreaterThan(3 * same);
  });
});
