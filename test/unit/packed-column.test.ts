import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { packColumn, readColumn } from '../../src/core/study/packed/column.js';

type Rows = readonly (Json | undefined)[];

/** As it is after the journey to a page: posted, and read there. */
const arrived = (rows: Rows) => readColumn(structuredClone(packColumn(rows)));
const readBack = (rows: Rows): Rows => {
  const column = arrived(rows);
  return rows.map((_, row) => column.at(row));
};

const number = fc.double().map((value) => value + 0);
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('NaN', '\u0000', '2026-02-30T10:00:00.000Z', '2026-02-28T24:00:00.000Z'),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
);
const name = fc.constantFrom('loss', 'optimizer.name', 'a', 'b', '');
const value: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    number,
    text,
    fc.boolean(),
    fc.constant(null),
    fc.array(number, { maxLength: 4 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;
/** Columns of one kind, as nearly all are, with gaps; and of everything at once. */
const rows: fc.Arbitrary<Rows> = fc.oneof(
  ...[
    number,
    text,
    fc.array(number, { maxLength: 3 }),
    fc.dictionary(name, fc.oneof(number, text), { noNullPrototype: true }),
    value,
  ].map((cell) => fc.array(fc.option(cell, { nil: undefined, freq: 4 }), { maxLength: 40 })),
);

describe('a packed column', () => {
  it('gives every row back as it was, whatever it holds', () => {
    fc.assert(
      fc.property(rows, (some) => {
        expect(readBack(some)).toEqual(some);
      }),
    );
  });

  it('keeps the order of keys, by which parameters are listed', () => {
    const some = [{ a: 1, b: 2 }, { b: 2, a: 1 }, {}];
    expect(readBack(some).map((row) => Object.keys(row as object))).toEqual([['a', 'b'], ['b', 'a'], []]);
  });

  it('keeps many different lists, and objects of many different keys', () => {
    const lists = Array.from({ length: 1000 }, (_, row) => (row % 3 === 0 ? undefined : [row, Number.NaN]));
    expect(readBack(lists)).toEqual(lists);
    const objects = Array.from({ length: 200 }, (_, row) => ({ [`key ${row}`]: row, all: -row - 1 }));
    expect(readBack(objects)).toEqual(objects);
    expect(arrived(objects).under('all')?.at(7)).toBe(-8);
    expect(arrived(objects).under('key 7')?.at(8)).toBeUndefined();
  });

  it('gives the number, the time, the keys and the members of a row without making the rest', () => {
    expect(arrived([3, undefined]).numberAt(0)).toBe(3);
    expect(arrived([3, undefined]).numberAt(1)).toBeNaN();
    expect(arrived([[5, 6], []]).numberAt(0)).toBe(5);
    expect(arrived([[5, 6], []]).numberAt(1)).toBeNaN();
    const time = '2026-11-21T08:00:00.123Z';
    for (const other of [undefined, 'not a time']) {
      expect(arrived([time, other]).timeAt(0)).toBe(Date.parse(time));
      expect(arrived([time, other]).timeAt(1)).toBeNaN();
    }
    const objects = arrived([{ loss: 1, name: 'a' }, { name: 'b' }]);
    expect(objects.keysAt(1)).toEqual(['name']);
    expect(objects.under('loss')?.at(1)).toBeUndefined();
    expect(objects.under('name')?.at(1)).toBe('b');
    expect(objects.under('nothing')).toBeUndefined();
  });
});
