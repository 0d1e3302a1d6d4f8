import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/core/study/journal-line.js';
import type { JournalRecord } from '../../src/core/study/records.js';
import { StudyReducer } from '../../src/core/study/reduce.js';
import { metricOf, reportCount } from '../../src/core/study/table.js';
import { packStudy, unpackStudy } from '../../src/core/study/transfer.js';
import { sampleJournal } from '../webview/support/sample-study.js';

describe('a study as one message', () => {
  const lines = sampleJournal({ trials: 60, running: 2 });
  const reducer = (upTo: number): StudyReducer => {
    const made = new StudyReducer();
    for (const line of lines.slice(0, upTo)) made.apply(parseJson(line) as JournalRecord);
    return made;
  };

  it('is the same study at the other end, and goes on from there', () => {
    const half = Math.floor(lines.length / 2);
    const received = unpackStudy(structuredClone(packStudy(reducer(half))));
    for (const line of lines.slice(half)) received.apply(parseJson(line) as JournalRecord);
    const [mine, theirs] = [received.study, reducer(lines.length).study];
    expect(mine.seq).toBe(theirs.seq);
    expect(JSON.parse(JSON.stringify(mine))).toEqual(JSON.parse(JSON.stringify(theirs)));
  });

  it('tells the last value without unpacking every report', () => {
    const { study } = unpackStudy(packStudy(reducer(lines.length)));
    for (const trial of study.trials) {
      expect(reportCount(trial)).toBe(trial.reports.length);
      expect(metricOf({ ...trial }, 'loss')).toBe(metricOf(trial, 'loss'));
    }
  });
});
