/** `sweetspot verify` and `sweetspot lock`: a trial run again, and what is said of it. */
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundle, cli, project } from './support/engine.js';

const CONFIG = `# @sweep
#   train: ./train.js
#   metric: {name: score, goal: maximize}
#   stop: {trials: 3}
#   workers: 1
x: 0.5   # @tune float(0, 1)
`;
/** Noise that follows from the seed alone, and a shift from step 2 on. */
const train = (shift: number): string => `
export default async (config, trial) => {
  for (let step = 1; step <= 3; step++) {
    await trial.report(step, { score: -((config.x - 0.25) ** 2) + 0.01 * Math.random() + (step > 1 ? ${shift} : 0), seconds: performance.now() });
  }
};`;

async function ran(shift = 0): Promise<string> {
  const folder = await project({ 'a.yaml': CONFIG, 'train.js': train(shift) });
  expect(cli(folder, 'run', 'a.yaml').status).toBe(0);
  return folder;
}

describe('sweetspot verify --trial', () => {
  it('calls a run bit-identical when every number but the clocks is the same, and ends with 0', async () => {
    const { stdout, status } = cli(await ran(), 'verify', 'a.yaml', '--trial', '1');
    expect(stdout).toContain('Bit-identical');
    expect(stdout).toContain('The environment is the same.');
    expect(status).toBe(0);
  });

  it('calls a small change within noise, with the statistic and the step where the curves part', async () => {
    const folder = await ran();
    await writeFile(join(folder, 'train.js'), train(0.001));
    const { stdout, status } = cli(folder, 'verify', 'a.yaml', '--trial', '1', '--json');
    const { verdict, differences } = JSON.parse(stdout);
    expect(verdict).toMatchObject({
      kind: 'within-noise',
      parting: { step: 2, metric: 'score' },
      test: { runs: 5, p: expect.any(Number) },
    });
    expect(verdict.test.p).toBeGreaterThan(0.05);
    expect(differences).toMatchObject([{ path: 'trainer.files.train.js', weight: 'likely' }]);
    expect(status).toBe(0);
  });

  it('calls a change that no seed explains drifted, and ends with 1', async () => {
    const folder = await ran();
    await writeFile(join(folder, 'train.js'), train(0.5));
    const { stdout, status } = cli(folder, 'verify', 'a.yaml', '--trial', '1');
    expect(stdout).toMatch(/^Drifted: score is \S+ deviations from .* \(t-test, p = /);
    expect(stdout).toContain('The curves part first at step 2: score was ');
    expect(status).toBe(1);
  });

  it('runs a repeat with the seed it had, and measures noise where the config fixes the seed', async () => {
    const seeded = (more: number): string =>
      `export default (config) => config.x + ((config.seed * 0.618) % 1) / 100 + ${more};`;
    const folder = await project({
      'a.yaml': `${CONFIG.replace('stop:', 'repeats: 2\n#   stop:')}seed: 7\n`,
      'train.js': seeded(0),
    });
    expect(cli(folder, 'run', 'a.yaml').status).toBe(0);
    expect(cli(folder, 'verify', 'a.yaml', '--trial', '1').stdout).toContain('Bit-identical');
    await writeFile(join(folder, 'train.js'), seeded(0.0001));
    const { verdict } = JSON.parse(cli(folder, 'verify', 'a.yaml', '--trial', '1', '--json').stdout);
    expect(verdict).toMatchObject({ kind: 'within-noise', test: { runs: 5 } });
  });

  it('refuses a trial that has no result', async () => {
    const folder = await project({
      'a.yaml': CONFIG,
      'train.js': 'export default () => { throw new Error("no"); };',
    });
    cli(folder, 'run', 'a.yaml');
    const { stderr, status } = cli(folder, 'verify', 'a.yaml', '--trial', '0');
    expect(stderr).toContain('Trial 0 is failed');
    expect(status).toBe(1);
  });
});

describe('sweetspot lock', () => {
  it('writes a lock that verifies once the config has its values', async () => {
    const folder = await ran();
    const locked = cli(folder, 'lock', 'a.yaml', '--trial', '1');
    expect(locked.stdout).toContain('sweetspot apply a.yaml --study a --trial 1');
    const lock = JSON.parse(await readFile(join(folder, 'a.lock.json'), 'utf8'));
    expect(lock).toMatchObject({ format: 'sweetspot-lock', config: 'a.yaml', trial: 1, study: 'a' });

    const before = cli(folder, 'verify', 'a.lock.json');
    expect(before.stdout).toContain('a.yaml does not have the locked values.');
    expect(before.status).toBe(1);

    cli(folder, 'apply', 'a.yaml', '--trial', '1');
    const after = cli(folder, 'verify', 'a.lock.json');
    expect(after.stdout).toContain('Bit-identical');
    expect(after.status).toBe(0);
  });

  it('fails when the environment has drifted, without training where that is enough', async () => {
    const folder = await ran();
    cli(folder, 'lock', 'a.yaml', '--trial', '1');
    cli(folder, 'apply', 'a.yaml', '--trial', '1');
    expect(cli(folder, 'verify', 'a.lock.json', '--environment-only').status).toBe(0);
    await writeFile(join(folder, 'train.js'), `${train(0)}\n`);
    const { stdout, status } = cli(folder, 'verify', 'a.lock.json', '--environment-only');
    expect(stdout).toContain('The environment has drifted.');
    expect(status).toBe(1);
  });

  it('is strict about code, lock files, Node and variables, and not about the commit that holds the lock itself', async () => {
    const folder = await project({ 'a.yaml': CONFIG, 'train.js': train(0), 'package-lock.json': '{}' });
    const git = (...args: string[]) =>
      spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: folder });
    const commit = () => [git('add', '.'), git('commit', '-qm', 'next')];
    git('init', '-q');
    commit();
    cli(folder, 'run', 'a.yaml');
    cli(folder, 'lock', 'a.yaml', '--trial', '1');
    cli(folder, 'apply', 'a.yaml', '--trial', '1');
    commit();
    const strict = (variables: NodeJS.ProcessEnv = {}) => {
      const args = [bundle('cli.js'), 'verify', 'a.lock.json', '--environment-only', '--strict', '--json'];
      const env = { ...process.env, ...variables };
      const { stdout, status } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env });
      const { differences } = JSON.parse(stdout) as { differences: readonly { path: string }[] };
      return { paths: differences.map(({ path }) => path), status };
    };
    expect(strict()).toEqual({ paths: [], status: 0 });
    // What was changed but not committed then is in no commit now.
    const locked = await readFile(join(folder, 'a.lock.json'), 'utf8');
    await writeFile(join(folder, 'a.lock.json'), locked.replace('"dirty": false', '"dirty": true'));
    const uncertain = strict();
    expect(uncertain.paths).toContain('git.commit');
    expect(uncertain.status).toBe(1);
    await writeFile(join(folder, 'a.lock.json'), locked);
    expect(strict({ OMP_NUM_THREADS: '7' })).toEqual({ paths: ['variables.OMP_NUM_THREADS'], status: 1 });
    await writeFile(join(folder, 'package-lock.json'), '{"lockfileVersion": 3}');
    expect(strict().paths).toContain('lockFiles.package-lock.json');
    commit();
    expect(strict()).toMatchObject({ paths: ['git.commit', 'lockFiles.package-lock.json'], status: 1 });
    const lock = await readFile(join(folder, 'a.lock.json'), 'utf8');
    const older = lock.replace(`"node": "${process.versions.node}"`, '"node": "20.0.0"');
    await writeFile(join(folder, 'a.lock.json'), older);
    expect(strict().paths).toContain('node');
  }, 60_000);

  it('says what is wrong with a lock that was tampered with', async () => {
    const folder = await project({ 'a.yaml': CONFIG, 'bad.json': '{"format":"sweetspot-lock","version":1}' });
    const { stderr, status } = cli(folder, 'verify', 'bad.json');
    expect(stderr).toMatch(/bad\.json: it is not a lock this version reads/);
    expect(status).toBe(2);
  });
});
