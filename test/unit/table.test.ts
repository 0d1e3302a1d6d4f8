import { describe, expect, it } from 'vitest';
import type { Space } from '../../src/core/space/parameter.js';
import {
  cellOf,
  changesFromFile,
  columnsOf,
  defaultSort,
  shortNames,
} from '../../src/core/study/table/table.js';
import type { Trial } from '../../src/core/study/trial.js';

const space: Space = {
  'optimizer.name': { type: 'categorical', choices: ['sgd', 'adam'] },
  'optimizer.momentum': { type: 'float', low: 0, high: 1, when: { param: 'optimizer.name', in: ['sgd'] } },
  'model.units': { type: 'categorical', choices: [[8], [16, 8]] },
};

const trial = (number: number, more: Partial<Trial> = {}): Trial => ({
  id: number,
  number,
  state: 'complete',
  params: { 'optimizer.name': 'adam', 'model.units': [8] },
  objectives: [number / 10],
  values: { val_loss: number / 10, val_accuracy: 1 - number / 10 },
  reports: [],
  attributes: {},
  ...more,
});

const study = {
  objectives: [{ metric: 'val_loss', direction: 'minimize' }] as const,
  space,
  trials: [trial(0), trial(1)],
};
const column = (id: string) => columnsOf(study).find((candidate) => candidate.id === id)!;

describe('the columns of a study', () => {
  it('are number, state, objectives, parameters in the file’s order, other metrics, duration and reason', () => {
    expect(columnsOf(study).map(({ id }) => id)).toEqual([
      'number',
      'state',
      'objective:val_loss',
      'param:optimizer.name',
      'param:optimizer.momentum',
      'param:model.units',
      'metric:val_accuracy',
      'duration',
      'reason',
    ]);
  });

  it('are named by the shortest ending that tells them apart', () => {
    expect([...shortNames(['a.rate', 'b.rate', 'b.units', 'seed']).values()]).toEqual([
      'a.rate',
      'b.rate',
      'units',
      'seed',
    ]);
  });

  it('keep one part more where the last says nothing', () => {
    expect(shortNames(['model.optimizer.name']).get('model.optimizer.name')).toBe('optimizer.name');
  });

  it('come from the trials where a journal carries no space', () => {
    const ids = columnsOf({ ...study, space: {} }).map(({ id }) => id);
    expect(ids).toContain('param:model.units');
    expect(ids).not.toContain('param:optimizer.momentum');
  });
});

describe('a cell', () => {
  it('is empty for a parameter that is not active', () => {
    expect(cellOf(trial(0), column('param:optimizer.momentum'), 0)).toBeUndefined();
  });

  it('shows the last report while there is no result', () => {
    const running = trial(3, {
      state: 'running',
      values: {},
      reports: [{ step: 1, value: 0.7, metrics: { val_loss: 0.7 } }],
    });
    expect(cellOf(running, column('objective:val_loss'), 0)).toBe(0.7);
  });

  it('counts the time of a running trial up to now', () => {
    const running = trial(3, { state: 'running', startedAt: '2026-01-01T00:00:00Z' });
    expect(cellOf(running, column('duration'), Date.parse('2026-01-01T00:00:05Z'))).toBe(5000);
  });
});

describe('sorting', () => {
  it('is best first by default, whatever best means', () => {
    expect(defaultSort(study)).toEqual({ column: 'objective:val_loss', descending: false });
    expect(defaultSort({ objectives: [{ metric: 'accuracy', direction: 'maximize' }] })).toEqual({
      column: 'objective:accuracy',
      descending: true,
    });
  });
});

describe('the changes of a trial from the file', () => {
  it('are the active parameters whose value differs', () => {
    const baseline = { 'optimizer.name': 'adam', 'optimizer.momentum': 0.9, 'model.units': [16, 8] };
    const changes = changesFromFile(trial(0), baseline, shortNames(Object.keys(space)));
    expect(changes).toEqual([{ name: 'model.units', label: 'units', value: [8] }]);
  });
});
