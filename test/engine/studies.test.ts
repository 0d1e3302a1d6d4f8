/** Studies as things: listed, renamed, duplicated, merged, archived, deleted, restored, compared, and searched. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli, project, startEngine, until } from './support/engine.js';

const CONFIG = (trials: number) => `# @sweep
#   train: ./train.js
#   metric: {name: score, goal: maximize}
#   sampler: random
#   stop: {trials: ${trials}}
#   workers: 1
x: 0.5   # @tune float(0, 1)
`;
const TRAIN = `export default (config) => {
  console.log('x is', config.x);
  return config.x;
}`;

const json = (folder: string, ...args: string[]) => JSON.parse(cli(folder, ...args, '--json').stdout);
const names = (folder: string, ...args: string[]): string[] =>
  json(folder, 'studies', 'a.yaml', ...args).map(({ name }: { name: string }) => name);

/** A project with two finished studies, `a` and `a-2`. */
async function two(): Promise<string> {
  const folder = await project({ 'a.yaml': CONFIG(4), 'train.js': TRAIN });
  for (const seed of ['1', '2']) expect(cli(folder, 'run', 'a.yaml', '--new', '--seed', seed).status).toBe(0);
  return folder;
}

describe('a study', () => {
  it('that is renamed keeps its trials, their logs and its place in the row', async () => {
    const folder = await two();
    const before = json(folder, 'list', 'a.yaml', '--study', 'a');
    expect(cli(folder, 'rename', 'a.yaml', 'a', 'first try').stdout).toBe('a is first try now.\n');
    expect(names(folder)).toEqual(['first try', 'a-2']);
    expect(json(folder, 'list', 'a.yaml', '--study', 'first try')).toEqual(before);
    expect(json(folder, 'best', 'a.yaml', '--study', 'first try').study).toBe('first try');
    expect(existsSync(join(folder, '.sweetspot/a.yaml/first try/0/log.txt'))).toBe(true);
    cli(folder, 'run', 'a.yaml', '--new', '--trials', '1');
    expect(names(folder)).toEqual(['first try', 'a-2', 'a-3']);
  });

  it('takes no name that is taken or that a file cannot have', async () => {
    const folder = await two();
    for (const [name, words] of [
      ['a-2', 'There is a study "a-2" already'],
      ['../x', 'cannot be the name of a study'],
      ['nul', 'cannot be the name of a study'],
    ] as const) {
      const { status, stderr } = cli(folder, 'rename', 'a.yaml', 'a', name);
      expect(stderr).toContain(words);
      expect(status).toBe(1);
    }
    expect(names(folder)).toEqual(['a', 'a-2']);
  });

  it('that is duplicated goes on by itself', async () => {
    const folder = await two();
    cli(folder, 'duplicate', 'a.yaml', 'a', 'copy');
    expect(json(folder, 'list', 'a.yaml', '--study', 'copy')).toEqual(
      json(folder, 'list', 'a.yaml', '--study', 'a'),
    );
    expect(existsSync(join(folder, '.sweetspot/a.yaml/copy/3/log.txt'))).toBe(true);
    expect(names(folder).at(-1)).toBe('copy');
    expect(cli(folder, 'resume', 'a.yaml', '--study', 'copy', '--trials', '6').status).toBe(0);
    expect(json(folder, 'list', 'a.yaml', '--study', 'copy')).toHaveLength(6);
    expect(json(folder, 'list', 'a.yaml', '--study', 'a')).toHaveLength(4);
  });

  it('merged with another holds the trials of both, and can go on', async () => {
    const folder = await two();
    const { stdout } = cli(folder, 'merge', 'a.yaml', 'a', 'a-2', '--into', 'both');
    expect(stdout).toContain('both holds 8 of 8 trials of a, a-2.');
    const scores = (study: string): number[] =>
      json(folder, 'list', 'a.yaml', '--study', study).map(
        ({ values }: { values: { score: number } }) => values.score,
      );
    expect(scores('both').sort()).toEqual([...scores('a'), ...scores('a-2')].sort());
    const log = join(folder, '.sweetspot/a.yaml/both/7/log.txt');
    expect(existsSync(log)).toBe(true);
    const shown = json(folder, 'show', 'a.yaml', '--study', 'both', '--trial', '7');
    expect(shown.attributes['merged-from']).toBe('a-2 #3');
    expect(json(folder, 'env', 'a.yaml', '--study', 'both', '--trial', '7')).toHaveProperty('cpu');
    expect(cli(folder, 'resume', 'a.yaml', '--study', 'both', '--trials', '9').status).toBe(0);
    expect(scores('both')).toHaveLength(9);
  });

  it('that is archived is out of sight and is not continued, until it is taken back', async () => {
    const folder = await two();
    cli(folder, 'archive', 'a.yaml', 'a-2');
    expect(names(folder)).toEqual(['a']);
    expect(names(folder, '--archived')).toEqual(['a', 'a-2']);
    expect(json(folder, 'best', 'a.yaml').study).toBe('a');
    cli(folder, 'archive', 'a.yaml', 'a');
    expect(cli(folder, 'best', 'a.yaml').stderr).toContain('All studies of a.yaml are archived: a, a-2.');
    cli(folder, 'archive', 'a.yaml', 'a-2', '--off');
    expect(json(folder, 'best', 'a.yaml').study).toBe('a-2');
  });

  it('that is deleted can be restored, with what its trials left', async () => {
    const folder = await two();
    const before = json(folder, 'list', 'a.yaml', '--study', 'a-2');
    cli(folder, 'delete', 'a.yaml', 'a-2');
    expect(names(folder)).toEqual(['a']);
    expect(json(folder, 'studies', 'a.yaml', '--trash')).toEqual(['a-2']);
    cli(folder, 'restore', 'a.yaml', 'a-2');
    expect(json(folder, 'list', 'a.yaml', '--study', 'a-2')).toEqual(before);
    expect(existsSync(join(folder, '.sweetspot/a.yaml/a-2/0/log.txt'))).toBe(true);
    expect(json(folder, 'studies', 'a.yaml', '--trash')).toEqual([]);
  });

  it('is left alone while it runs', async () => {
    const folder = await project({ 'a.yaml': CONFIG(100_000), 'train.js': TRAIN });
    const engine = await startEngine(join(folder, 'a.yaml'));
    await until(engine.started, ({ trials }) => trials[2]?.state === 'complete');
    for (const args of [
      ['rename', 'a.yaml', 'a', 'b'],
      ['duplicate', 'a.yaml', 'a'],
      ['archive', 'a.yaml', 'a'],
      ['delete', 'a.yaml', 'a'],
    ]) {
      const { status, stderr } = cli(folder, ...args);
      expect(stderr).toMatch(/"a" is running\. .*process \d+/);
      expect(status).toBe(1);
    }
    expect(names(folder)).toEqual(['a']);
  });
});

describe('studies', () => {
  it('stand side by side with what each reached', async () => {
    const folder = await two();
    const [first, second] = json(folder, 'compare', 'a.yaml');
    expect([first.study, second.study]).toEqual(['a', 'a-2']);
    for (const one of [first, second]) {
      expect(one).toMatchObject({ metric: 'score', finished: 4 });
      expect(one.curve.at(-1)).toEqual(one.best);
    }
    const text = cli(folder, 'compare', 'a.yaml').stdout;
    expect(text).toMatch(/best after 1 +0\.5 +0\.5/);
    // The values belong to the best, not to the last of the lines above which they could stand.
    expect(text).toMatch(/^best .*\n {2}of trial .*\n {2}x .*\nbest after 1 /m);
  });

  it('whose engine was killed are called interrupted, and so are the trials that ran', async () => {
    const folder = await project({
      'a.yaml': `${CONFIG(4)}net:\n  depth: 2   # @tune int(1, 9)\n`,
      'train.js': `export default (config, trial) => {
        if (trial.number === 2) process.kill(process.ppid, 'SIGKILL');
        return config.x;
      }`,
    });
    expect(cli(folder, 'run', 'a.yaml').status).toBeNull();
    expect(cli(folder, 'studies', 'a.yaml').stdout).toMatch(/^a +interrupted +2 /m);
    expect(cli(folder, 'show', 'a.yaml').stdout).toMatch(/^Status +interrupted$/m);
    expect(cli(folder, 'list', 'a.yaml').stdout).toMatch(
      /^trial +state +score +x +depth\n.*^2 +interrupted /ms,
    );
  });

  it('are searched by what their trials reached', async () => {
    const folder = await two();
    const all: { number: number; values: { score: number } }[] = json(folder, 'list', 'a.yaml');
    const found = json(folder, 'show', 'a.yaml', '--where', 'score >= 0.5 and state = complete');
    expect(found).toEqual(all.filter(({ values }) => values.score >= 0.5));
    const wrong = cli(folder, 'list', 'a.yaml', '--where', 'scor > 1');
    expect(wrong.stderr).toContain('No column is called `scor`. Did you mean');
    expect(wrong.status).toBe(2);
  });
});
