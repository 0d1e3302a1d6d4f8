/** Optuna's files in both directions: its journal and database opened and continued, ours loaded and resumed by it. */
import { spawnSync } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ForeignStudy, viewForeign } from '../../src/core/exchange/foreign-study.js';
import { readOptunaJournal } from '../../src/core/exchange/optuna-journal.js';
import { foreignOfOptuna } from '../../src/core/exchange/optuna-study.js';
import { optunaJournal } from '../../src/core/exchange/to-optuna.js';
import type { Space } from '../../src/core/space/parameter.js';
import { bestTrial } from '../../src/core/study/best.js';
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
import { bundle, project } from './support/engine.js';

const FIXTURES = resolve(import.meta.dirname, '../fixtures/optuna');
const cli = (folder: string, ...args: string[]) =>
  spawnSync(process.execPath, [bundle('cli.js'), ...args], { cwd: folder, encoding: 'utf8' });

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
      ...askRecords(
        worker,
        trial,
        SPACE,
        { params, sampler: 'random', reason: `draw ${trial}` },
        8,
        at(trial),
      ),
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

const reopened = (journal: string): Study => {
  const studies = readOptunaJournal(journal);
  if (typeof studies === 'string' || !studies[0]) throw new Error(String(studies));
  return viewForeign(foreignOfOptuna(studies[0])).study;
};

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
  });
});

/** Every Python here that has Optuna. `SWEETSPOT_TEST_PYTHON` names another. */
const pythons = [process.env.SWEETSPOT_TEST_PYTHON, 'python3', '/usr/bin/python3'].flatMap((program) => {
  if (program === undefined) return [];
  const said = spawnSync(program, ['-W', 'ignore', '-c', 'import optuna; print(optuna.__version__)'], {
    encoding: 'utf8',
  });
  return said.status === 0 ? [{ program, version: said.stdout.trim() }] : [];
});
const versions = [...new Map(pythons.map((python) => [python.version, python])).values()];

if (versions.length === 0) {
  console.warn(
    '\n  NOT TESTED: no Python here has Optuna. npm run setup:python, or name one in SWEETSPOT_TEST_PYTHON.\n',
  );
}

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

interface Written {
  /** Of the study with a constraint. */
  readonly best: number;
  readonly studies: Readonly<
    Record<
      string,
      readonly {
        readonly state: string;
        readonly params: Readonly<Record<string, unknown>>;
        readonly values: readonly string[] | null;
        readonly reports: Readonly<Record<string, string>>;
      }[]
    >
  >;
}

describe.skipIf(versions.length === 0)('what Optuna writes', () => {
  it.each(versions)(
    '$version, journal and database, is read as it reads it: every distribution, every state, odd numbers',
    async ({ program }) => {
      const folder = await project({});
      const { stdout, stderr } = spawnSync(program, [join(FIXTURES, 'write.py'), folder], {
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      const python = (number: number): string => (Number.isNaN(number) ? 'nan' : number > 0 ? 'inf' : '-inf');
      const same = (text: string, number: number): boolean =>
        Number.isFinite(number) ? Number(text) === number : text === python(number);
      for (const [file, { best, studies }] of Object.entries(JSON.parse(stdout) as Record<string, Written>)) {
        const read = await openForeign(join(folder, file));
        if (typeof read === 'string') throw new Error(read);
        const views = new Map(read.map((one) => [one.name, viewForeign(one).study]));
        expect([...views.keys()]).toEqual(Object.keys(studies));
        for (const [name, trials] of Object.entries(studies)) {
          const view = views.get(name)!;
          const state = (one: string) => (one === 'FAIL' ? 'failed' : one.toLowerCase());
          expect(view.trials.map((trial) => trial.state)).toEqual(trials.map((trial) => state(trial.state)));
          for (const [number, { params, values, reports }] of trials.entries()) {
            const trial = view.trials[number]!;
            if (trial.state !== 'waiting') expect(trial.params).toEqual(params);
            expect(trial.objectives === undefined).toBe(values === null);
            expect(trial.objectives?.every((one, index) => same(values?.[index] ?? '', one)) ?? true).toBe(
              true,
            );
            expect(trial.reports.map(({ step }) => String(step))).toEqual(Object.keys(reports));
            expect(trial.reports.every(({ step, value }) => same(reports[step] ?? '', value))).toBe(true);
          }
        }
        expect(views.get('one')?.space.x).toEqual({ type: 'float', low: 0, high: 2 });
        expect(bestTrial(views.get('kept')!)?.number).toBe(best);
      }
    },
    120_000,
  );
});

describe('a live journal of ours', () => {
  it('is opened like one of Optuna, every metric of every step with it', async () => {
    const folder = await project({
      'a.yaml':
        '# @sweep\n#   train: ./train.js\n#   metric: {name: score, goal: maximize}\n#   stop: {trials: 3}\nx: 0.5 # @tune float(0, 1)\n',
      'train.js':
        'export default async ({ x }, trial) => { await trial.report(1, { score: x, loss: 1 - x }); };',
    });
    cli(folder, 'run', 'a.yaml');
    const own = cli(folder, 'list', 'a.yaml', '--json').stdout;
    expect(cli(folder, 'list', '.sweetspot/a.yaml/a.jsonl', '--json').stdout).toBe(own);
    const [study] = (await openForeign(join(folder, '.sweetspot/a.yaml/a.jsonl'))) as readonly ForeignStudy[];
    expect(study?.trials[0]?.reports).toEqual([{ step: 1, value: 0.5, metrics: { score: 0.5, loss: 0.5 } }]);

    // Its name is the one that people gave it, which Optuna finds in the first line alone.
    const named = async (file: string) =>
      ((await openForeign(join(folder, '.sweetspot/a.yaml', file))) as readonly ForeignStudy[])[0]?.name;
    cli(folder, 'rename', 'a.yaml', 'a', 'first try');
    expect(await named('first try.jsonl')).toBe('first try');
    cli(folder, 'rename', 'a.yaml', 'first try', 'very first');
    cli(folder, 'duplicate', 'a.yaml', 'very first', 'copy');
    expect(await named('very first.jsonl')).toBe('very first');
    expect(await named('copy.jsonl')).toBe('copy');
    expect(JSON.parse(cli(folder, 'list', 'a.yaml', '--study', 'very first', '--json').stdout)).toHaveLength(
      3,
    );
    for (const { program } of versions) {
      const script =
        'import optuna,sys;from optuna.storages import *;print([s.study_name for s in optuna.get_all_study_summaries(JournalStorage(JournalFileStorage(sys.argv[1])))])';
      const { stdout } = spawnSync(
        program,
        ['-W', 'ignore', '-c', script, join(folder, '.sweetspot/a.yaml/very first.jsonl')],
        { encoding: 'utf8' },
      );
      expect(stdout).toBe("['very first']\n");
    }
  }, 120_000);
});

describe('a journal of Optuna 5', () => {
  it('is read by its rules: enqueued, pruned, failed, infinite; several studies; a deleted one is gone', async () => {
    const studies = await openForeign(join(FIXTURES, 'optuna-5.log'));
    if (typeof studies === 'string') throw new Error(studies);
    expect(studies.map(({ name }) => name)).toEqual(['demo', 'mo']);
    const [demo, both] = studies;
    expect(demo?.objectives).toEqual([{ metric: 'val_loss', direction: 'minimize' }]);
    expect(demo?.space).toMatchObject({
      lr: { type: 'float', low: 1e-5, high: 0.1, log: true },
      units: { type: 'int', low: 16, high: 128, step: 16 },
      drop: { type: 'float', step: 0.1 },
      opt: { type: 'categorical', choices: ['adam', 'sgd', null, true, 3, 2.5] },
    });
    expect(demo?.trials).toMatchObject([
      { state: 'complete', objectives: [0.8], params: { lr: 0.01, opt: 'adam', units: 80 } },
      { state: 'pruned', objectives: [Number.POSITIVE_INFINITY] },
      { state: 'failed' },
      { state: 'complete', objectives: [Number.POSITIVE_INFINITY] },
      { state: 'complete' },
    ]);
    expect(demo?.trials[0]?.reports.map(({ value }) => value)).toEqual([
      1,
      Number.NaN,
      Number.POSITIVE_INFINITY,
    ]);
    expect(demo?.trials[0]?.startedAt).toBe('2026-11-20T14:59:10.782000+00:00');
    expect(both?.objectives.map(({ direction }) => direction)).toEqual(['minimize', 'maximize']);
    expect(both?.trials.map(({ state }) => state)).toEqual(['complete', 'complete', 'failed']);
  });

  it('is shown by list, show and best; a last line without its end is passed over', async () => {
    const folder = await project({});
    const text = await readFile(join(FIXTURES, 'optuna-5.log'), 'utf8');
    await writeFile(join(folder, 'study.log'), `${text}{"op_code":4,"wor`);
    const trials = JSON.parse(cli(folder, 'list', 'study.log', '--study', 'demo', '--json').stdout);
    expect(trials.map(({ state }: { state: string }) => state)).toEqual([
      'complete',
      'pruned',
      'failed',
      'complete',
      'complete',
    ]);
    expect(JSON.parse(cli(folder, 'best', 'study.log', '--study', 'demo', '--json').stdout)).toMatchObject({
      trial: { number: 4 },
      baseline: null,
    });
    const { stderr, status } = cli(folder, 'list', 'study.log');
    expect(stderr).toContain('study.log holds several studies: demo, mo. Say which with --study.');
    expect(status).toBe(2);
  });

  it('names the line that is damaged', async () => {
    const folder = await project({
      'bad.log': '{"op_code":0,"worker_id":"w","study_name":"s","directions":[1]}\nnonsense\n',
    });
    expect(await openForeign(join(folder, 'bad.log'))).toBe(`${join(folder, 'bad.log')}: line 2 is not JSON`);
  });

  it('names the line that says what cannot be', async () => {
    const folder = await project({
      'bad.log':
        '{"op_code":0,"worker_id":"w","study_name":"s","directions":[1]}\n{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":null}\n{"op_code":5,"worker_id":"w","trial_id":0,"param_name":"x","param_value_internal":1,"distribution":"{"}\n',
    });
    expect(await openForeign(join(folder, 'bad.log'))).toMatch(/bad\.log: line 3 cannot be understood: /);
  });

  it('survives a second journey through our export', async () => {
    const studies = await openForeign(join(FIXTURES, 'optuna-5.log'));
    if (typeof studies === 'string' || !studies[0]) throw new Error('no study');
    const first = viewForeign(studies[0]).study;
    const second = reopened(optunaJournal(first));
    expect(
      second.trials.map(({ params, objectives, reports, state }) => ({ params, objectives, reports, state })),
    ).toEqual(
      first.trials.map(({ params, objectives, reports, state }) => ({ params, objectives, reports, state })),
    );
  });
});

describe("Optuna's database", () => {
  it('is read like its journal', async () => {
    const studies = await openForeign(join(FIXTURES, 'optuna-5.db'));
    if (typeof studies === 'string') throw new Error(studies);
    expect(studies.map(({ name }) => name)).toEqual(['demo', 'both']);
    expect(studies[0]?.trials).toMatchObject([
      { state: 'complete', objectives: [0.8], params: { lr: 0.01, opt: 'adam', units: 80 } },
      { state: 'pruned', objectives: [Number.POSITIVE_INFINITY] },
      { state: 'failed' },
      { state: 'complete', objectives: [Number.POSITIVE_INFINITY] },
      { state: 'complete' },
      { state: 'waiting', params: { lr: 0.02 } },
    ]);
    expect(studies[0]?.trials[0]?.reports.map(({ value }) => value)).toEqual([
      1,
      Number.NaN,
      Number.POSITIVE_INFINITY,
    ]);
    expect(studies[1]?.objectives.map(({ direction }) => direction)).toEqual(['minimize', 'maximize']);
  });

  it('of an old schema is refused with the command that upgrades it', async () => {
    const folder = await project({});
    const file = join(folder, 'old.db');
    await copyFile(join(FIXTURES, 'optuna-5.db'), file);
    const bytes = await readFile(file);
    // The one row of alembic_version.
    const where = bytes.indexOf('v3.2.0.a');
    bytes.write('v2.6.0.a', where);
    await writeFile(file, bytes);
    const { stderr, status } = cli(folder, 'list', 'old.db');
    expect(stderr).toContain('its schema is v2.6.0.a');
    expect(stderr).toContain('optuna storage upgrade --storage sqlite:///');
    expect(status).toBe(2);
  });
});

const CONFIG = `# @sweep
#   train: ./train.js
#   metric: {name: val_loss, goal: minimize}
#   stop: {trials: 7}
#   workers: 1
optimizer:
  lr: 1e-3       # @tune float(1e-5, 1e-1, log)
  name: adam     # @tune choice(adam, sgd)
units: 32        # @tune int(16, 128, step=16)
`;
const TRAIN = 'export default (config) => ({ val_loss: config.optimizer.lr * config.units });';

describe('sweetspot import', () => {
  it.each(['optuna-5.log', 'optuna-5.db'])(
    'begins a study with the trials of %s that fit, and goes on',
    async (file) => {
      const folder = await project({ 'a.yaml': CONFIG, 'train.js': TRAIN });
      await copyFile(join(FIXTURES, file), join(folder, file));
      const { stdout, stderr, status } = cli(
        folder,
        'import',
        file,
        'a.yaml',
        '--study',
        'demo',
        '--map',
        'optimizer.name=opt',
      );
      expect(stderr).toBe('');
      expect(status).toBe(0);
      expect(stdout).toMatch(/Study a begins with \d of \d trials of optuna-5/);
      expect(stdout).toContain('1 left out: its result is not a finite number.');
      expect(stdout).toContain('Steps are one higher than there');
      const before = JSON.parse(cli(folder, 'list', 'a.yaml', '--json').stdout);
      expect(before[0]).toMatchObject({
        number: 0,
        state: 'waiting',
        params: { 'optimizer.lr': 0.001, units: 32 },
      });
      expect(before[1]).toMatchObject({
        state: 'complete',
        params: { 'optimizer.lr': 0.01, 'optimizer.name': 'adam', units: 80 },
      });

      expect(cli(folder, 'resume', 'a.yaml').status).toBe(0);
      const after = JSON.parse(cli(folder, 'list', 'a.yaml', '--json').stdout);
      expect(after).toHaveLength(7);
      expect(after[0]).toMatchObject({ state: 'complete', values: { val_loss: 0.032 } });
      expect(after.slice(1, before.length)).toEqual(before.slice(1));
      expect(cli(folder, 'replay', 'a.yaml').status).toBe(0);
    },
  );

  it('says what does not fit', async () => {
    const folder = await project({ 'a.yaml': CONFIG.replace('minimize', 'maximize'), 'train.js': TRAIN });
    const { stderr, status } = cli(
      folder,
      'import',
      join(FIXTURES, 'optuna-5.log'),
      'a.yaml',
      '--study',
      'demo',
    );
    expect(stderr).toContain('The config says maximize for val_loss, the study says minimize.');
    expect(status).toBe(2);
  });

  it('reads a table of W&B runs as a spreadsheet saved it: semicolons, a mark of byte order, a column twice', async () => {
    const runs =
      '\ufeff"Name";"State";"learning rate";"optimizer.name";"units";"val_loss";"Notes";"units"\r\n"a; b";"finished";"0.01";"adam";"80";"0.8";"two\r\nlines";""\r\n';
    const folder = await project({ 'a.yaml': CONFIG, 'train.js': TRAIN, 'runs.csv': runs });
    const { stdout, stderr } = cli(
      folder,
      'import',
      'runs.csv',
      'a.yaml',
      '--map',
      'optimizer.lr=learning rate',
    );
    expect(stderr).toBe('');
    expect(stdout).toContain('Study a begins with 1 of 1 trials of runs.csv');
    const [, trial] = JSON.parse(cli(folder, 'list', 'a.yaml', '--json').stdout);
    expect(trial).toMatchObject({
      state: 'complete',
      params: { 'optimizer.lr': 0.01, 'optimizer.name': 'adam', units: 80 },
      note: 'two\r\nlines',
    });
  });

  it('reads a table of W&B runs', async () => {
    const runs = `"Name","State","Created","Runtime","lr","name","units","val_loss"
"swift-1","finished","2026-01-02T03:04:05.000Z","60","0.01","adam","80","0.8"
"slow-2","crashed","2026-01-02T03:05:05.000Z","5","0.02","sgd","16",""
"odd-3","finished","2026-01-02T03:06:05.000Z","5","0.5","sgd","16","1.5"
`;
    const folder = await project({ 'a.yaml': CONFIG, 'train.js': TRAIN, 'runs.csv': runs });
    const { stdout, stderr } = cli(folder, 'import', 'runs.csv', 'a.yaml', '--map', 'optimizer.name=name');
    expect(stderr).toBe('');
    expect(stdout).toContain('Study a begins with 2 of 3 trials of runs.csv');
    const trials = JSON.parse(cli(folder, 'list', 'a.yaml', '--json').stdout);
    expect(trials).toMatchObject([
      { state: 'waiting' },
      {
        state: 'complete',
        values: { val_loss: 0.8 },
        params: { 'optimizer.lr': 0.01, 'optimizer.name': 'adam', units: 80 },
        startedAt: '2026-01-02T03:04:05.000000+00:00',
        finishedAt: '2026-01-02T03:05:05.000000+00:00',
      },
      { state: 'failed' },
    ]);
  });
});
