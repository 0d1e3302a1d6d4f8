/** The executor of this machine where things go wrong that no training can bring about by itself. */
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { AttemptEvents } from '../../src/engine/executors/executor.js';
import { LocalExecutor } from '../../src/engine/executors/local.js';
import type { AttemptSpec } from '../../src/engine/trial/messages.js';
import { bundle, project } from './support/engine.js';

const TRAIN = 'export default async () => { for (;;) await new Promise((r) => setTimeout(r, 20)); };';
const SILENT: AttemptEvents = { started: () => undefined, report: async () => false };

async function specs(): Promise<(trial: number) => AttemptSpec> {
  const folder = await project({ 'train.js': TRAIN });
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
