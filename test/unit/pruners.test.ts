import { describe, expect, it } from 'vitest';
import { ashaPruner } from '../../src/core/pruners/asha.js';
import { medianPruner } from '../../src/core/pruners/median.js';
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

const others = [0.1, 0.2, 0.3, 0.4, 0.5].map((value, n) => trial(n, 'complete', [1, value]));
const judge = (values: readonly number[], trials = others, direction: Direction = 'minimize') =>
  medianPruner.judge({ direction, trials, trial: trial(9, 'running', values) });

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
    const low = others.map((t) => trial(t.number, 'complete', [0.1, t.reports[1]?.value ?? 0]));
    expect(judge([0.05, 0.29], low, 'maximize').prune).toBe(true);
    expect(judge([0.05, 0.31], low, 'maximize').prune).toBe(false);
  });

  it('waits for five completed trials, and for somebody to have reached the step', () => {
    expect(judge([9, 9], others.slice(0, 4)).prune).toBe(false);
    expect(judge([9, 9, 9]).prune).toBe(false);
  });

  it('stops a trial whose metric is NaN, whatever the others did', () => {
    expect(judge([Number.NaN], []).prune).toBe(true);
  });

  it('passes over trials that were pruned or failed', () => {
    const rest = [trial(5, 'pruned', [1, 0]), trial(6, 'failed', [1, 0])];
    expect(judge([1, 0.3], [...others, ...rest]).prune).toBe(false);
  });
});

describe('the ASHA pruner', () => {
  const six = [0.1, 0.2, 0.3, 0.4, 0.5].map((value, n) => trial(n, 'complete', [value, value, value]));
  const asha = (values: readonly number[], trials = six, direction: Direction = 'minimize') =>
    ashaPruner.judge({ direction, trials, trial: trial(9, 'running', values) });

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

  it('lets only the best go on while fewer than three have come to a rung, and the first one anyway', () => {
    expect(asha([9], []).prune).toBe(false);
    expect(asha([0.3], six.slice(0, 1)).prune).toBe(true);
    expect(asha([0.05], six.slice(0, 1)).prune).toBe(false);
  });

  it('counts trials that were pruned later, and passes over those that reported nothing or NaN', () => {
    const odd = [trial(5, 'pruned', [0.01]), trial(6, 'failed', []), trial(7, 'complete', [Number.NaN])];
    expect(asha([0.15], [...six, ...odd]).reason).toBe(
      '0.15 is number 3 of 7 trials at step 1, of which 2 go on',
    );
  });

  it('stops a trial whose metric is NaN', () => {
    expect(asha([Number.NaN]).prune).toBe(true);
  });
});
