/** A study of ours as a journal of Optuna: what it says, and that Optuna loads it and goes on. */
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { optunaJournal } from '../../src/core/exchange/to-optuna.js';
import type { Space } from '../../src/core/space/parameter.js';
import type { JournalRecord } from '../../src/core/study/journal/records.js';
import { StudyReducer } from '../../src/core/study/journal/reduce.js';
import {
  askRecords,
  attributesRecord,
  environmentRecord,
  marksRecord,
  reportRecord,
  requeueRecords,
  studyRecords,
  tellRecords,
} from '../../src/core/study/journal/write.js';
import type { Study } from '../../src/core/study/trial.js';
import { project } from './support/engine.js';
import { FIXTURES, reopened, versions } from './support/optuna.js';

const SPACE: Space = {
  x: { type: 'float', low: 0, high: 1 },
  y: { type: 'float', low: 1e-3, high: 1, log: true },
  kind: { type: 'categorical', choices: ['a', [64, 32]] },
  z: { type: 'int', low: 1, high: 9, when: { param: 'kind', in: ['a'] } },
};
const at = (second: number): string => `2026-11-20T15:00:${String(second).padStart(2, '0')}.000000+00:00`;

/** Trials in every state, with everything a trial can have. */
function sample(): Study {
  const worker = 'test';
  const baseline = { x: 0.5, y: 0.01, kind: 'a', z: 3 };
  const records: JournalRecord[] = [
    ...studyRecords(worker, {
      name: 'sample',
      objectives: [{ metric: 'score', direction: 'maximize' }],
      space: SPACE,
      settings: { sampler: 'auto', pruner: 'median', seed: 7, stop: { trials: 9 } },
      config: { file: '/a.yaml', text: 'x: 0.5 # é' },
      baseline,
    }),
    environmentRecord(worker, { id: 'here', at: at(0), facts: { node: '20' } }),
  ];
  const ask = (trial: number, params: Study['baseline']) =>
    records.push(
      ...askRecords(worker, SPACE, { params, sampler: 'random', reason: `draw ${trial}` }, 8, at(trial)),
    );
  ask(0, baseline);
  records.push(
    attributesRecord(worker, 0, { seed: 3, versions: { core: '4.22' } }),
    reportRecord(worker, 0, 1, { score: -1.5, loss: Number.NaN }, 'score'),
    reportRecord(worker, 0, 2, { score: Number.NaN, loss: 0.25 }, 'score'),
    ...tellRecords(
      worker,
      0,
      { state: 'complete', objectives: [-1], values: { score: -1, loss: 0.5 } },
      at(10),
    ),
  );
  ask(1, { x: 0.25, y: 0.5, kind: [64, 32] });
  records.push(
    reportRecord(worker, 1, 1, { score: -9 }, 'score'),
    ...tellRecords(
      worker,
      1,
      { state: 'pruned', objectives: [-9], values: { score: -9 }, reason: 'worse than the median' },
      at(11),
    ),
  );
  ask(2, { x: 1, y: 1, kind: 'a', z: 9 });
  records.push(
    ...tellRecords(
      worker,
      2,
      { state: 'failed', values: { score: Number.NaN }, reason: 'score is NaN' },
      at(12),
    ),
  );
  ask(3, { x: 0.75, y: 0.1, kind: [64, 32] });
  ask(4, { x: 0.125, y: 0.1, kind: 'a', z: 1 });
  records.push(...requeueRecords(worker, 4, 'interrupted'));
  records.push(marksRecord(worker, 0, { note: 'é'.repeat(3000), tags: ['a'], starred: true }));
  const reducer = new StudyReducer();
  for (const record of records) reducer.apply(record);
  return reducer.study;
}

describe('export to an Optuna journal', () => {
  it('comes back with every trial as it was; one that ran waits', () => {
    const study = sample();
    const back = reopened(optunaJournal(study));
    for (const key of ['name', 'objectives', 'space', 'settings', 'config', 'baseline'] as const) {
      expect(back[key]).toEqual(study[key]);
    }
    const comparable = (trial: Study['trials'][number]) => {
      const { startedAt, ...rest } = trial;
      return rest;
    };
    expect(back.trials.slice(0, 3).map(comparable)).toEqual(study.trials.slice(0, 3).map(comparable));
    expect(back.trials[0]?.startedAt).toBe(at(0));
    expect(back.trials.slice(3)).toMatchObject([
      { state: 'waiting', params: study.trials[3]?.params },
      { state: 'waiting', params: study.trials[4]?.params },
    ]);
  });

  it("writes what the reader of the dashboard's VS Code extension shows: names last, reports by themselves, no null", () => {
    const lines = optunaJournal(sample()).trim().split('\n');
    expect(lines.at(-1)).toContain('"study:metric_names":["score"]');
    const of = (code: number, trial: number) =>
      lines.filter((line) => line.startsWith(`{"op_code":${code},`) && line.includes(`"trial_id":${trial},`));
    const created = lines.filter((line) => line.startsWith('{"op_code":4,'));
    expect(created[0]).toContain('"loss":0.5');
    expect(created[0]).not.toContain('null,"values"');
    expect(of(7, 0).map((line) => line.slice(line.indexOf('"step"')))).toEqual([
      '"step":1,"intermediate_value":-1.5,"metrics":{"loss":NaN}}',
      '"step":2,"intermediate_value":NaN,"metrics":{"loss":0.25}}',
    ]);
    expect(of(6, 0)[0]).toContain(`"state":1,"values":[-1],"datetime_start":"${at(0)}"`);
    // Without reports one line says it all, and says no value that there is not.
    expect(created[2]).toContain('"state":3');
    expect(created[2]).not.toMatch(/"values?":/);
    // Importances are drawn of what every trial has: one that waits has its parameters, as well as what is fixed.
    expect(created[3]).toContain('"params":{"x":0.75,"y":0.1,"kind":1}');
    expect(created[3]).toContain('"fixed_params":{"x":0.75,"y":0.1,"kind":"[64,32]"}');
  });
});

// Set up by `npm run setup:python`, on which CI may rely: there its absence is a failure.
it.runIf(process.env.CI)('has an Optuna to ask', () => expect(versions).not.toEqual([]));

describe.skipIf(versions.length === 0)('Optuna itself', () => {
  it.each(versions)(
    '$version loads an exported study, takes the waiting trials first, and goes on',
    async ({ program }) => {
      const folder = await project({});
      const file = join(folder, 'exported.log');
      await writeFile(file, optunaJournal(sample()));
      const { stdout, stderr, status } = spawnSync(program, [join(FIXTURES, 'resume.py'), file, '4'], {
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      expect(status).toBe(0);
      const said = JSON.parse(stdout);
      expect(said).toMatchObject({ name: 'sample', directions: ['MAXIMIZE'] });
      expect(said.before).toMatchObject([
        {
          state: 'COMPLETE',
          values: [-1],
          params: { x: 0.5, y: 0.01, kind: 'a', z: 3 },
          intermediate: { 1: -1.5, 2: 'nan' },
          attributes: { loss: 0.5, seed: 3, sampler: 'random', why: 'draw 0' },
        },
        {
          state: 'PRUNED',
          params: { x: 0.25, y: 0.5, kind: '[64,32]' },
          attributes: { reason: 'worse than the median' },
        },
        { state: 'FAIL', values: null },
        { state: 'WAITING' },
        { state: 'WAITING' },
      ]);
      expect(said.after).toHaveLength(7);
      expect(said.after[3]).toMatchObject({
        state: 'COMPLETE',
        params: { x: 0.75, y: 0.1, kind: '[64,32]' },
      });
      expect(said.after[4]).toMatchObject({
        state: 'COMPLETE',
        params: { x: 0.125, y: 0.1, kind: 'a', z: 1 },
      });

      // What it wrote we read back, its own trials with ours.
      const back = reopened(await readFile(file, 'utf8'));
      expect(back.trials.map(({ state }) => state)).toEqual([
        'complete',
        'pruned',
        'failed',
        ...Array.from({ length: 4 }, () => 'complete'),
      ]);
      expect(back.trials[3]?.params.kind).toEqual([64, 32]);
      expect(back.trials[6]?.objectives?.[0]).toBeCloseTo(said.after[6].values[0], 12);
    },
    120_000,
  );
});
