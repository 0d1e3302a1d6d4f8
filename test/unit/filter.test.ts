import { describe, expect, it } from 'vitest';
import {
  brushMask,
  brushText,
  parseFilter,
  passing as passingOf,
} from '../../src/core/study/table/filter.js';
import { sortTrials } from '../../src/core/study/table/sorting.js';
import { columnsOf, constantColumns, groupTrials } from '../../src/core/study/table/table.js';
import type { Trial } from '../../src/core/study/trial.js';

const trial = (number: number, more: Partial<Trial> = {}): Trial => ({
  id: number,
  number,
  state: 'complete',
  params: { 'optimizer.name': number % 2 ? 'sgd' : 'adam', 'model.units': [8, number], seed: 1 },
  objectives: [number / 10],
  values: { val_loss: number / 10, acc: 1 - number / 10 },
  reports: [],
  attributes: {},
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: `2026-01-01T00:00:0${number}Z`,
  ...more,
});
const trials = [
  ...[0, 1, 2, 3, 4, 5].map((number) => trial(number)),
  trial(6, { state: 'failed', values: {}, reason: 'out of memory', params: {} }),
];
const columns = columnsOf({ objectives: [{ metric: 'val_loss', direction: 'minimize' }], space: {}, trials });
const passing = (text: string): number[] | string => {
  const parsed = parseFilter(text, columns);
  return parsed.kind === 'error'
    ? parsed.message
    : passingOf(trials, [parsed.mask]).map(({ number }) => number);
};

describe('a filter expression', () => {
  it.each([
    ['val_loss < 0.3', [0, 1, 2]],
    ['val_loss >= 3e-1 and optimizer.name = adam', [4]],
    ['acc > 0.85 or val_loss = 0.5', [0, 1, 5]],
    ['not (optimizer.name = adam)', [1, 3, 5]],
    ['optimizer.name != adam', [1, 3, 5]],
    ['optimizer.name in (adam, rmsprop)', [0, 2, 4]],
    ['optimizer.name not in (adam)', [1, 3, 5]],
    ['optimizer.name not in (adam, sgd)', []],
    ['val_loss not in (0.1, 0.2)', [0, 3, 4, 5]],
    ['units = [8, 2]', [2]],
    ['state = failed', [6]],
    ['reason ~ memory', [6]],
    ['trial <= 1', [0, 1]],
    ['# > 4', [5, 6]],
    ['duration > 3', [4, 5, 6]],
    ['"val_loss" < 0.1', [0]],
  ])('%s', (text, expected) => {
    expect(passing(text)).toEqual(expected);
  });

  it('passes over what a trial does not have, also when negated', () => {
    expect(passing('val_loss != 0.1')).not.toContain(6);
  });

  it('names what it does not know, and the nearest that it does', () => {
    expect(passing('val_los < 1')).toBe('No column is called `val_los`. Did you mean `val_loss`?');
  });

  it.each(['val_loss <', 'and', 'val_loss 3', '(val_loss < 1'])(
    'says where %s stops making sense',
    (text) => {
      expect(passing(text)).toMatch(/^Expected .* before /);
    },
  );
});

describe('a brush', () => {
  it('is a range of a column, in words for people', () => {
    const brush = { column: 'objective:val_loss', low: 0.1, high: 0.3 };
    expect(passingOf(trials, [brushMask(brush, columns)!]).map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(brushText(brush, columns)).toBe('val_loss 0.1 – 0.3');
  });

  it('of categories holds their values, lists included', () => {
    const brush = { column: 'param:model.units', values: [[8, 1]] };
    expect(passingOf(trials, [brushMask(brush, columns)!]).map(({ number }) => number)).toEqual([1]);
    expect(brushMask({ column: 'param:gone', values: [1] }, columns)).toBeUndefined();
  });
});

describe('the rows of a table', () => {
  const sorts = [
    { column: 'param:optimizer.name', descending: true },
    { column: 'objective:val_loss', descending: false },
  ];

  it('are sorted by several columns, with nothing last in either direction', () => {
    const order = (descending: boolean) =>
      sortTrials(trials, [{ ...sorts[0]!, descending }, sorts[1]!], columns, 0).map(({ number }) => number);
    expect(order(true)).toEqual([1, 3, 5, 0, 2, 4, 6]);
    expect(order(false)).toEqual([0, 2, 4, 1, 3, 5, 6]);
  });

  it('are grouped in the order of their first trial', () => {
    const by = columns.find(({ id }) => id === 'param:optimizer.name')!;
    const groups = groupTrials(sortTrials(trials, [sorts[1]!], columns, 0), by);
    expect(groups.map(({ value, trials: of }) => [value, of.length])).toEqual([
      ['adam', 3],
      ['sgd', 3],
      [undefined, 1],
    ]);
  });

  it('agree in some columns, which may be hidden', () => {
    expect([...constantColumns(trials.slice(0, 6), columns)]).toEqual(['param:seed', 'reason']);
  });
});
