/** The executor of this machine where things go wrong that no training can bring about by itself. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { AttemptEvents } from '../../src/engine/executors/executor.js';
import { LocalExecutor } from '../../src/engine/executors/local.js';
import type { AttemptSpec } from '../../src/engine/trial/messages.js';
import { bundle, project } from './support/engine.js';

const TRAIN = 'export default async () => { for (;;) await new Promise((r) => setTimeout(r, 20)); };';
const SILENT: AttemptEvents = { started: () => undefined, report: async () => false };

async function specs(train = TRAIN): Promise<(trial: number) => AttemptSpec> {
  const folder = await project({ 'train.js': train });
  return (trial) => ({
    trial,
    attempt: 1,
    trainer: { kind: 'module', file: './train.js' },
    configFile: join(folder, 'a.yaml'),
    config: {},
    configText: '',
    params: {},
    metric: 'loss',
    metrics: ['loss'],
    seed: 1,
    folder: join(folder, String(trial)),
    backend: 'embedded',
    tensorflowFolders: [],
  });
}

it('says so where no process can be started, and is disposed of all the same', async () => {
  const spec = await specs();
  const { execPath } = process;
  onTestFinished(() => {
    process.execPath = execPath;
  });
  process.execPath = join('/', 'nowhere', 'node');
  const executor = new LocalExecutor(1, bundle('trial.js'));
  expect(await executor.run(spec(0), SILENT)).toMatchObject({
    kind: 'failed',
    fatal: true,
    error: expect.stringMatching(/^no process can be started to train in \(.*ENOENT\)/),
  });
  await executor.dispose();
});

it('ends what runs and what waits when it is disposed of, twice as well, and starts nothing after that', async () => {
  const spec = await specs();
  const executor = new LocalExecutor(1, bundle('trial.js'));
  const running = [executor.run(spec(0), SILENT), executor.run(spec(1), SILENT)];
  await Promise.all([executor.dispose(), executor.dispose()]);
  expect(await Promise.all(running)).toEqual([{ kind: 'cancelled' }, { kind: 'cancelled' }]);
  expect(await executor.run(spec(2), SILENT)).toEqual({ kind: 'cancelled' });
});

it('keeps all that a trial printed in one go before it ended', async () => {
  const spec = (
    await specs(`export default () => {
    for (let i = 0; i < 30_000; i++) console.log('line', i, 'x'.repeat(80));
    return 1;
  };`)
  )(0);
  const executor = new LocalExecutor(1, bundle('trial.js'));
  expect((await executor.run(spec, SILENT)).kind).toBe('finished');
  const log = (): Promise<string> => readFile(join(spec.folder, 'log.txt'), 'utf8');
  await vi.waitFor(async () => expect((await log()).slice(-100)).toContain('line 29999 '), 5_000);
  await executor.dispose();
});

it('gives no trial to a process that ends with an error of the one before', async () => {
  const spec = await specs(`export default async (config, trial) => {
    if (trial.number === 0) setTimeout(() => { throw new Error('too late'); }, 20);
    await new Promise((done) => setTimeout(done, 60));
    return 1;
  };`);
  const executor = new LocalExecutor(1, bundle('trial.js'));
  const results = await Promise.all([0, 1].map((trial) => executor.run(spec(trial), SILENT)));
  expect(results).toMatchObject([
    { kind: 'failed', error: expect.stringContaining('too late') },
    { kind: 'finished' },
  ]);
  await executor.dispose();
});
