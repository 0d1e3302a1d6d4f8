/** Runs of a file whose annotations change between them, and of one that learns from another. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cli, project } from './support/engine.js';

const CONFIG = `# @sweep
#   train: ./train.js
#   metric: {name: score, goal: maximize}
#   sampler: random
#   stop: {trials: 6}
#   workers: 1
x: 0.5   # @tune float(0, 1)
y: 0.25  # @tune float(0, 1)
`;
/** Breaks off in its fifth trial while there is a file `stop`. */
const TRAIN = `import { existsSync } from 'node:fs';
export default async (config, trial) => {
  if (trial.number === 4 && existsSync('stop')) process.kill(process.ppid, 'SIGTERM');
  if (trial.number === 4 && existsSync('stop')) await new Promise(() => undefined);
  return config.x - config.y;
};`;

const events = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

it('a study under way goes on with the trials that still fit; a finished one teaches the next', async () => {
  const folder = await project({ 'a.yaml': CONFIG, 'train.js': TRAIN, stop: '' });
  expect(cli(folder, 'run', 'a.yaml').status).toBe(130);
  const before = JSON.parse(cli(folder, 'list', 'a.yaml', '--json').stdout);
  const fitting = before.filter(
    ({ state, params }: { state: string; params: { x: number } }) => state === 'complete' && params.x <= 0.75,
  );
  await rm(join(folder, 'stop'));
  await writeFile(join(folder, 'a.yaml'), CONFIG.replace('float(0, 1)', 'float(0, 0.75)'));
  const [start, ...rest] = events(cli(folder, 'run', 'a.yaml', '--json').stdout);
  expect(start).toMatchObject({ study: 'a-2', continued: false });
  expect(start.notes.join()).toContain(`${fitting.length} of the ${before.length} trials of "a"`);
  expect(rest.at(-1).status.reason).toBe('all 6 trials were started');
  const after = JSON.parse(cli(folder, 'list', 'a.yaml', '--json').stdout);
  expect(after).toHaveLength(6);
  expect(after.slice(0, fitting.length).map(({ params }: { params: unknown }) => params)).toEqual(
    fitting.map(({ params }: { params: unknown }) => params),
  );
  expect(cli(folder, 'replay', 'a.yaml').status).toBe(0);

  await writeFile(
    join(folder, 'b.yaml'),
    CONFIG.replace('sampler: random', 'sampler: gp\n#   warmStart: ./a.yaml'),
  );
  const [learning] = events(cli(folder, 'run', 'b.yaml', '--json', '--trials', '2').stdout);
  expect(learning.notes).toEqual(['6 of the 6 trials of "a-2" are known to the sampler, and not counted.']);
  const own = JSON.parse(cli(folder, 'list', 'b.yaml', '--json').stdout);
  expect(own).toHaveLength(2);
  expect(cli(folder, 'show', 'b.yaml', '--trial', '1').stdout).toContain('the model predicts');
  expect(cli(folder, 'replay', 'b.yaml').status).toBe(0);

  await writeFile(join(folder, 'b.yaml'), CONFIG.replace('#   stop', '#   warmStart: ./c.yaml\n#   stop'));
  const wrong = cli(folder, 'run', 'b.yaml');
  expect(wrong.status).toBe(2);
  expect(wrong.stderr).toMatch(/warmStart: there is neither a study nor a config "\.\/c\.yaml"/);
});

it('a study that goes on says which untuned values are others than when it began', async () => {
  const folder = await project({ 'a.yaml': `${CONFIG}epochs: 5\n`, 'train.js': TRAIN, stop: '' });
  expect(cli(folder, 'run', 'a.yaml').status).toBe(130);
  await rm(join(folder, 'stop'));
  await writeFile(join(folder, 'a.yaml'), `${CONFIG.replace('trials: 6', 'trials: 5')}epochs: 7\n`);
  const [start] = events(cli(folder, 'run', 'a.yaml', '--json').stdout);
  expect(start).toMatchObject({ study: 'a', continued: true });
  expect(start.notes).toEqual([
    expect.stringMatching(/Values that are not tuned have changed since the study began.*: epochs\./),
  ]);
});
