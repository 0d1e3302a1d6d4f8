/** Small rules of a study that other tests pass by: marks, trials left over, what comes next. */
import { describe, expect, it } from 'vitest';
import { prunerProblem } from '../../src/core/pruners/choose.js';
import { countedTrials } from '../../src/core/study/best.js';
import type { JournalRecord } from '../../src/core/study/journal/records.js';
import { StudyReducer } from '../../src/core/study/journal/reduce.js';
import {
  askRecords,
  marksRecord,
  reportRecord,
  studyRecords,
  tellRecords,
} from '../../src/core/study/journal/write.js';
import { nextTrial } from '../../src/core/study/next.js';
import { isPaused, leftOverRecords, pauseRecords } from '../../src/core/study/pause.js';
import { createStudy, type Space } from '../../src/index.js';

const space: Space = { x: { type: 'float', low: 0, high: 1 } };
const AT = '2026-01-01T00:00:00.000000+00:00';

function studyWith(settings: object): {
  readonly reducer: StudyReducer;
  readonly apply: (records: readonly JournalRecord[]) => void;
} {
  const reducer = new StudyReducer();
  const apply = (records: readonly JournalRecord[]): void => {
    for (const record of records) reducer.apply(record);
  };
  apply(
    studyRecords('w', {
      name: 's',
      objectives: [{ metric: 'loss', direction: 'minimize' }],
      space,
      settings: { sampler: 'random', pruner: 'none', seed: 0, stop: {}, ...settings },
      config: { file: '', text: '' },
      baseline: { x: 0.5 },
    }),
  );
  apply(askRecords('w', space, { params: { x: 0.5 }, sampler: 'file', reason: '' }, 0, AT));
  return { reducer, apply };
}

describe('a study', () => {
  it('repeats a point before it asks the sampler', () => {
    const { reducer, apply } = studyWith({ repeats: 2 });
    apply(tellRecords('w', 0, { state: 'complete', values: {}, objectives: [1] }, AT));
    expect(nextTrial(reducer.study, [], 0)).toMatchObject({
      kind: 'start',
      suggestion: { sampler: 'repeat', repeatOf: 0 },
    });
  });

  it('ends with its paused trials pruned, which then are paused no more', () => {
    const { reducer, apply } = studyWith({});
    apply([reportRecord('w', 0, 1, { loss: 2 }, 'loss'), ...pauseRecords('w', 0, 1, 'paused: 2 is bad')]);
    expect(reducer.study.trials.map(isPaused)).toEqual([true]);
    apply(leftOverRecords('w', reducer.study, AT));
    expect(reducer.study.trials.map(isPaused)).toEqual([false]);
    expect(reducer.study.trials[0]).toMatchObject({
      state: 'pruned',
      objectives: [2],
      reason: 'paused: 2 is bad; not promoted before the study ended',
    });
  });

  it('counts a trial again that is excluded no more', () => {
    const { reducer, apply } = studyWith({});
    apply([marksRecord('w', 0, { excluded: 'broken' })]);
    expect(countedTrials(reducer.study)).toHaveLength(0);
    apply([marksRecord('w', 0, {})]);
    expect(reducer.study.excluded).toBe(0);
    expect(countedTrials(reducer.study)).toHaveLength(1);
  });
});

describe('a grid', () => {
  it('tries its points whatever another study has tried', async () => {
    const warmStart = [false, true].map((on, number) => ({
      number,
      state: 'complete' as const,
      params: { on },
      objectives: [1],
    }));
    const study = createStudy({ space: { on: { type: 'bool' } }, sampler: 'grid', warmStart });
    while (study.over === undefined) await study.tell((await study.ask()).number, 1);
    expect(study.trials).toHaveLength(2);
  });
});

describe('pruners', () => {
  it('stop nothing where there is none', async () => {
    const study = createStudy({ space });
    const trial = await study.ask();
    trial.report(1, 1e9);
    expect(trial.shouldPrune()).toBe(false);
  });

  it('say which numbers they take', () => {
    expect(prunerProblem({ name: 'patient', minDelta: -1 })?.message).toMatch(/0 or larger/);
    expect(prunerProblem({ name: 'patient', minDelta: 0 })).toBeUndefined();
  });
});
