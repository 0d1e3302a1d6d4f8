/** Changes of a study whose engine does not answer as it should: nobody is kept waiting. */

import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { journalFile, lockFile } from '../../src/core/study/places.js';
import { StudyLock } from '../../src/engine/journal/lock.js';
import { markTrials } from '../../src/engine/studies/marks.js';
import { ensureStore } from '../../src/engine/studies/study-store.js';
import { project } from './support/engine.js';

it('an engine that dies before it answers is named', async () => {
  const folder = await project({ 'a.yaml': '' });
  const config = join(folder, 'a.yaml');
  await ensureStore(config);
  const journal = journalFile(config, 'a');
  const held = await StudyLock.acquire(journal);
  if (held.kind !== 'held') throw new Error(held.message);
  // Takes the call, and is gone.
  const server = createServer((socket) => socket.once('data', () => socket.destroy()));
  const path =
    process.platform === 'win32' ? `\\\\.\\pipe\\${Date.now()}` : join(tmpdir(), `s-${Date.now()}.sock`);
  await new Promise<void>((done) => server.listen({ path }, done));
  onTestFinished(async () => {
    server.close();
    await held.lock.release();
  });
  const holder = { pid: 4711, host: 'here', startedAt: '2026-01-01T00:00:00Z', socket: path };
  await writeFile(lockFile(journal), JSON.stringify(holder));
  await expect(markTrials(config, 'a', [0], { starred: true })).rejects.toThrow(
    /^The engine of this study \(process 4711\) ended before it answered\..*try again/,
  );
});
