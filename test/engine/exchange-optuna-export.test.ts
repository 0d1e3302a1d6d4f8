/** A study of ours as a journal and as a database of Optuna: what they say, and that Optuna loads them and goes on. */
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from 'sql.js';
import { describe, expect, it } from 'vitest';
import { viewForeign } from '../../src/core/exchange/foreign-study.js';
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
import { openForeign } from '../../src/engine/exchange/open-foreign.js';
import { optunaDatabase } from '../../src/engine/exchange/optuna-database.js';
import { sqlite } from '../../src/engine/exchange/sqlite.js';
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

describe('export to a database of Optuna', () => {
  it('says what the journal says', async () => {
    const study = sample();
    const file = join(await project({}), 'exported.db');
    await writeFile(file, await optunaDatabase(study));
    expect(await opened(file)).toEqual(reopened(optunaJournal(study)));
  });

  it('has the tables, columns and indexes that Optuna 5 makes', async () => {
    const { Database } = await sqlite();
    const ours = shapeOf(new Database(await optunaDatabase(sample())));
    const theirs = shapeOf(new Database(await readFile(join(FIXTURES, 'optuna-5.db'))));
    expect(ours).toEqual(theirs);
  });

  it('keeps every objective, under the names that the VS Code extension of the dashboard reads', async () => {
    const study = sample();
    const second = { metric: 'loss', direction: 'minimize' } as const;
    const both: Study = {
      ...study,
      objectives: [...study.objectives, second],
      trials: study.trials.map((trial) =>
        trial.objectives ? { ...trial, objectives: [...trial.objectives, Number.NEGATIVE_INFINITY] } : trial,
      ),
    };
    const { Database } = await sqlite();
    const database = new Database(await optunaDatabase(both));
    const all = (query: string) => database.exec(query)[0]?.values;
    expect(all('SELECT direction, objective FROM study_directions')).toEqual([
      ['MAXIMIZE', 0],
      ['MINIMIZE', 1],
    ]);
    expect(
      all("SELECT value_json FROM study_system_attributes WHERE key = 'dashboard:objective_names'"),
    ).toEqual([['["score","loss"]']]);
    expect(
      all('SELECT objective, value, value_type FROM trial_values WHERE trial_id = 0 ORDER BY objective'),
    ).toEqual([
      [0, -1, 'FINITE'],
      [1, null, 'INF_NEG'],
    ]);
  });
});

async function opened(file: string): Promise<Study> {
  const studies = await openForeign(file);
  if (typeof studies === 'string' || !studies[0]) throw new Error(String(studies));
  return viewForeign(studies[0]).study;
}

/** By table: the revision of the schema, names and kinds of columns and their keys, and names of indexes. */
function shapeOf(database: Database): object {
  const rows = (query: string) => database.exec(query)[0]?.values ?? [];
  const names = (type: string) =>
    rows(`SELECT name FROM sqlite_master WHERE type = '${type}' AND sql IS NOT NULL ORDER BY name`).flat();
  return {
    revision: rows('SELECT version_num FROM alembic_version'),
    versions: rows('SELECT * FROM version_info'),
    indexes: names('index'),
    tables: names('table').map((name) => ({
      name,
      columns: rows(`SELECT name, type, "notnull", pk FROM pragma_table_info('${name}')`),
      foreign: rows(`SELECT "table", "from", "to" FROM pragma_foreign_key_list('${name}')`),
      unique: rows(
        `SELECT columns.name FROM pragma_index_list('${name}') AS lists, pragma_index_info(lists.name) AS columns WHERE lists."unique" ORDER BY columns.name`,
      ),
    })),
  };
}

// Set up by `npm run setup:python`, on which CI may rely: there its absence is a failure.
it.runIf(process.env.CI)('has an Optuna to ask', () => expect(versions).not.toEqual([]));

describe.skipIf(versions.length === 0)('Optuna itself', () => {
  it.each(versions.flatMap((python) => ['log', 'db'].map((ending) => ({ ...python, ending }))))(
    '$version loads an exported .$ending, takes the waiting trials first, and goes on',
    async ({ program, version, ending }) => {
      const folder = await project({});
      const file = join(folder, `exported.${ending}`);
      const study = sample();
      await writeFile(file, ending === 'log' ? optunaJournal(study) : await readableIn(version, study));
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
      const back = await opened(file);
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

/** Optuna before 3.2 wants the revision before; the two differ in one index. */
async function readableIn(version: string, study: Study): Promise<Uint8Array> {
  const bytes = await optunaDatabase(study);
  if (!/^3\.[01]\./.test(version)) return bytes;
  const { Database } = await sqlite();
  const database = new Database(bytes);
  database.run("UPDATE alembic_version SET version_num = 'v3.0.0.d'");
  return database.export();
}
