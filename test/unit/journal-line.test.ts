import { describe, expect, it } from 'vitest';
import { parseJson, parseLine, printJson, printLine } from '../../src/core/study/journal/line.js';
import type { JournalRecord } from '../../src/core/study/journal/records.js';

const record: JournalRecord = {
  op_code: 7,
  worker_id: 'sweetspot-1 "NaN" é☃\n',
  trial_id: 3,
  step: 1,
  intermediate_value: Number.NaN,
  metrics: { a: Number.POSITIVE_INFINITY, b: Number.NEGATIVE_INFINITY, c: -0.1 },
};

describe('a journal line', () => {
  it('comes back as it went, non-finite numbers and odd text included', () => {
    const line = printLine(record);
    expect(line.endsWith('\n')).toBe(true);
    expect(line.trimEnd().includes('\n')).toBe(false);
    expect(parseLine(line.trimEnd())).toEqual({ kind: 'record', record });
  });

  it('writes non-finite numbers as bare tokens, as Python does', () => {
    expect(printJson({ x: [Number.NaN, Infinity, -Infinity], s: 'NaN' })).toBe(
      '{"x":[NaN,Infinity,-Infinity],"s":"Na\\u004e"}',
    );
    expect(parseJson('{"x":[NaN,Infinity,-Infinity],"s":"say \\"NaN, Infinity"}')).toEqual({
      x: [Number.NaN, Infinity, -Infinity],
      s: 'say "NaN, Infinity',
    });
  });

  it('reads each of those tokens where it stands alone', () => {
    expect(parseJson('[NaN]')).toEqual([Number.NaN]);
    expect(parseJson('[Infinity]')).toEqual([Infinity]);
    expect(parseJson('[-Infinity]')).toEqual([-Infinity]);
    expect(() => parseJson('[nan]')).toThrow(SyntaxError);
  });

  it('leaves the words as they are in texts where no number is one of them', () => {
    expect(printJson({ s: 'NaN or Infinity', x: [1, { y: 2 }] })).toBe(
      '{"s":"NaN or Infinity","x":[1,{"y":2}]}',
    );
  });

  it('is found out when any one byte of it is changed', () => {
    const line = printLine(record).trimEnd();
    const survivors: string[] = [];
    for (let i = 0; i < line.length; i++) {
      const broken = line.slice(0, i) + String.fromCharCode(line.charCodeAt(i) ^ 1) + line.slice(i + 1);
      const parsed = parseLine(broken);
      if (parsed.kind === 'record' && JSON.stringify(parsed.record) !== JSON.stringify(record))
        survivors.push(broken);
    }
    expect(survivors).toEqual([]);
  });

  it('is accepted without a checksum, as Optuna writes it', () => {
    const line = '{"op_code":0,"worker_id":"w","study_name":"demo","directions":[1]}';
    expect(parseLine(line)).toMatchObject({ kind: 'record', record: { study_name: 'demo' } });
  });

  it.each(['', '{', '[]', '42', 'null', '{"a":1}', '{"op_code":"7"}'])('is damaged: %j', (line) => {
    expect(parseLine(line).kind).toBe('damaged');
  });
});
