import { describe, expect, it } from 'vitest';
import type { Params, Space } from '../../src/core/space/parameter.js';
import { completionRecords, enqueueInto } from '../../src/core/study/enqueue.js';
import { type JournalRecord, Op, StateCode } from '../../src/core/study/journal/records.js';
import { StudyReducer } from '../../src/core/study/journal/reduce.js';
import { studyRecords } from '../../src/core/study/journal/write.js';

const space: Space = {
  lr: { type: 'float', low: 0.1, high: 0.5, step: 0.1 },
  'model.units': { type: 'categorical', choices: [[8], [16, 8]] },
  opt: { type: 'categorical', choices: ['sgd', 'adam'] },
  momentum: { type: 'float', low: 0, high: 1, when: { param: 'opt', in: ['sgd'] } },
};
const baseline = { lr: 0.1, 'model.units': [8], opt: 'adam', momentum: 0.25 };

function begun(...further: readonly JournalRecord[]): StudyReducer {
  const reducer = new StudyReducer();
  const records = studyRecords('w', {
    name: 'a',
    objectives: [{ metric: 'loss', direction: 'minimize' }],
    space,
    settings: { sampler: 'random', pruner: 'none', seed: 0, stop: {} },
    config: { file: '', text: '' },
    baseline,
  });
  for (const record of [...records, ...further]) reducer.apply(record);
  return reducer;
}

describe('an enqueued trial', () => {
  it('has its values on their steps, and those of a branch it enters from the file', () => {
    const { study } = begun();
    const { params } = enqueueInto('w', study, { lr: 0.1 + 0.2, opt: 'sgd', units: [16, 8] }, 'file');
    expect(params).toEqual({ lr: 0.3, 'model.units': [16, 8], opt: 'sgd', momentum: 0.25 });
  });

  it('cannot have a value that would take no part', () => {
    const { study } = begun();
    expect(() => enqueueInto('w', study, { momentum: 0.5 }, 'file')).toThrow(/takes no part/);
  });

  it('is told when a short name could be several, or a value none of those allowed', () => {
    const { study } = begun();
    const two: Space = { 'a.b.size': { type: 'bool' }, 'c.b.size': { type: 'bool' }, lr: { type: 'bool' } };
    const asked = (fixed: Params) => enqueueInto('w', { ...study, space: two }, fixed, 'sampler');
    expect(() => asked({ size: true })).toThrow(
      'The study tunes nothing called `size`. It could be a.b.size or c.b.size. It tunes a.b.size, c.b.size, lr.',
    );
    expect(asked({ 'a.b.size': true, lr: false }).params).toMatchObject({ 'a.b.size': true, lr: false });
    expect(() => asked({ lrr: true })).toThrow(/Did you mean `lr`\?/);
    expect(() => asked({ lr: 2 })).toThrow('`lr` cannot be 2: it is one of false, true.');
  });

  it('is the same for the journal as for the study', () => {
    const reducer = begun();
    const { params, records } = enqueueInto('w', reducer.study, { lr: 0.2 }, 'sampler');
    for (const record of records) reducer.apply(record);
    expect(reducer.study.trials[0]).toMatchObject({ state: 'waiting', params, attributes: {} });
  });

  it('that Optuna has enqueued gets the values that it lacks from the file', () => {
    const reducer = begun({
      op_code: Op.createTrial,
      worker_id: 'optuna',
      study_id: 0,
      datetime_start: null,
      state: StateCode.waiting,
      distributions: {},
      params: {},
      user_attrs: {},
      system_attrs: { fixed_params: { 'model.units': '[16,8]', opt: 'sgd' } },
      intermediate_values: {},
    });
    const [trial] = reducer.study.trials;
    expect(trial?.params).toEqual({ 'model.units': [16, 8], opt: 'sgd' });
    if (!trial) return;
    const records = completionRecords('w', reducer.study, trial);
    for (const record of records) reducer.apply(record);
    expect(reducer.study.trials[0]?.params).toEqual({
      lr: 0.1,
      'model.units': [16, 8],
      opt: 'sgd',
      momentum: 0.25,
    });
  });
});
