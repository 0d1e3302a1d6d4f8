/** What is said to be sure to so many per cent should come true that often: forecasts of curves, and the winner. */
import { describe, expect, it } from 'vitest';
import { forecast } from '../../src/core/pruners/learning-curve.js';
import { random } from '../../src/core/random.js';
import { normalQuantile } from '../../src/core/samplers/normal.js';
import { nextInRace } from '../../src/core/study/race.js';
import type { Study, Trial } from '../../src/core/study/trial.js';
import { probabilityBetter, standing, winnerOf } from '../../src/core/study/winner.js';

describe('the forecast of a learning curve', () => {
  const LAST = 40;

  it('has intervals that hold about as many ends as they claim, on curves of no shape it knows', () => {
    const source = random(5, 'curves');
    const normal = (): number => normalQuantile(Math.max(1e-9, source.next()));
    const prior = { centre: 0.3, spread: 0.3, range: 1 };
    const held = [0, 0, 0];
    const levels = [0.5, 0.8, 0.95];
    let count = 0;
    for (let i = 0; i < 120; i++) {
      // A stretched exponential, later slowly rising again, with noise.
      const [end, scale, power] = [
        0.1 + 0.4 * source.next(),
        2 + 8 * source.next(),
        0.6 + 0.8 * source.next(),
      ];
      const rise = 0.001 * source.next();
      const curve = Array.from({ length: LAST }, (_, t) => ({
        step: t + 1,
        value: end + 0.6 * Math.exp(-((t / scale) ** power)) + rise * t + 0.01 * normal(),
      }));
      for (const seen of [6, 12, 24]) {
        const p = forecast(curve.slice(0, seen), LAST, prior).below(curve.at(-1)?.value ?? 0);
        count++;
        levels.forEach((level, k) => {
          if (Math.abs(p - 0.5) <= level / 2) held[k] = (held[k] as number) + 1;
        });
      }
    }
    const [half = 0, most = 0, nearlyAll = 0] = held.map((n) => n / count);
    expect(half).toBeGreaterThan(0.35);
    expect(half).toBeLessThan(0.75);
    expect(most).toBeGreaterThan(0.65);
    expect(nearlyAll).toBeGreaterThan(0.85);
  });

  it('is less sure the more is still to come', () => {
    const curve = Array.from({ length: 8 }, (_, t) => ({ step: t + 1, value: 1 / (t + 1) }));
    const prior = { centre: 0.1, spread: 0.2, range: 1 };
    const near = forecast(curve, 10, prior).deviation;
    expect(forecast(curve, 200, prior).deviation).toBeGreaterThan(1.2 * near);
    // Also where the curve follows one of the shapes: a large change foretold is not believed to a tenth of it.
    const known = Array.from({ length: 12 }, (_, t) => ({ step: t + 1, value: (t + 1) ** -0.15 }));
    const { mean, deviation } = forecast(known, 10_000, { centre: 0.25, spread: 0.05, range: 1 });
    expect(deviation).toBeGreaterThan(0.15 * (12 ** -0.15 - mean));
  });
});

describe('the probability of the winner', () => {
  const runOf = (number: number, value: number, of?: number): Trial => ({
    id: number,
    number,
    state: 'complete',
    params: {},
    values: {},
    objectives: [value],
    reports: [],
    attributes: {},
    ...(of !== undefined && { suggestion: { sampler: 'race', reason: '', seen: 0, repeatOf: of } }),
  });
  const studyOf = (trials: readonly Trial[]): Study => ({
    name: 's',
    objectives: [{ metric: 'loss', direction: 'minimize' }],
    space: {},
    settings: { sampler: 'random', pruner: 'none', seed: 0, stop: {}, race: 4 },
    config: { file: '', text: '' },
    baseline: {},
    status: { kind: 'running' },
    trials,
    seq: 0,
    elapsedMs: 0,
    environments: [],
  });

  it('comes true about as often as it says among points that hardly differ, where a flat prior does not', () => {
    const source = random(9, 'winners');
    const normal = (): number => normalQuantile(Math.max(1e-9, source.next()));
    let [sure, right, flatSure, flatRight] = [0, 0, 0, 0];
    for (let study = 0; study < 400; study++) {
      const truths = Array.from({ length: 16 }, () => -Math.log(1 - source.next()));
      const trials = truths.map((truth, i) => runOf(i, truth + 1.5 * normal()));
      const made = studyOf(trials);
      for (let next = nextInRace(made); next; next = nextInRace(made)) {
        const of = next.repeatOf ?? 0;
        trials.push(runOf(trials.length, (truths[of] ?? 0) + 1.5 * normal(), of));
      }
      const winner = winnerOf(made);
      const { contenders, noise } = standing(made);
      const [a, b] = [winner?.trial, winner?.versus].map((n) =>
        contenders.find(({ number }) => number === n),
      );
      if (!winner || !a || !b || !noise) continue;
      const better = (truths[winner.trial] ?? 0) < (truths[winner.versus] ?? 0);
      if (winner.probability > 0.6) {
        sure += winner.probability;
        right += Number(better);
      }
      const flat = probabilityBetter(a, b, { noise });
      if (flat > 0.6) {
        flatSure += flat;
        flatRight += Number(better);
      }
    }
    expect(sure).toBeGreaterThan(50);
    const excess = sure / right;
    expect(excess).toBeLessThan(1.25);
    expect(excess).toBeLessThan(flatSure / flatRight);
  });

  it('trusts a mean of many runs more than one lucky run', () => {
    const points = [1, 1.1, 1.2, 1.3, 1.4, 1.5, 3, 3, 3, 3].map((value, i) => runOf(i, value));
    const again = [1.12, 1.08, 1.11, 1.09].map((value, i) => runOf(10 + i, value, 1));
    const spread = [1.9, 1.3].map((value, i) => runOf(14 + i, value, 5));
    const { contenders, noise, prior } = standing(studyOf([...points, ...again, ...spread]));
    const [once, often] = [0, 1].map((n) => contenders.find(({ number }) => number === n));
    if (!once || !often || !noise || !prior) throw new Error('no prior');
    const judged = probabilityBetter(once, often, { noise, prior });
    expect(judged).toBeLessThan(probabilityBetter(once, often, { noise }));
    expect(prior.centre).toBeCloseTo((1 + 1.1 + 1.2 + 1.3 + 1.4) / 5, 2);
    // The means scatter no more than single runs do: a quarter of what runs explain is left for the points.
    const ofRuns = (noise.deviation ** 2 * (4 + 1 / 5)) / 5;
    expect(noise.deviation ** 2).toBeCloseTo((0.001 + 0.14 / 0.75) / 6, 4);
    expect(prior.deviation ** 2).toBeCloseTo(ofRuns / 4, 6);
  });
});
