/**
 * Marks trials of a study. Only one program writes a journal: where an engine is at work it is asked to, otherwise the
 * mark is appended here, under the study's lock.
 */
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { createMessageConnection } from 'vscode-jsonrpc';
import { SocketMessageReader, SocketMessageWriter } from 'vscode-jsonrpc/node';
import { OUR_WORKER } from '../core/study/journal-line.js';
import { type Marked, type MarksChange, markRecords } from '../core/study/marks.js';
import { journalFile, lockFile } from '../core/study/places.js';
import { client } from '../protocol/contract.js';
import type { EngineContract, LockFile } from '../protocol/engine.js';
import { Journal } from './journal.js';
import { StudyLock } from './lock.js';
import { loadStudy } from './study-store.js';

/** Tries, 100 ms apart, while another program has the lock but does not answer: it is starting, or marking too. */
const TRIES = 50;

/**
 * Resolves when the marks are on disk.
 * @throws JournalError when the journal is damaged, Error when there is no such trial or the holder does not answer.
 */
export async function markTrials(
  configFile: string,
  name: string,
  marked: Marked,
  change: MarksChange,
): Promise<void> {
  const file = journalFile(configFile, name);
  for (let attempt = 1; ; attempt++) {
    const locked = await StudyLock.acquire(file);
    if (locked.kind === 'held') {
      try {
        const { loaded, reducer } = await loadStudy(configFile, name);
        const records = markRecords(`${OUR_WORKER}${process.pid}`, reducer.study, marked, change);
        const journal = await Journal.continue(file, loaded);
        journal.waitForRoom = false;
        await journal.append(records).finally(() => journal.close());
        return;
      } finally {
        await locked.lock.release();
      }
    }
    if (await askEngine(file, marked, change)) return;
    if (attempt === TRIES) throw new Error(locked.message);
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Whether an engine took it. Rejects with the engine's words where it refused. */
async function askEngine(journal: string, marked: Marked, change: MarksChange): Promise<boolean> {
  const text = await readFile(lockFile(journal), 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  let holder: LockFile;
  try {
    holder = JSON.parse(text) as LockFile;
  } catch {
    return false;
  }
  const socket = connect({ path: holder.socket });
  const connected = await new Promise<boolean>((done) => {
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
  if (!connected) return false;
  const connection = createMessageConnection(
    new SocketMessageReader(socket),
    new SocketMessageWriter(socket),
  );
  connection.listen();
  try {
    await client<EngineContract>(connection).call('mark', { marked, change });
    return true;
  } finally {
    connection.dispose();
    socket.destroy();
  }
}
