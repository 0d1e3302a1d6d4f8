import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderBy } from '../../src/core/study/table/order.js';
import { naturalOrder, sortTrials } from '../../src/core/study/table/sorting.js';
import { columnsOf } from '../../src/core/study/table/table.js';
import type { Trial } from '../../src/core/study/trial.js';

const trial = (number: number, more: Partial<Trial> = {}): Trial => ({
  id: number,
  number,
  state: 'complete',
  params: {},
  values: { val_loss: number / 10 },
  objectives: [number / 10],
  reports: [],
  attributes: {},
  ...more,
});
const columns = columnsOf({
  objectives: [{ metric: 'val_loss', direction: 'minimize' }],
  space: {},
  trials: [trial(0, { params: { x: 1 } })],
});
const sorted = (trials: readonly Trial[], column: string, descending = false): readonly number[] =>
  sortTrials(trials, [{ column, descending }], columns, 0).map(({ number }) => number);

describe('sorted rows', () => {
  it('never rank a trial that did not complete by its last report, nor a non-finite result', () => {
    const trials = [
      trial(0, { values: { val_loss: Number.NaN } }),
      trial(1, { state: 'pruned', values: { val_loss: -5 } }),
      trial(2),
      trial(3, { values: { val_loss: Number.NEGATIVE_INFINITY } }),
      trial(4),
    ];
    expect(sorted(trials, 'objective:val_loss').slice(0, 2)).toEqual([2, 4]);
    expect(sorted(trials, 'objective:val_loss', true).slice(0, 2)).toEqual([4, 2]);
  });

  it('have numbers before words, words as people count, and nothing last either way', () => {
    const cells = ['run 10', undefined, 3, 'run 9', null, -1];
    const trials = cells.map((x, number) => trial(number, { params: x === undefined ? {} : { x } }));
    const [up, down] = [sorted(trials, 'param:x'), sorted(trials, 'param:x', true)];
    expect(up.slice(0, 4)).toEqual([5, 2, 3, 0]);
    expect(down.slice(0, 4)).toEqual([0, 3, 2, 5]);
    expect([...up.slice(4)].sort()).toEqual([1, 4]);
  });

  it('that a sort cannot tell apart stand as without it: at work, finished, pruned, failed, newest first', () => {
    const states = ['failed', 'pruned', 'complete', 'running', 'complete'] as const;
    const trials = states.map((state, number) => trial(number, { state }));
    expect([...naturalOrder(trials)]).toEqual([3, 4, 2, 1, 0]);
    expect(sorted(trials, 'param:x')).toEqual([3, 4, 2, 1, 0]);
  });
});

describe('ordering by numbers', () => {
  const wild = fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: -3, max: 3 }), fc.constant(-0));

  it('is what comparing gives, ties as they stood, however long the list', () => {
    fc.assert(
      fc.property(fc.array(wild, { minLength: 1, maxLength: 60 }), fc.boolean(), (some, long) => {
        // Long lists take another way than short ones.
        const keys = Float64Array.from(
          { length: long ? 3_000 : some.length },
          (_, i) => some[i % some.length]!,
        );
        const order = Uint32Array.from(keys, (_, i) => keys.length - 1 - i);
        const before = (a: number, b: number): number =>
          keys[a]! < keys[b]! ? -1 : keys[a]! > keys[b]! ? 1 : b - a;
        expect([...orderBy(keys, order)]).toEqual([...order].sort(before));
      }),
      { numRuns: 60 },
    );
  });

  it('takes some of the positions, too', () => {
    expect([...orderBy(Float64Array.of(5, 1, 3, 2), Uint32Array.of(0, 2, 3))]).toEqual([3, 2, 0]);
  });
});
