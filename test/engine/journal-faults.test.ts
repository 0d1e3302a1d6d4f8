/** What happens to a journal when its bytes do not stay as they were written: detected always, repaired where possible. */
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/core/json.js';
import { parseJson } from '../../src/core/study/journal/line.js';
import type { JournalRecord } from '../../src/core/study/journal/records.js';
import { StudyReducer } from '../../src/core/study/journal/reduce.js';
import {
  askRecords,
  marksRecord,
  reportRecord,
  studyRecords,
  tellRecords,
} from '../../src/core/study/journal/write.js';
import type { Study } from '../../src/core/study/trial.js';
import { Journal, JournalError, loadJournal } from '../../src/engine/journal/journal.js';
import { repairJournal } from '../../src/engine/journal/repair.js';
import { readSnapshot, writeSnapshot } from '../../src/engine/journal/snapshot.js';
import { project } from './support/engine.js';

const W = 'sweetspot-7';
const AT = '2026-11-21T09:00:00.000000+00:00';
const space = { x: { type: 'float', low: 0, high: 1 } } as const;

function sample(trials: number, reports: number): readonly JournalRecord[] {
  const started = {
    name: 'größe',
    objectives: [{ metric: 'loss', direction: 'minimize' }],
    space,
    settings: { sampler: 'random', pruner: 'none', seed: 0, stop: {} },
    config: { file: 'a.yaml', text: 'x: 0.5 # J*j\n' },
    baseline: { x: 0.5 },
  } as const;
  const records = [...studyRecords(W, started)];
  for (let k = 0; k < trials; k++) {
    const suggestion = { params: { x: k / trials }, sampler: 'random', reason: 'drawn at random' };
    records.push(...askRecords(W, space, suggestion, records.length, AT));
    for (let step = 1; step <= reports; step++) {
      records.push(
        reportRecord(W, k, step, { loss: Math.sqrt(k + step), ...(k % 3 ? {} : { acc: 1 / step }) }, 'loss'),
      );
    }
    const loss = Math.sqrt(k + reports);
    records.push(...tellRecords(W, k, { state: 'complete', objectives: [loss], values: { loss } }, AT));
  }
  records.push(marksRecord(W, 0, { excluded: 'wrong data', note: 'see "b"' }));
  return records;
}

async function written(records: readonly JournalRecord[]): Promise<{ file: string; bytes: Buffer }> {
  const file = join(await project({}), '.sweetspot', 'a.yaml', 'a.jsonl');
  const journal = await Journal.create(file);
  await journal.append(records);
  await journal.close();
  return { file, bytes: await readFile(file) };
}

/** The study, or undefined where the journal is refused. */
async function read(file: string): Promise<Study | undefined> {
  const reducer = new StudyReducer();
  try {
    await loadJournal(file, (record) => reducer.apply(record));
    return reducer.study;
  } catch (error) {
    if (error instanceof JournalError) return undefined;
    throw error;
  }
}

const shown = (study: Study | undefined): string => canonicalJson(JSON.parse(JSON.stringify(study ?? null)));

describe('a journal with one bit flipped', () => {
  it('is refused or read as it was written, whichever bit it is, and repaired to the very bytes', async () => {
    const { file, bytes } = await written(sample(1, 1));
    const expected = shown(await read(file));
    const wrong: string[] = [];
    for (let at = 0; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const broken = Buffer.from(bytes);
        broken[at] = (broken[at] as number) ^ (1 << bit);
        await writeFile(file, broken);
        const study = await read(file);
        if (study && shown(study) !== expected) wrong.push(`${at}.${bit} read differently`);
        const last = at === bytes.length - 1;
        if (!study && last) wrong.push(`${at}.${bit} refused`);
        if (study || (at * 8 + bit) % 5 > 0) continue;
        const repair = await repairJournal(file);
        const whole = repair.kind === 'repaired' && repair.lost.length === 0 && repair.mended > 0;
        if (!whole || !bytes.equals(await readFile(file))) wrong.push(`${at}.${bit} not repaired`);
      }
    }
    expect(wrong).toEqual([]);
  }, 120_000);
});

describe('a damaged journal', () => {
  it('is refused even where only its last line is, since that line was acknowledged', async () => {
    const { file, bytes } = await written(sample(2, 2));
    const at = bytes.length - 30;
    bytes.write('########', at);
    await writeFile(file, bytes);
    await expect(loadJournal(file, () => undefined)).rejects.toThrow(
      /a\.jsonl:\d+: the line is damaged.*sweetspot repair \S*a\.yaml --study a$/,
    );
    expect(await readFile(file)).toEqual(bytes);
  });

  it('loses but what cannot be mended, and keeps a copy and the numbers of the trials', async () => {
    const { file, bytes } = await written(sample(4, 2));
    const before = (await read(file)) as Study;
    const lines = bytes.toString('utf8').split('\n');
    const created = lines.flatMap((line, i) => (line.startsWith('{"op_code":4') ? [i] : []));
    lines[created[1] as number] = '\u0001 nothing that anybody could read';
    const damaged = lines.join('\n');
    await writeFile(file, damaged);
    const repair = await repairJournal(file);
    if (repair.kind !== 'repaired') throw new Error(repair.kind);
    expect(repair.trials).toEqual([1]);
    expect(repair.lost).toHaveLength(1);
    expect(await readFile(repair.copy, 'utf8')).toBe(damaged);
    const after = (await read(file)) as Study;
    expect(after.trials).toHaveLength(4);
    expect(after.trials[1]).toMatchObject({ state: 'failed', reason: expect.stringContaining('lost') });
    for (const k of [0, 2, 3])
      expect(JSON.stringify({ ...after, trials: [after.trials[k] as never] })).toContain(
        JSON.stringify(before.trials[k]?.params),
      );
    expect(after.trials[3]?.objectives).toEqual(before.trials[3]?.objectives);
  });

  it('is said to be sound where it is', async () => {
    const { file } = await written(sample(1, 1));
    expect(await repairJournal(file)).toEqual({ kind: 'sound' });
    expect(await readdir(dirname(file))).toEqual(['a.jsonl']);
  });
});

describe('journals of earlier versions', () => {
  const folder = join(import.meta.dirname, '../fixtures/journals');

  it.each(['format-1', 'format-1-one-line'])('%s is read as on the day it was written', async (name) => {
    const study = JSON.parse(
      JSON.stringify(await read(join(folder, `${name}.jsonl`)), (_key, value) =>
        typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
      ),
    );
    expect(study).toMatchObject(JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')));
  });
});

describe('a snapshot', () => {
  async function big() {
    const made = await written(sample(900, 9));
    const reducer = new StudyReducer();
    const loaded = await loadJournal(made.file, (record) => reducer.apply(record));
    await writeSnapshot(made.file, reducer, loaded);
    const expected = shown(reducer.study);
    return { ...made, expected, snapshot: join(dirname(made.file), 'a', 'snapshot'), loaded };
  }

  it('gives the same study as the journal, and what came after it besides', async () => {
    const { file, expected, loaded } = await big();
    const restored = await readSnapshot(file);
    if (!restored) throw new Error('there is no snapshot');
    expect(shown(restored.reducer.study) === expected).toBe(true);
    expect(restored.since.goodBytes).toBe(loaded.goodBytes);
    const journal = await Journal.continue(file, loaded);
    await journal.append([marksRecord(W, 1, { starred: true })]);
    await journal.close();
    const since = await readSnapshot(file);
    await loadJournal(file, (record) => since?.reducer.apply(record), since?.since);
    expect(since?.reducer.study.trials[1]?.marks).toEqual({ starred: true });
    expect(shown(since?.reducer.study) === shown(await read(file))).toBe(true);
  });

  it('is passed over when it is cut, changed, or of another journal', async () => {
    const { file, snapshot, bytes } = await big();
    const whole = await readFile(snapshot);
    for (const length of [0, 10, 500, whole.length - 1]) {
      await writeFile(snapshot, whole.subarray(0, length));
      expect(await readSnapshot(file)).toBeUndefined();
    }
    for (let at = 0; at < whole.length; at += 9973) {
      const broken = Buffer.from(whole);
      broken[at] = (broken[at] as number) ^ 4;
      await writeFile(snapshot, broken);
      const restored = await readSnapshot(file);
      if (restored && at > whole.indexOf(10)) throw new Error(`byte ${at} went unnoticed`);
    }
    await writeFile(snapshot, whole);
    await writeFile(file, bytes.subarray(0, bytes.length - 10));
    expect(await readSnapshot(file)).toBeUndefined();
    const other = await written(sample(901, 9));
    await mkdir(join(dirname(other.file), 'a'));
    await copyFile(snapshot, join(dirname(other.file), 'a', 'snapshot'));
    expect(await readSnapshot(other.file)).toBeUndefined();
  });
});

describe('numbers in a journal', () => {
  it('come back to the last bit', async () => {
    const numbers = [
      0,
      -0,
      5e-324,
      Number.MAX_VALUE,
      0.1 + 0.2,
      123456789012345,
      1e21,
      -1.5e-7,
      1e22,
      0.000001,
      1 / 3,
    ];
    numbers.push(...Array.from({ length: 500 }, (_, k) => Math.sin(k) * 10 ** ((k % 40) - 20)));
    const reports = numbers.map((value, k) => reportRecord(W, 0, k + 1, { loss: value }, 'loss'));
    const { file } = await written(reports);
    const values: number[] = [];
    await loadJournal(file, (record) =>
      values.push(record.op_code === 7 ? record.intermediate_value : Number.NaN),
    );
    expect(values.map((value) => (Object.is(value, -0) ? 0 : value))).toEqual(
      numbers.map((value) => (value === 0 ? 0 : value)),
    );
    expect(parseJson('1e400')).toBe(Number.POSITIVE_INFINITY);
  });
});
