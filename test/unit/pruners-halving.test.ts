/** Successive halving: ASHA, Hyperband and with several objectives. */
import { describe, expect, it } from 'vitest';
import { prunerOf } from '../../src/core/pruners/choose.js';
import { paretoOrder } from '../../src/core/pruners/moasha.js';
import type { PrunerChoice } from '../../src/core/pruners/names.js';
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

describe('the ASHA pruner', () => {
  const six = [0.1, 0.2, 0.3, 0.4, 0.5].map((value, n) => trial(n, 'complete', new Array(4).fill(value)));
  const asha = (values: readonly number[], trials = six, direction: Direction = 'minimize') =>
    judgeBy('asha', values, trials, direction);

  it('lets the best third of those that came to a rung go on, the trial itself included', () => {
    expect(asha([0.15])).toEqual({
      prune: false,
      reason: '0.15 is number 2 of 6 trials at step 1, of which 2 go on',
    });
    expect(asha([0.25])).toEqual({
      prune: true,
      reason: '0.25 is number 3 of 6 trials at step 1, of which 2 go on',
    });
  });

  it('turns round for a metric that is to be maximised', () => {
    expect(asha([0.45], six, 'maximize').prune).toBe(false);
    expect(asha([0.35], six, 'maximize').prune).toBe(true);
  });

  it('compares at the steps 1, 3, 9 … only, by the best value so far', () => {
    expect(asha([9, 9]).prune).toBe(false);
    expect(asha([9, 0.05, 9]).prune).toBe(false);
    expect(asha([9, 9, 9]).prune).toBe(true);
  });

  it('begins later by as many rungs as `minEarlyStoppingRate` says', () => {
    const late = (values: readonly number[]) =>
      judgeBy({ name: 'asha', minEarlyStoppingRate: 1 }, values, six);
    expect(late([9])).toMatchObject({ prune: false, reason: 'the first comparison is at step 3' });
    expect(late([9, 9, 9]).prune).toBe(true);
  });

  it('compares first after a ninth of the first completed training, and not before there is one', () => {
    const full = trial(0, 'complete', new Array(52).fill(0.1));
    expect(asha([9, 9, 9, 9, 9], [full])).toEqual({
      prune: false,
      reason: 'the first comparison is at step 6',
    });
    expect(asha([9, 9, 9, 9, 9, 9], [full]).prune).toBe(true);
    expect(asha([9], [trial(0, 'running', [0.1])]).reason).toMatch(/first completed trial will tell/);
  });

  it('lets only the best go on while fewer than three have come to a rung, and the first one anyway', () => {
    expect(judgeBy({ name: 'asha', minResource: 1 }, [9], []).prune).toBe(false);
    expect(asha([0.3], six.slice(0, 1)).prune).toBe(true);
    expect(asha([0.05], six.slice(0, 1)).prune).toBe(false);
  });

  it('lets go on what is as good as the last that does: a metric that stands still ends nobody', () => {
    expect(asha([0.2])).toEqual({
      prune: false,
      reason: '0.2 is number 2 of 6 trials at step 1, of which 2 go on',
    });
    const same = six.map(({ number }) => trial(number, 'complete', new Array(4).fill(0.5)));
    expect(asha([0.5], same).prune).toBe(false);
    expect(judgeBy({ name: 'asha', minResource: 1, mode: 'promote' }, [0.5], same).pause).toBe(true);
  });

  it('counts trials that were pruned later, and passes over those that reported nothing or NaN', () => {
    const odd = [trial(5, 'pruned', [0.01]), trial(6, 'failed', []), trial(7, 'complete', [Number.NaN])];
    expect(asha([0.15], [...six, ...odd]).reason).toBe(
      '0.15 is number 3 of 7 trials at step 1, of which 2 go on',
    );
  });

  it('lets a trial end that is trained in full, as far as the longest completed one', () => {
    const nine = six.map(({ number }) => trial(number, 'complete', new Array(9).fill(0.1)));
    const last = [9, 9, 9, 9, 9, 9, 9, 9, 9];
    expect(asha(last.slice(0, 3), nine).prune).toBe(true);
    expect(asha(last, nine)).toEqual({
      prune: false,
      reason: 'it has come as far as the longest completed trial',
    });
    const longer = trial(6, 'complete', new Array(30).fill(0.1));
    expect(asha(last, [...nine, longer]).prune).toBe(true);
    expect(judgeBy({ name: 'asha', mode: 'promote' }, last, nine).pause).toBeUndefined();
    expect(judgeBy({ name: 'asha', mode: 'promote' }, last, [...nine, longer]).pause).toBe(true);
  });

  it('stops a trial whose metric is NaN, or has never been finite', () => {
    expect(asha([Number.NaN]).prune).toBe(true);
    expect(asha([Infinity])).toEqual({ prune: true, reason: 'Infinity at step 1 is nothing to compare' });
    expect(judgeBy({ name: 'asha', mode: 'promote' }, [Infinity], six).pause).toBeUndefined();
  });
});

describe('pausing and promoting', () => {
  const promote = { name: 'asha', mode: 'promote', minResource: 1 } as const;
  const paused = (number: number, values: readonly number[]): Trial => ({
    ...trial(number, 'waiting', values),
    attributes: { 'sweetspot:paused': { step: values.length } },
  });
  const promotion = (trials: readonly Trial[], ending = false) =>
    prunerOf(promote).promote?.({
      objectives: [{ metric: 'loss', direction: 'minimize' }],
      trials,
      seed: 0,
      ending,
    });

  it('pauses a trial until it is in the best third of those that came as far', () => {
    expect(judgeBy(promote, [0.1], [])).toEqual({
      prune: true,
      pause: true,
      reason: 'paused: 0.1 is number 1 of 1 trials at step 1, which are fewer than 3',
    });
    expect(judgeBy(promote, [0.1], [paused(0, [0.2]), paused(1, [0.3])]).prune).toBe(false);
  });

  it('promotes the best that is due, from the highest rung', () => {
    expect(promotion([paused(0, [0.2]), paused(1, [0.1])])).toBeUndefined();
    expect(promotion([paused(0, [0.2]), paused(1, [0.1]), paused(2, [0.3])])).toEqual({
      trial: 1,
      reason: '0.1 is number 1 of 3 trials at step 1, of which one goes on',
    });
    const three = [0.4, 0.5, 0.45].map((value, n) => paused(n + 10, [1, 1, value]));
    expect(promotion([paused(0, [0.2]), paused(1, [0.1]), paused(2, [0.3]), ...three])?.trial).toBe(10);
  });

  it('takes the best on to the end when no new trials come', () => {
    expect(promotion([paused(0, [0.2]), paused(1, [0.1])], true)?.trial).toBe(1);
    expect(promotion([paused(0, [0.2]), trial(1, 'complete', [0.1, 0.1, 0.1])], true)).toBeUndefined();
  });

  it('does not pause again where a promoted trial reports its first steps once more', () => {
    const again = {
      ...trial(9, 'running', [0.5]),
      attributes: { 'sweetspot:paused': { step: 1, promoted: 'x' } },
    };
    const verdict = prunerOf(promote).judge({
      objectives: [{ metric: 'loss', direction: 'minimize' }],
      trials: six(),
      trial: again,
      seed: 0,
    });
    expect(verdict).toEqual({ prune: false, reason: 'it was promoted from step 1' });
  });
  const six = () => [0.1, 0.2, 0.3, 0.4, 0.5, 0.6].map((value, n) => paused(n, [value]));
});

describe('Hyperband', () => {
  const long = trial(0, 'complete', new Array(27).fill(0.1));

  it('spreads trials over brackets that begin later and later', () => {
    const first = Array.from({ length: 200 }, (_, number) => {
      const verdict = prunerOf('hyperband').judge({
        objectives: [{ metric: 'loss', direction: 'minimize' }],
        trials: [long],
        trial: trial(number + 1, 'running', [0.5]),
        seed: 3,
      });
      return /of bracket (\d) of 4/.exec(verdict.reason)?.[1] ?? 'later';
    });
    // ceil(4·27/4), ceil(4·9/3), ceil(4·3/2), 4: 27 of 49 are in the first bracket, which alone judges step 1.
    const share = first.filter((bracket) => bracket === '1').length / 200;
    expect(share).toBeGreaterThan(0.45);
    expect(share).toBeLessThan(0.65);
    expect(new Set(first)).toEqual(new Set(['1', 'later']));
  });

  it('waits for the first completed trial to know how long trials are, unless told', () => {
    expect(judgeBy('hyperband', [1], []).reason).toMatch(/first completed trial/);
    expect(judgeBy({ name: 'hyperband', maxResource: 9 }, [1], []).reason).not.toMatch(/first completed/);
  });
});

describe('the multi-objective pruner', () => {
  it('orders by non-dominated rank, and within a rank by how much is covered', () => {
    expect(
      paretoOrder([
        [0, 1],
        [1, 0],
        [0.1, 0.95],
        [1, 1],
        [2, 2],
      ]),
    ).toEqual([0, 1, 2, 3, 4]);
  });

  it('stops what is dominated at a rung', () => {
    const two = (number: number, a: number, b: number): Trial => ({
      ...trial(number, 'running', [a]),
      reports: [{ step: 1, value: a, metrics: { loss: a, time: b } }],
    });
    const objectives = [
      { metric: 'loss', direction: 'minimize' },
      { metric: 'time', direction: 'minimize' },
    ] as const;
    const trials = [two(0, 0.1, 5), two(1, 0.9, 1), two(2, 0.95, 5.5), two(3, 0.97, 6), two(4, 0.98, 7)];
    const judge = (a: number, b: number) =>
      prunerOf('moasha').judge({ objectives, trials, trial: two(9, a, b), seed: 0 });
    expect(judge(0.96, 5.8).prune).toBe(true);
    expect(judge(0.5, 0.5)).toMatchObject({ prune: false });
    // As good as one of the two that go on.
    expect(judge(0.9, 1).prune).toBe(false);
    expect(judge(0.96, 5.8).reason).toBe(
      '(0.96, 5.8) is number 4 of 6 trials at step 1 by non-dominated rank, of which 2 go on',
    );
  });
});
