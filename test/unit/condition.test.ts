/** What conditions mean, in particular for parameters that are not there. */
import { describe, expect, it } from 'vitest';
import { activeParameters, evaluateCondition, findCycle } from '../../src/core/space/condition.js';
import type { Condition, Space } from '../../src/core/space/parameter.js';

const is = (param: string, ...values: (number | string)[]): Condition => ({ param, in: values });
const isNot = (param: string, ...values: (number | string)[]): Condition => ({ param, notIn: values });

describe('a condition', () => {
  it.each<readonly [Condition, boolean]>([
    [is('a', 1), true],
    [is('a', 2), false],
    [is('a', 2, 1), true],
    [isNot('a', 2), true],
    [isNot('a', 1, 2), false],
    [{ not: is('a', 2) }, true],
    [{ and: [is('a', 1), is('b', 'x')] }, true],
    [{ and: [is('a', 1), is('b', 'y')] }, false],
    [{ or: [is('a', 2), is('b', 'x')] }, true],
    [{ not: { or: [is('a', 2), is('b', 'y')] } }, true],
    [{ not: { and: [is('a', 1), is('b', 'x')] } }, false],
    [{ or: [] }, false],
    [{ and: [] }, true],
  ])('%j is %s where a is 1 and b is "x"', (condition, expected) => {
    expect(evaluateCondition(condition, { a: 1, b: 'x' })).toBe(expected);
    expect(evaluateCondition({ not: condition }, { a: 1, b: 'x' })).toBe(!expected);
  });

  it('compares lists and mappings by content', () => {
    const params = { a: [1, { k: 2 }] };
    expect(evaluateCondition({ param: 'a', in: [[1, { k: 2 }]] }, params)).toBe(true);
    expect(evaluateCondition({ param: 'a', in: [[1, { k: 3 }]] }, params)).toBe(false);
  });

  it('on what is not there is false, whichever way it is asked', () => {
    for (const condition of [is('c', 1), isNot('c', 1), { not: is('c', 1) }, { not: isNot('c', 1) }])
      expect(evaluateCondition(condition, { a: 1 })).toBe(false);
    expect(evaluateCondition({ not: { or: [is('c', 1), is('a', 2)] } }, { a: 1 })).toBe(false);
    expect(evaluateCondition({ not: { and: [is('c', 1), is('a', 2)] } }, { a: 1 })).toBe(true);
    expect(evaluateCondition(isNot('toString', 1), {})).toBe(false);
  });
});

describe('the active parameters', () => {
  const range = { type: 'int', low: 0, high: 9 } as const;
  const space: Space = {
    leaf: { ...range, when: isNot('middle', 5) },
    middle: { ...range, when: is('root', 1) },
    root: range,
  };

  it('come in the order of the space, whatever order they wait in', () => {
    expect(activeParameters(space, { root: 1, middle: 2, leaf: 3 })).toEqual(['leaf', 'middle', 'root']);
    expect(activeParameters(space, { root: 1, middle: 5, leaf: 3 })).toEqual(['middle', 'root']);
  });

  it('do not count values of inactive parameters', () => {
    expect(activeParameters(space, { root: 2, middle: 2, leaf: 3 })).toEqual(['root']);
  });

  it('leave out those that wait for each other', () => {
    const circle: Space = { a: { ...range, when: is('b', 1) }, b: { ...range, when: is('a', 1) }, c: range };
    expect(activeParameters(circle, { a: 1, b: 1, c: 1 })).toEqual(['c']);
    expect(findCycle(circle)).toEqual(['a', 'b']);
    expect(findCycle(space)).toBeUndefined();
  });
});
