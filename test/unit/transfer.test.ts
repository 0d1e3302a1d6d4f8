import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestTrial } from '../../src/core/study/best.js';
import { parseJson } from '../../src/core/study/journal/line.js';
import { Attr, type JournalRecord, Op } from '../../src/core/study/journal/records.js';
import { StudyReducer } from '../../src/core/study/journal/reduce.js';
import { IncomingStudy, OutgoingStudy } from '../../src/core/study/packed/transfer.js';
import { mergedTrials } from '../../src/core/study/repeats.js';
import { cellOf, columnsOf, durationOf, metricOf, reportCount } from '../../src/core/study/table/table.js';
import { sampleJournal } from '../webview/support/sample-study.js';

const marks = { 3: { starred: true }, 9: { excluded: 'broken data' }, 58: { note: 'at work' } };
const records = sampleJournal({ trials: 60, running: 2, steps: 6, marks }).map(
  (line) => parseJson(line) as JournalRecord,
);
const worker_id = 'sample';
/** What may come at any time: marks that change, reports, a trial of another program, runs that end. */
const later: readonly JournalRecord[] = [
  ...[{ excluded: '' }, {}, { tags: ['a', 'b'] }].map(
    (mark): JournalRecord => ({
      op_code: Op.setStudyUserAttr,
      worker_id,
      study_id: 0,
      user_attr: { [`${Attr.marks}:9`]: mark },
    }),
  ),
  {
    op_code: Op.createTrial,
    worker_id,
    study_id: 0,
    state: 1,
    value: 0.25,
    params: { 'model.dropout': 0.2, odd: Number.NaN },
    user_attrs: { host: 'a', when: '2026-02-30' },
    datetime_start: '2026-08-01T10:10:10.123456',
    datetime_complete: '2026-08-01T10:11:10.123456',
    intermediate_values: { 2: 0.5, 7: Number.POSITIVE_INFINITY },
  },
  {
    op_code: Op.setStudyUserAttr,
    worker_id,
    study_id: 0,
    user_attr: { [Attr.status]: { kind: 'stopped', reason: 'by hand', at: '2026-11-21T09:00:00.000Z' } },
  },
];
const all = [...records, ...later];

const reducedTo = (count: number): StudyReducer => {
  const reducer = new StudyReducer();
  for (const record of all.slice(0, count)) reducer.apply(record);
  return reducer;
};

/** By the way of messages, while the sender goes on to `until`; then the records since, as a page does. */
function received(from: number, until: number, perBlock: number): StudyReducer {
  const sender = reducedTo(from);
  const outgoing = new OutgoingStudy(sender, perBlock);
  const incoming = new IncomingStudy(structuredClone(outgoing.first));
  let next = from;
  for (let index = 0; index < outgoing.first.blocks; index++) {
    // Whatever happens meanwhile is not in the blocks.
    for (const record of all.slice(next, until)) sender.apply(record);
    next = until;
    incoming.add(structuredClone(outgoing.block(index)));
  }
  expect(incoming.complete).toBe(true);
  for (const record of all.slice(from)) incoming.reducer.apply(record);
  return incoming.reducer;
}

/** Without what makes the two differ in form; non-finite numbers by name, as JSON has none. */
const plain = (data: unknown): unknown =>
  JSON.parse(
    JSON.stringify(data, (_, value: unknown) =>
      typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    ),
  );
const position = fc.integer({ min: 0, max: all.length });

describe('a study that is sent in blocks', () => {
  const whole = reducedTo(all.length).study;

  it('is the same study at the other end wherever it was cut, and goes on from there', () => {
    fc.assert(
      fc.property(position, position, fc.integer({ min: 1, max: 70 }), (from, until, perBlock) => {
        expect(plain(received(from, Math.max(from, until), perBlock).study)).toEqual(plain(whole));
      }),
      { numRuns: 60 },
    );
  });

  it('is sent on by who received it', () => {
    const outgoing = new OutgoingStudy(received(all.length, all.length, 16), 16);
    const incoming = new IncomingStudy(structuredClone(outgoing.first));
    for (let index = 0; index < outgoing.first.blocks; index++) incoming.add(outgoing.block(index));
    expect(plain(incoming.reducer.study)).toEqual(plain(whole));
  });

  it('shows the same in tables, and has the same best trial', () => {
    const { study } = received(all.length, all.length, 16);
    const columns = columnsOf(whole);
    expect(columnsOf(study)).toEqual(columns);
    expect(bestTrial(study)?.number).toBe(bestTrial(whole)?.number);
    study.trials.forEach((trial, number) => {
      const own = whole.trials[number]!;
      expect(columns.map((column) => cellOf(trial, column, 0))).toEqual(
        columns.map((column) => cellOf(own, column, 0)),
      );
      expect(durationOf(trial, 0)).toBe(durationOf(own, 0));
      expect(reportCount(trial)).toBe(own.reports.length);
      expect(metricOf(trial, 'loss')).toBe(metricOf(own, 'loss'));
    });
  });

  it('merges runs of the same point as before', () => {
    const repeated = all.map((record): JournalRecord => {
      if (record.op_code !== Op.setTrialUserAttr || record.trial_id % 5 !== 2) return record;
      const suggestion = record.user_attr[Attr.suggestion];
      if (typeof suggestion !== 'object' || suggestion === null) return record;
      const repeat = { ...suggestion, repeatOf: record.trial_id - 1 };
      return { ...record, user_attr: { [Attr.suggestion]: repeat } };
    });
    const reducer = new StudyReducer();
    for (const record of repeated) reducer.apply(record);
    const outgoing = new OutgoingStudy(reducer);
    const incoming = new IncomingStudy(outgoing.first);
    incoming.add(outgoing.block(0));
    const merged = mergedTrials(reducer.study.trials);
    expect(merged.length).toBeLessThan(reducer.study.trials.length);
    expect(plain(mergedTrials(incoming.reducer.study.trials))).toEqual(plain(merged));
  });
});
