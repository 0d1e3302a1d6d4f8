/** Lines that no checksum can mend come back from a snapshot, or count as lost: never as something else. */
import { describe, expect, it } from 'vitest';
import { printLine } from '../../src/core/study/journal/line.js';
import { type MendedLine, mendLines } from '../../src/core/study/journal/mend.js';
import type { JournalRecord } from '../../src/core/study/journal/records.js';
import { StudyReducer } from '../../src/core/study/journal/reduce.js';
import { restoreLines } from '../../src/core/study/journal/restore.js';
import { attributesRecord, environmentRecord, marksRecord } from '../../src/core/study/journal/write.js';
import type { Study } from '../../src/core/study/trial.js';
import { simulate } from './support/simulated.js';

const W = 'sweetspot-1';
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const GARBAGE = Buffer.from('\u0001 nothing that anybody could read');

const studyOf = (lines: readonly MendedLine[]): Study => {
  const reducer = new StudyReducer();
  for (const line of lines) if (line.kind !== 'lost') reducer.apply(line.record);
  return reducer.study;
};
/** Without what counts records and milliseconds. */
const shown = ({ seq: _, elapsedMs: __, ...study }: Study) => JSON.parse(JSON.stringify(study));

async function journal(): Promise<readonly JournalRecord[]> {
  const { records } = await simulate({
    sweep: [
      'train: ./train.js',
      'metric: {name: loss, goal: minimize}',
      'sampler: random',
      'pruner: {name: median, startupTrials: 2}',
      'stop: {trials: 7}',
    ],
    space: ['x: 0.5   # @tune float(0, 1)', 'kind: a  # @tune choice(a, b)'],
    workers: 3,
    steps: 4,
    metrics: ({ x = 0 }, step, trial) => ({ loss: Number(x) + 1 / (step + trial), seconds: step / 7 }),
  });
  const first = records.findIndex(({ op_code }) => op_code === 4);
  const environment = { id: 'e1', at: '2026-11-21T09:00:00.000000+00:00', facts: { node: '20' } };
  return [
    ...records.slice(0, first),
    environmentRecord(W, environment),
    ...records.slice(first, first + 1),
    attributesRecord(W, 0, { backend: 'embedded', seed: 3 }),
    ...records.slice(first + 1),
    marksRecord(W, 1, { starred: true, note: 'why not' }),
  ];
}

describe('a journal beside its snapshot', () => {
  it('gets back nearly every line that is lost, and is left alone where it cannot', async () => {
    const bytes = (await journal()).map((record) => Buffer.from(printLine(record).trimEnd()));
    const whole = studyOf(mendLines(bytes, text));
    const expected = shown(whole);
    const left: number[] = [];
    for (const at of bytes.keys()) {
      const found = mendLines(bytes.with(at, GARBAGE), text);
      const lines = restoreLines(found, bytes.length, whole, text);
      if (lines === found) left.push(at);
      else expect(shown(studyOf(lines))).toEqual(expected);
    }
    // What the study does not keep (its status then, say) needs no restoring, so nothing is left to be lost.
    expect(left).toEqual([]);
  });

  it('gets back what ten lines in a row said, trials that began there included', async () => {
    const bytes = (await journal()).map((record) => Buffer.from(printLine(record).trimEnd()));
    const whole = studyOf(mendLines(bytes, text));
    for (let from = 0; from + 10 <= bytes.length; from += 7) {
      const damaged = bytes.map((line, at) => (at >= from && at < from + 10 ? GARBAGE : line));
      const found = mendLines(damaged, text);
      const lines = restoreLines(found, bytes.length, whole, text);
      if (lines !== found) expect(shown(studyOf(lines))).toEqual(shown(whole));
    }
  });

  it('takes nothing from the snapshot of another study', async () => {
    const bytes = (await journal()).map((record) => Buffer.from(printLine(record).trimEnd()));
    const other = (await journal()).map((record) =>
      record.op_code === 7 ? { ...record, intermediate_value: record.intermediate_value + 1 } : record,
    );
    const snapshot = studyOf(
      mendLines(
        other.map((record) => Buffer.from(printLine(record).trimEnd())),
        text,
      ),
    );
    const found = mendLines(bytes.with(30, GARBAGE), text);
    expect(restoreLines(found, bytes.length, snapshot, text)).toBe(found);
  });

  it('keeps what came after the snapshot', async () => {
    const records = await journal();
    const bytes = records.map((record) => Buffer.from(printLine(record).trimEnd()));
    const known = bytes.length - 12;
    const snapshot = studyOf(mendLines(bytes.slice(0, known), text));
    const lines = restoreLines(mendLines(bytes.with(25, GARBAGE), text), known, snapshot, text);
    expect(shown(studyOf(lines))).toEqual(shown(studyOf(mendLines(bytes, text))));
  });
});
