/** The examples in Python, swept as a user would, wherever there is a Python that has their packages. */
import { spawn, spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bundle } from './support/engine.js';

const EXAMPLES = resolve(import.meta.dirname, '../../examples');

/** The first Python that can import them; the folder it is in goes first on the PATH, as a user's environment would. */
function pythonWith(modules: string): string | undefined {
  const candidates = ['python3', '/usr/bin/python3'];
  const found = candidates.find(
    (python) => spawnSync(python, ['-c', `import ${modules}`], { stdio: 'ignore' }).status === 0,
  );
  if (!found) {
    console.error(
      `\n  NOT TESTED: no Python here has ${modules}. Run node scripts/setup-python.mjs, or pip install them.\n`,
    );
  }
  return found;
}

interface End {
  readonly event: string;
  readonly [key: string]: unknown;
}

async function sweep(example: string, config: string, python: string, trials: number) {
  const home = await mkdtemp(join(tmpdir(), 'sweetspot-python-'));
  onTestFinished(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));
  await cp(join(EXAMPLES, 'digits', 'digits.csv.gz'), join(home, 'digits', 'digits.csv.gz'));
  await cp(join(EXAMPLES, example), join(home, example), {
    recursive: true,
    filter: (path) => !path.includes('.sweetspot'),
  });
  const first = python.includes('/') ? `${dirname(python)}${delimiter}` : '';
  const args = ['run', join(home, example, config), '--trials', String(trials), '--workers', '1', '--json'];
  const child = spawn(process.execPath, [bundle('cli.js'), ...args], {
    env: { ...process.env, PATH: `${first}${process.env.PATH}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  const code = await new Promise((done) => child.once('close', done));
  expect({ code, errors: code === 0 ? '' : errors + output }).toEqual({ code: 0, errors: '' });
  const events = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as End);
  return { events, home: join(home, example) };
}

const sklearn = pythonWith('sklearn');
const torch = pythonWith('torch, yaml');

describe.skipIf(!sklearn)('the scikit-learn example', () => {
  it('is swept without a change to the script', { timeout: 180_000 }, async () => {
    const { events } = await sweep('sklearn', 'breast-cancer.yaml', sklearn!, 2);
    const end = JSON.stringify(events.at(-1));
    expect(events.at(-1)?.event).toBe('end');
    const value = Number(/"accuracy":([\d.]+)/.exec(end)?.[1]);
    expect(value).toBeGreaterThan(0.9);
    expect(value).toBeLessThan(1);
  });
});

describe.skipIf(!torch)('the PyTorch example', () => {
  it('reports each epoch, and keeps a checkpoint', { timeout: 180_000 }, async () => {
    const { events, home } = await sweep('pytorch', 'digits.yaml', torch!, 2);
    expect(events.at(-1)?.event).toBe('end');
    const value = Number(/"val_accuracy":([\d.]+)/.exec(JSON.stringify(events.at(-1)))?.[1]);
    expect(value).toBeGreaterThan(0.8);
    expect(await readdir(join(home, '.sweetspot', 'digits.yaml', 'digits', '0'))).toContain('checkpoint.pt');
  });
});
