import { describe, expect, it } from 'vitest';
import {
  classOutcome,
  MOST_CLASSES,
  numberOutcome,
  outcomeOfRows,
  parseOutcome,
} from '../../src/core/study/validation-outcome.js';

describe('what a model made of the validation rows', () => {
  it('counts which class was taken for which', () => {
    const scores = Float32Array.from([0.9, 0.1, 0.2, 0.8, 0.6, 0.4]);
    expect(classOutcome(scores, Int32Array.from([0, 1, 1]), ['cat', 'dog'])).toEqual({
      kind: 'classes',
      classes: ['cat', 'dog'],
      counts: [
        [1, 0],
        [1, 1],
      ],
    });
  });

  it('keeps no matrix of very many classes', () => {
    const classes = Array.from({ length: MOST_CLASSES + 1 }, (_, index) => String(index));
    expect(classOutcome(new Float32Array(classes.length), Int32Array.of(0), classes)).toBeUndefined();
  });

  it('keeps pairs of few rows all, of many an even sample of a few kilobytes', () => {
    expect(numberOutcome([1, Number.NaN, 3], [1.5, 2, 2.5])).toEqual({
      kind: 'numbers',
      rows: 3,
      pairs: [
        [1, 1.5],
        [3, 2.5],
      ],
    });
    const values = Float64Array.from({ length: 100_000 }, (_, index) => Math.sin(index) * 1234.56789);
    const many = numberOutcome(values, values);
    expect(many).toMatchObject({ rows: 100_000 });
    expect(JSON.stringify(many).length).toBeLessThan(6_000);
  });

  it('is read from lists of what was true and what was predicted', () => {
    const read = (rows: object) => parseOutcome(JSON.stringify(rows));
    const matrix = {
      kind: 'classes',
      classes: ['cat', 'dog'],
      counts: [
        [1, 0],
        [1, 1],
      ],
    };
    expect(read({ actual: ['cat', 'dog', 'dog'], predicted: ['cat', 'cat', 'dog'] })).toEqual(matrix);
    expect(read({ actual: [0, 1, 1], predicted: [0, 0, 1], classes: ['cat', 'dog'] })).toEqual(matrix);
    expect(read({ actual: [1, 2.5], predicted: [1.5, 2] })).toEqual(numberOutcome([1.5, 2], [1, 2.5]));
    expect(read({ actual: [true, false], predicted: [true, true] })).toMatchObject({
      classes: ['false', 'true'],
      counts: [
        [0, 1],
        [0, 1],
      ],
    });
  });

  it('is not read from lists that do not fit, and says why', () => {
    const uneven = { actual: [1, 2], predicted: [1] };
    const message = 'has 2 actual values and 1 predicted ones; give one of each for every row';
    expect(parseOutcome(JSON.stringify(uneven))).toEqual({ kind: 'wrong', message });
    expect(outcomeOfRows(uneven)).toBe(message);
    expect(outcomeOfRows({ actual: [], predicted: [] })).toBe('has no rows');
    expect(outcomeOfRows({ actual: ['fox'], predicted: ['cat'], classes: ['cat'] })).toBe(
      'names the class "fox", which is not among its classes',
    );
  });

  it('is read back as it was written, and nothing else is', () => {
    const outcome = numberOutcome([1], [2]);
    expect(parseOutcome(JSON.stringify(outcome))).toEqual(outcome);
    const ragged = '{"kind":"classes","classes":["cat","dog"],"counts":[[1,0],[1]]}';
    for (const text of ['', 'null', ragged, '{"kind":"numbers","pairs":3}', '[]']) {
      expect(parseOutcome(text)).toMatchObject({
        kind: 'wrong',
        message: expect.stringMatching(/; write \{"actual"/),
      });
    }
  });
});
