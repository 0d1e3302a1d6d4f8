import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { printAssignments, readAssignments } from '../../src/core/study/assignments.js';

describe('values typed in a line', () => {
  it('are names with values in YAML, with spaces between', () => {
    expect(readAssignments('lr=1e-3 units=[64, 32]  name=adam on=true s="two words"')).toEqual({
      lr: 1e-3,
      units: [64, 32],
      name: 'adam',
      on: true,
      s: 'two words',
    });
    expect(readAssignments('lr')).toMatch(/write name=value/);
    expect(readAssignments('lr=[1')).toMatch(/cannot be read/);
  });

  it('are read as they are printed', () => {
    const value: fc.Arbitrary<Json> = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((x) => !Object.is(x, -0)),
      fc.boolean(),
      fc.constantFrom('adam', 'true', 'null', '1e3', 'two words', "it's", '[', 'a=b', ''),
      fc.array(fc.integer()),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'lr', 'units', 'opt'), value), (params) => {
        expect(readAssignments(printAssignments(params))).toEqual({ ...params });
      }),
    );
  });
});
