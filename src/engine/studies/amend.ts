/**
 * Changes of a study from outside of its engine. Only one program writes a journal: where an engine is at work it is
 * asked to, otherwise the records are appended here, under the study's lock.
 */
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { createMessageConnection } from 'vscode-jsonrpc';
import { SocketMessageReader, SocketMessageWriter } from 'vscode-jsonrpc/node';
import { OUR_WORKER } from '../../core/study/journal/line.js';
import type { JournalRecord } from '../../core/study/journal/records.js';
import { journalFile, lockFile } from '../../core/study/places.js';
import type { Study } from '../../core/study/trial.js';
import { type Client, client } from '../../protocol/contract.js';
import type { EngineContract, LockFile } from '../../protocol/engine.js';
import { Journal } from '../journal/journal.js';
import { StudyLock } from '../journal/lock.js';
import { loadStudy } from './study-store.js';

/** Tries, 100 ms apart, while another program has the lock but does not answer: it is starting, or amending too. */
const TRIES = 50;

/** Milliseconds that an engine may take, which may be in the midst of a long suggestion. */
const ANSWER_WITHIN = 30_000;

/** A change, in two ways. */
export interface Amendment<T> {
  /** What is to be written, and what comes of it. */
  here(worker: string, study: Study): { readonly records: readonly JournalRecord[]; readonly result: T };
  /** Asks the engine to. */
  there(engine: Client<EngineContract>): Promise<T>;
}

/**
 * Resolves when the change is on disk; `running` says whether an engine made it.
 * @throws JournalError when the journal is damaged, Error when the change is refused or the holder does not answer.
 */
export async function amendStudy<T>(
  configFile: string,
  name: string,
  amendment: Amendment<T>,
): Promise<{ readonly result: T; readonly running: boolean }> {
  const file = journalFile(configFile, name);
  for (let attempt = 1; ; attempt++) {
    const locked = await StudyLock.acquire(file);
    if (locked.kind === 'held') {
      try {
        const { loaded, reducer } = await loadStudy(configFile, name);
        const { records, result } = amendment.here(`${OUR_WORKER}${process.pid}`, reducer.study);
        const journal = await Journal.continue(file, loaded);
        await journal.append(records).finally(() => journal.close());
        return { result, running: false };
      } finally {
        await locked.lock.release();
      }
    }
    if (locked.elsewhere) throw new Error(locked.message);
    const asked = await askEngine(file, amendment);
    if (asked) return { result: asked.result, running: true };
    if (attempt === TRIES) throw new Error(locked.message);
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** What the engine said, or undefined where none answers. Rejects with the engine's words where it refused. */
async function askEngine<T>(journal: string, { there }: Amendment<T>): Promise<{ result: T } | undefined> {
  const text = await readFile(lockFile(journal), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  let holder: LockFile;
  try {
    holder = JSON.parse(text) as LockFile;
  } catch {
    return undefined;
  }
  const socket = connect({ path: holder.socket });
  const connected = await new Promise<boolean>((done) => {
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
  if (!connected) return undefined;
  const connection = createMessageConnection(
    new SocketMessageReader(socket),
    new SocketMessageWriter(socket),
  );
  connection.listen();
  let timer: NodeJS.Timeout | undefined;
  // An engine that dies meanwhile answers nothing, and one that is halted neither.
  const silence = new Promise<never>((_, reject) => {
    const says = (how: string) =>
      reject(new Error(`The engine of this study (process ${holder.pid}) ${how}`));
    socket.once('close', () =>
      says('ended before it answered. Look whether it took the change, and try again.'),
    );
    timer = setTimeout(() => says('does not answer. End it, and try again.'), ANSWER_WITHIN);
  });
  try {
    return { result: await Promise.race([there(client<EngineContract>(connection)), silence]) };
  } finally {
    clearTimeout(timer);
    connection.dispose();
    socket.destroy();
  }
}
