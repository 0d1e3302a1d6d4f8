/** What comes of each way in which an attempt can end. */
import { describe, expect, it } from 'vitest';
import type { JournalRecord } from '../../src/core/study/journal/records.js';
import { StudyReducer } from '../../src/core/study/journal/reduce.js';
import {
  askRecords,
  attributesRecord,
  reportRecord,
  studyRecords,
  tellRecords,
} from '../../src/core/study/journal/write.js';
import type { AttemptResult } from '../../src/engine/executors/executor.js';
import { type Circumstances, outcomeOf } from '../../src/engine/runner/trial-outcome.js';

const W = 'sweetspot-1';
const AT = '2026-11-21T09:00:00.000000+00:00';
const space = { x: { type: 'float', low: 0, high: 1 } } as const;

/** A study with trials that ended in these states, and one that runs and has reported these losses. */
function study(before: readonly ('complete' | 'failed')[], losses: readonly number[] = []): StudyReducer {
  const reducer = new StudyReducer();
  const apply = (records: readonly JournalRecord[]): void => {
    for (const record of records) reducer.apply(record);
  };
  apply(
    studyRecords(W, {
      name: 'a',
      objectives: [{ metric: 'loss', direction: 'minimize' }],
      space,
      settings: { sampler: 'random', pruner: 'none', seed: 0, stop: { trialMinutes: 3 } },
      config: { file: 'a.yaml', text: '' },
      baseline: { x: 0.5 },
    }),
  );
  const ask = () => apply(askRecords(W, space, { params: { x: 0.5 }, sampler: 'random', reason: '' }, 0, AT));
  for (const [number, state] of before.entries()) {
    ask();
    apply(tellRecords(W, number, { state, values: { loss: 1 }, objectives: [1] }, AT));
  }
  ask();
  apply(losses.map((loss, i) => reportRecord(W, before.length, i + 1, { loss }, 'loss')));
  return reducer;
}

function ended(reducer: StudyReducer, result: AttemptResult, circumstances: Partial<Circumstances> = {}) {
  const { study: before } = reducer;
  const trial = before.trials.at(-1);
  if (!trial) throw new Error('There is no trial.');
  const reached = Object.assign({}, ...trial.reports.map(({ metrics }) => metrics));
  const given = { reached, interruptions: 0, why: 'stopped by you', ...circumstances };
  const { records, end } = outcomeOf(before, trial, result, given, W, AT);
  for (const record of records) reducer.apply(record);
  const { state, reason, values, objectives } = trial;
  return { state, reason, values, objectives, end };
}

const finished = (values: Readonly<Record<string, number>> = {}, stopped = false): AttemptResult => ({
  kind: 'finished',
  values,
  stopped,
});

describe('an attempt that ends by itself', () => {
  it('completes its trial with what it returned, over what it reported last', () => {
    expect(ended(study([], [0.5, 0.25]), finished({ accuracy: 0.9 }))).toMatchObject({
      state: 'complete',
      values: { loss: 0.25, accuracy: 0.9 },
      objectives: [0.25],
      end: undefined,
    });
  });

  it('counts a metric that is taken every few steps as it was reported last', () => {
    const reducer = study([], [0.5, 0.25]);
    reducer.apply(reportRecord(W, 0, 3, { speed: 7 }, 'loss'));
    const reached = { loss: 0.25, speed: 7 };
    expect(ended(reducer, finished(), { reached })).toMatchObject({
      state: 'complete',
      values: reached,
      objectives: [0.25],
    });
  });

  it('fails its trial where the metric is not finite, and says since when', () => {
    expect(ended(study([], [0.5, Number.NaN, Number.NaN]), finished())).toMatchObject({
      state: 'failed',
      reason: 'loss is NaN, not finite since step 2',
    });
  });

  it('ends the study where the metric was never reported, unless other trials gave it', () => {
    const alone = ended(study([]), finished({ score: 1 }));
    expect(alone.state).toBe('waiting');
    expect(alone.end).toMatchObject({
      kind: 'error',
      cause: 'config',
      reason: expect.stringContaining('The metric "loss" was never reported. It gave score.'),
    });
    const command = study([]);
    command.apply(attributesRecord(W, 0, { command: 'python train.py' }));
    expect(ended(command, finished()).end).toMatchObject({
      reason: expect.stringContaining('Print it, such as `epoch=1 loss=0.5`, or name another one'),
    });
    const oneOfMany = ended(study(['complete']), finished({ score: 1 }));
    expect(oneOfMany).toMatchObject({ state: 'failed', end: undefined });
    expect(oneOfMany.reason).toContain('"loss" was never reported');
  });

  it('is pruned, or paused, only where it stopped because it was told to', () => {
    const pruned = 'worse than the median';
    expect(ended(study([], [0.5]), finished({}, true), { pruned })).toMatchObject({
      state: 'pruned',
      reason: pruned,
      objectives: [0.5],
    });
    expect(ended(study([], [0.5]), finished({}, true), { pruned, pause: true }).state).toBe('waiting');
    expect(ended(study([], [0.5]), finished(), { pruned }).state).toBe('complete');
  });
});

describe('an attempt that fails', () => {
  const failure: AttemptResult = { kind: 'failed', error: 'out of memory', fatal: false };

  it('fails its trial, and the fifth of the first ends the study, if none succeeded', () => {
    expect(ended(study(['failed', 'failed', 'failed']), failure)).toMatchObject({
      state: 'failed',
      reason: 'out of memory',
      end: undefined,
    });
    expect(ended(study(['failed', 'failed', 'failed', 'failed']), failure).end).toEqual({
      kind: 'error',
      reason: 'the first 5 trials all failed, the last because: out of memory',
    });
    expect(ended(study(['complete', 'failed', 'failed', 'failed', 'failed']), failure).end).toBeUndefined();
  });

  it('in a way that all would lets its trial wait and ends the study', () => {
    expect(ended(study(['complete']), { ...failure, fatal: true })).toMatchObject({
      state: 'waiting',
      end: { kind: 'error', reason: 'out of memory', cause: 'config' },
    });
  });
});

describe('an attempt that is ended', () => {
  it('runs again, with the reason, until it was interrupted five times', () => {
    const interrupted: AttemptResult = { kind: 'interrupted', reason: 'the process it shared died' };
    expect(ended(study([]), interrupted, { interruptions: 4 })).toMatchObject({
      state: 'waiting',
      reason: 'the process it shared died',
    });
    expect(ended(study([]), { kind: 'cancelled' }, { interruptions: 1 }).reason).toBe('stopped by you');
    expect(ended(study([]), interrupted, { interruptions: 5 })).toMatchObject({
      state: 'failed',
      reason: 'interrupted too often',
    });
  });

  it('has failed where it took longer than it may', () => {
    expect(ended(study([]), { kind: 'cancelled' }, { timedOut: true })).toMatchObject({
      state: 'failed',
      reason: 'took longer than the 3 minutes that stop.trialMinutes allows',
    });
  });
});
