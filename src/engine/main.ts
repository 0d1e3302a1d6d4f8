/**
 * Entry of the engine process, dist/engine.js. Its parent sends one EngineStart over IPC and gets one EngineStarted;
 * from then on the engine stands on its own and is reached through its socket. Without a client for the grace time it
 * stops cleanly, so that no engine is left behind by a window that never came back.
 */
import type { EngineStart, EngineStarted } from '../protocol/engine.js';
import { startEngine } from './engine.js';

function answer(message: EngineStarted): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => {
      if (process.connected) process.disconnect();
      resolve();
    });
  });
}

async function main(start: EngineStart): Promise<void> {
  const engine = await startEngine(start);
  if (engine.kind === 'error') {
    await answer({ kind: 'error', code: engine.code, message: engine.message });
    process.exitCode = 1;
    return;
  }
  const { runner, journal, socket, notes, carried } = engine;
  for (const note of notes) console.log(note);
  await answer({ kind: 'ready', study: runner.study.name, journal, socket, notes: carried });

  if (start.graceMs !== null) engine.stopWhenAlone(start.graceMs);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => runner.stop('now', `the engine was ended by ${signal}`));
  }
  const status = await engine.ended;
  console.log(status.kind, 'reason' in status ? status.reason : '');
}

process.once('message', (start: EngineStart) => {
  main(start).catch(async (error: Error) => {
    await answer({ kind: 'error', code: 'failed', message: error.stack ?? String(error) });
    process.exit(1);
  });
});
