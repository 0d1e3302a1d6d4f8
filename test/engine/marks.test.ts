/** Notes, tags, stars and exclusions, on a study at rest and on one that is running. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { attach, cli, project, startEngine, until } from './support/engine.js';

const CONFIG = (trials: number) => `# @sweep
#   train: ./train.js
#   metric: {name: score, goal: maximize}
#   sampler: random
#   stop: {trials: ${trials}}
#   workers: 1
x: 0.5   # @tune float(0, 1)
`;
const TRAIN = `export default async (config, trial) => {
  await trial.report(1, { score: config.x });
  return config.x;
}`;

const best = (folder: string) => JSON.parse(cli(folder, 'best', 'a.yaml', '--json').stdout);

describe('an excluded trial', () => {
  it('is never the best, says so in JSON, and comes back when it is included', async () => {
    const folder = await project({ 'a.yaml': CONFIG(5), 'train.js': TRAIN });
    expect(cli(folder, 'run', 'a.yaml').status).toBe(0);
    const first = best(folder).trial.number as number;
    const excluded = cli(folder, 'exclude', 'a.yaml', String(first), '--reason', 'wrong data');
    expect(excluded.stdout).toBe(`Trial ${first} is excluded.\n`);
    expect(best(folder).trial.number).not.toBe(first);
    const trials = JSON.parse(cli(folder, 'list', 'a.yaml', '--json').stdout);
    expect(trials[first]).toMatchObject({ excluded: true, state: 'complete' });
    expect(trials[first === 0 ? 1 : 0]).not.toHaveProperty('excluded');
    expect(cli(folder, 'show', 'a.yaml', '--trial', String(first)).stdout).toContain('Excluded: wrong data');
    cli(folder, 'include', 'a.yaml', String(first));
    expect(best(folder).trial.number).toBe(first);
  });

  it('must exist', async () => {
    const folder = await project({ 'a.yaml': CONFIG(1), 'train.js': TRAIN });
    cli(folder, 'run', 'a.yaml');
    const { status, stderr } = cli(folder, 'exclude', 'a.yaml', '7');
    expect(stderr).toContain('has no trial 7; it has 1 trials.');
    expect(status).toBe(2);
  });
});

describe('stars, notes and tags', () => {
  it('stay with their trial, and go when they are taken away', async () => {
    const folder = await project({ 'a.yaml': CONFIG(2), 'train.js': TRAIN });
    cli(folder, 'run', 'a.yaml');
    const trial = () => JSON.parse(cli(folder, 'list', 'a.yaml', '--json').stdout)[1];
    cli(folder, 'star', 'a.yaml', '1');
    cli(folder, 'note', 'a.yaml', '1', 'looks', 'odd');
    cli(folder, 'tag', 'a.yaml', '1', 'paper', 'v2');
    expect(trial()).toMatchObject({ starred: true, note: 'looks odd', tags: ['paper', 'v2'] });
    cli(folder, 'star', 'a.yaml', '1', '--off');
    cli(folder, 'note', 'a.yaml', '1');
    expect(trial()).toMatchObject({ tags: ['paper', 'v2'] });
    expect(trial()).not.toHaveProperty('starred');
    expect(trial()).not.toHaveProperty('note');
  });

  it('reach a study that is running through its engine', async () => {
    const folder = await project({ 'a.yaml': CONFIG(100_000), 'train.js': TRAIN });
    const engine = await startEngine(join(folder, 'a.yaml'));
    await until(engine.started, ({ trials }) => trials[2]?.state === 'complete');
    expect(cli(folder, 'exclude', 'a.yaml', '1', '2')).toMatchObject({
      stdout: 'Trials 1, 2 are excluded.\n',
      stderr: '',
    });
    const study = await until(engine.started, ({ trials }) => trials[2]?.marks !== undefined);
    expect(study.trials[1]?.marks).toEqual({ excluded: 'excluded by hand' });
    const client = await attach(engine.started);
    const wrong = client.call('mark', { marked: [1_000_000], change: { starred: true } });
    await expect(wrong).rejects.toThrow(/no trial 1000000/);
    await client.call('stop', { mode: 'now' });
    await engine.exited;
  });
});
