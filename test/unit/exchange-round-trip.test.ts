/** Any study survives the way to Optuna's journal and back, whatever its space and its values are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ForeignStudy, type ForeignTrial, viewForeign } from '../../src/core/exchange/foreign-study.js';
import { htmlReport } from '../../src/core/exchange/html-report.js';
import { markdownSummary } from '../../src/core/exchange/markdown.js';
import { readOptunaJournal } from '../../src/core/exchange/optuna-journal.js';
import { foreignOfOptuna } from '../../src/core/exchange/optuna-study.js';
import { optunaJournal } from '../../src/core/exchange/to-optuna.js';
import { canonicalJson, type Json } from '../../src/core/json.js';
import type { Distribution } from '../../src/core/space/parameter.js';

const name = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text !== '__proto__');
const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }).map((x) => x + 0);
const choice = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.boolean(),
  fc.constant(null),
  fc.integer({ min: -9, max: 9 }),
  fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 3 }),
) as fc.Arbitrary<Json>;

const distribution: fc.Arbitrary<Distribution> = fc.oneof(
  fc.record({ type: fc.constant('float' as const), low: fc.constant(-1e6), high: fc.constant(1e6) }),
  fc.record({
    type: fc.constant('float' as const),
    low: fc.constant(1e-9),
    high: fc.constant(1e6),
    log: fc.constant(true),
  }),
  fc.record({ type: fc.constant('int' as const), low: fc.constant(0), high: fc.constant(100) }),
  fc.record({
    type: fc.constantFrom('categorical' as const, 'ordinal' as const),
    choices: fc.uniqueArray(choice, { minLength: 1, maxLength: 5, selector: canonicalJson }),
  }),
  fc.constant({ type: 'bool' as const }),
);

const valueIn = (one: Distribution): fc.Arbitrary<Json> => {
  switch (one.type) {
    case 'float':
      return one.log ? fc.double({ min: 1e-9, max: 1e6, noNaN: true }) : number;
    case 'int':
      return fc.integer({ min: 0, max: 100 });
    case 'categorical':
    case 'ordinal':
      return fc.constantFrom(...one.choices);
    case 'bool':
      return fc.boolean();
  }
};

const anyNumber = fc.oneof(
  number,
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
const time = fc
  .integer({ min: 0, max: 2e9 })
  .map((s) => new Date(s * 1000).toISOString().replace('Z', '000+00:00'));

const study: fc.Arbitrary<ForeignStudy> = fc
  .dictionary(name, distribution, { minKeys: 1, maxKeys: 4 })
  .chain((space) => {
    const trial: fc.Arbitrary<ForeignTrial> = fc
      .record({
        state: fc.constantFrom('complete' as const, 'pruned' as const),
        params: fc.record(
          Object.fromEntries(Object.entries(space).map(([key, one]) => [key, valueIn(one)])),
          {
            requiredKeys: [],
          },
        ),
        objective: number,
        loss: anyNumber,
        reports: fc.uniqueArray(
          fc.record({ step: fc.integer({ min: 1, max: 99 }), value: anyNumber, loss: anyNumber }),
          {
            selector: ({ step }) => step,
            maxLength: 4,
          },
        ),
        startedAt: time,
        finishedAt: time,
        reason: fc.string({ minLength: 1 }),
      })
      .map(({ objective, loss, reports, ...rest }) => ({
        ...rest,
        params: { ...rest.params } as ForeignTrial['params'],
        objectives: [objective],
        values: { score: objective, loss },
        reports: reports
          .sort((a, b) => a.step - b.step)
          .map((report) => ({
            step: report.step,
            value: report.value,
            metrics: { score: report.value, loss: report.loss },
          })),
        attributes: { seed: 3 },
        suggestion: { sampler: 'random', reason: 'a draw', seen: 3 },
      }));
    return fc.record({
      name,
      objectives: fc.constant([{ metric: 'score', direction: 'maximize' as const }]),
      space: fc.constant(space),
      trials: fc.array(trial, { maxLength: 4 }),
    });
  });

describe('any study', () => {
  it("comes back from Optuna's journal as it was", () => {
    fc.assert(
      fc.property(study, (foreign) => {
        const before = viewForeign(foreign).study;
        const read = readOptunaJournal(optunaJournal(before));
        if (typeof read === 'string' || !read[0]) throw new Error(String(read));
        const after = viewForeign(foreignOfOptuna(read[0])).study;
        expect(after.name).toBe(before.name);
        expect(after.space).toEqual(before.space);
        const plain = (trials: typeof before.trials) =>
          trials.map(
            ({ state, params, objectives, values, reports, startedAt, finishedAt, reason, attributes }) => ({
              state,
              params,
              objectives,
              values,
              reports,
              startedAt,
              finishedAt,
              reason,
              attributes,
            }),
          );
        expect(plain(after.trials)).toEqual(plain(before.trials));
      }),
      { numRuns: 150 },
    );
  });

  it('makes a report of curves of a hundred thousand steps and more', () => {
    const steps = Array.from({ length: 2_500 }, (_, i) => ({ step: i + 1, value: 1 / (i + 1), metrics: {} }));
    const trial: ForeignTrial = {
      state: 'complete',
      params: {},
      objectives: [0],
      values: { loss: 0 },
      reports: steps,
      attributes: {},
    };
    const { study: viewed } = viewForeign({
      name: 'n',
      objectives: [{ metric: 'loss', direction: 'minimize' }],
      space: {},
      trials: Array.from({ length: 60 }, () => trial),
    });
    expect(htmlReport(viewed).match(/<path class="curve/g)).toHaveLength(59);
  });

  it('makes reports without anything undefined in them', () => {
    fc.assert(
      fc.property(study, (foreign) => {
        const { study: viewed } = viewForeign({ ...foreign, name: 'n' });
        const words = /\bundefined\b|="NaN|NaN"|M?NaN [\d.]/;
        const drawn = htmlReport(viewed).match(/<svg[\s\S]*?<\/svg>/g) ?? [];
        expect(
          drawn
            .map((svg) =>
              svg.replace(/<title>[\s\S]*?<\/title>|<text[\s\S]*?<\/text>|aria-label="[^"]*"/g, ''),
            )
            .join(''),
        ).not.toMatch(words);
        expect(markdownSummary(viewed).startsWith('# n\n')).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
