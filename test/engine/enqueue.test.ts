/** Trials that a person asks for, in a study at rest and in one that is running. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { attach, cli, project, startEngine, until } from './support/engine.js';

const CONFIG = (trials: number) => `# @sweep
#   train: ./train.js
#   metric: {name: score, goal: maximize}
#   sampler: random
#   constraints: [x + y <= 1.5]
#   stop: {trials: ${trials}}
#   workers: 1
x: 0.5   # @tune float(0, 1)
model:
  y: 0.25    # @tune float(0, 1) as y
  units: [8] # @tune choice([8], [16, 8])
`;
const TRAIN = 'export default async (config) => config.x - config.model.units.length;';

describe('an enqueued trial', () => {
  it('waits with its values, runs when the study goes on, and follows Optuna in the journal', async () => {
    const folder = await project({ 'a.yaml': CONFIG(3), 'train.js': TRAIN });
    expect(cli(folder, 'run', 'a.yaml').status).toBe(0);
    const said = cli(folder, 'enqueue', 'a.yaml', 'x=0.875', 'units=[16, 8]', '--json');
    expect(JSON.parse(said.stdout)).toEqual({
      study: 'a',
      trial: 3,
      params: { x: 0.875, y: 0.25, 'model.units': [16, 8] },
      running: false,
    });
    const journal = await readFile(join(folder, '.sweetspot/a.yaml/a.jsonl'), 'utf8');
    expect(JSON.parse(journal.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      op_code: 4,
      state: 4,
      system_attrs: { fixed_params: { x: 0.875, y: 0.25, 'model.units': '[16,8]' } },
    });
    expect(cli(folder, 'run', 'a.yaml').stdout).toContain('Continuing study a');
    const trials = JSON.parse(cli(folder, 'list', 'a.yaml', '--json').stdout);
    expect(trials).toHaveLength(4);
    expect(trials[3]).toMatchObject({ state: 'complete', values: { score: -1.125 } });
    expect(cli(folder, 'replay', 'a.yaml').status).toBe(0);
  });

  it('takes the other values from a trial, or from the sampler', async () => {
    const folder = await project({ 'a.yaml': CONFIG(2), 'train.js': TRAIN });
    cli(folder, 'run', 'a.yaml');
    const other = JSON.parse(cli(folder, 'list', 'a.yaml', '--json').stdout)[1].params;
    const copy = JSON.parse(cli(folder, 'enqueue', 'a.yaml', 'x=0.125', '--trial', '1', '--json').stdout);
    expect(copy.params).toEqual({ ...other, x: 0.125 });
    const free = JSON.parse(cli(folder, 'enqueue', 'a.yaml', 'x=0.125', '--suggest', '--json').stdout);
    expect(free.params.x).toBe(0.125);
    expect([0.25, other.y]).not.toContain(free.params.y);
  });

  it('is refused where a value, a name or a constraint is against it', async () => {
    const folder = await project({ 'a.yaml': CONFIG(1), 'train.js': TRAIN });
    cli(folder, 'run', 'a.yaml');
    const refusals: readonly (readonly [readonly string[], RegExp])[] = [
      [['z=1'], /tunes nothing called `z`/],
      [['units=[3]'], /`model\.units` cannot be \[3\]: it is one of \[8\], \[16,8\]/],
      [['x=1', 'y=0.75'], /break the constraint `x \+ y <= 1\.5`/],
      [['x'], /write name=value/],
      [['x=1', '--trial', '9'], /has no trial 9; it has 1 trials/],
      [['x=1', '--trial', '0', '--suggest'], /--suggest and --trial exclude each other/],
    ];
    for (const [values, message] of refusals) {
      const { stderr, status } = cli(folder, 'enqueue', 'a.yaml', ...values);
      expect(stderr).toMatch(message);
      expect(status).toBe(2);
    }
  });

  it('runs next in a study that is running', async () => {
    const folder = await project({ 'a.yaml': CONFIG(100_000), 'train.js': TRAIN });
    const engine = await startEngine(join(folder, 'a.yaml'));
    await until(engine.started, ({ trials }) => trials[2]?.state === 'complete');
    expect(cli(folder, 'enqueue', 'a.yaml', 'x=0.0625').stdout).toContain('It runs next.');
    const study = await until(engine.started, ({ trials }) =>
      trials.some(({ params, state }) => params.x === 0.0625 && state === 'complete'),
    );
    const own = study.trials.find(({ params }) => params.x === 0.0625);
    expect(own).toMatchObject({ suggestion: { sampler: 'enqueued' }, objectives: [0.0625 - 1] });
    const client = await attach(engine.started);
    await expect(client.call('enqueue', { fixed: { x: 7 }, unnamed: 'file' })).rejects.toThrow(/cannot be 7/);
    await client.call('stop', { mode: 'now' });
    await engine.exited;
  });
});
