/** Who listens to an engine decides how long it lives when nobody else does. */
import { EventEmitter } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import type { StudyRunner } from '../../src/engine/runner/study-runner.js';
import { EngineServer } from '../../src/engine/server.js';
import { project } from './support/engine.js';

/** A server on a socket of its own. */
async function listening(folder: string, name: string) {
  const path =
    process.platform === 'win32' ? `\\\\.\\pipe\\${name}-${process.pid}` : join(folder, `${name}.sock`);
  const stop = vi.fn();
  const runner = Object.assign(new EventEmitter(), { stop, status: { workers: 1, busy: 0 } });
  const server = await EngineServer.listen(path, runner as unknown as StudyRunner, 'a.jsonl');
  const attach = async (allowHalfOpen = false): Promise<Socket> => {
    const client = connect({ path, allowHalfOpen });
    await new Promise((done) => client.once('connect', done));
    // Welcomed by the server, too.
    await new Promise((done) => setTimeout(done, 50));
    return client;
  };
  return { server, stop, attach };
}

it('an engine waits for its last client to go, and then for the grace time', async () => {
  const { server, stop, attach } = await listening(await project({}), 'grace');
  const client = await attach();
  server.stopWhenAlone(100);
  await new Promise((done) => setTimeout(done, 400));
  expect(stop).not.toHaveBeenCalled();
  client.destroy();
  await vi.waitFor(() => expect(stop).toHaveBeenCalledWith('now', 'the window was closed'), 5_000);
  await server.close({ kind: 'stopped', reason: 'the window was closed' });
});

it('an engine that has ended hangs up on a client that never does', async () => {
  const { server, attach } = await listening(await project({}), 'halted');
  const client = await attach(true);
  client.on('error', () => undefined);
  await server.close({ kind: 'finished', reason: 'all trials were started' });
  client.destroy();
});
