/** Trials of other programs as the beginning of a study: `sweetspot import` of Optuna's files and of tables of W&B runs. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli, project } from './support/engine.js';
import { FIXTURES } from './support/optuna.js';

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

  it('reads a table of W&B runs as a spreadsheet saved it: semicolons, decimal commas, a mark of byte order, a column twice', async () => {
    const runs =
      '\ufeff"Name";"State";"learning rate";"optimizer.name";"units";"val_loss";"Notes";"units"\r\n"a; b";"finished";"0,01";"adam";"80";"8,0E-1";"two\r\nlines";""\r\n';
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
      values: { val_loss: 0.8 },
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
