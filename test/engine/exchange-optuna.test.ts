/** What Optuna wrote, journal or database, opened as a study to look at. */
import { spawnSync } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ForeignStudy, viewForeign } from '../../src/core/exchange/foreign-study.js';
import { optunaJournal } from '../../src/core/exchange/to-optuna.js';
import { bestTrial } from '../../src/core/study/best.js';
import { openForeign } from '../../src/engine/exchange/open-foreign.js';
import { cli, project } from './support/engine.js';
import { FIXTURES, reopened, versions } from './support/optuna.js';

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
