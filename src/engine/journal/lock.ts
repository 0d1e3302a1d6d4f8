/**
 * One engine per study: a lock that the operating system releases when its holder dies, however it dies. On Linux an
 * abstract socket, on Windows a named pipe, both gone with the process; elsewhere a Unix socket file, which is stale
 * when nobody answers on it. Beside the journal lies a small file that says who holds the lock and where to reach them.
 */
import { createHash } from 'node:crypto';
import { lstat, mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { hostname, tmpdir, userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { lockFile } from '../../core/study/places.js';
import type { LockFile } from '../../protocol/engine.js';

/** The same for every path to a journal, links and other spellings included. Its folder must be there. */
async function keyOf(journal: string): Promise<string> {
  const path = join(await realpath(dirname(journal)), basename(journal));
  return createHash('sha256').update(path).digest('hex').slice(0, 16);
}

/** Bytes that the path of a Unix socket may have: 103 on macOS, 107 on Linux. */
const LONGEST_PATH = 103;
/** Of a socket in the private folder, its slash included. */
const NAME_BYTES = '/0123456789abcdef.sock'.length;

/** A folder that only this user can enter, short enough for sockets in it. */
async function privateFolder(): Promise<string> {
  const own = `sweetspot-${userInfo().username.replace(/[^\w.-]/g, '_')}`;
  const usual = join(tmpdir(), own);
  // Batch systems give each job a temporary folder of its own, deep down.
  const folder = Buffer.byteLength(usual) + NAME_BYTES <= LONGEST_PATH ? usual : join('/tmp', own);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const stats = await lstat(folder);
  const uid = process.getuid?.();
  if (!stats.isDirectory() || (uid !== undefined && (stats.uid !== uid || (stats.mode & 0o077) !== 0))) {
    throw new Error(`${folder} belongs to someone else or is open to others; remove it and try again.`);
  }
  return folder;
}

/** The address on which the engine serves. */
async function socketPath(key: string): Promise<string> {
  if (process.platform === 'win32') return `\\\\.\\pipe\\sweetspot-${key}`;
  return join(await privateFolder(), `${key}.sock`);
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.end());
    server.once('error', reject);
    server.listen({ path }, () => resolve(server));
  });
}

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** What is listened on to hold the lock. On Linux and Windows whoever runs it: two users of one folder exclude each other, too. */
async function addressOf(key: string): Promise<string> {
  if (process.platform === 'linux') return `\0sweetspot-${key}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\sweetspot-lock-${key}`;
  return join(await privateFolder(), `${key}.lock`);
}

async function claim(key: string): Promise<Server | undefined> {
  const inUse = (error: NodeJS.ErrnoException): undefined => {
    if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
  };
  const path = await addressOf(key);
  const first = await listen(path).catch(inUse);
  if (first || process.platform === 'linux' || process.platform === 'win32' || (await answers(path)))
    return first;
  await rm(path, { force: true });
  return listen(path).catch(inUse);
}

/** Who holds the lock of a journal by the file beside it; the holder may be dead. */
async function readLockFile(journal: string): Promise<LockFile | undefined> {
  try {
    return JSON.parse(await readFile(lockFile(journal), 'utf8')) as LockFile;
  } catch {
    return undefined;
  }
}

/** Whether an engine is at work on a study; true where that is said of another machine, which cannot be asked. */
export async function isAtWork(journal: string): Promise<boolean> {
  const holder = await readLockFile(journal);
  if (!holder) return false;
  return holder.host !== hostname() || answers(await addressOf(await keyOf(journal)));
}

export type LockResult =
  | { readonly kind: 'held'; readonly lock: StudyLock }
  /** `elsewhere`: on another machine, which cannot be asked from here. */
  | { readonly kind: 'busy'; readonly message: string; readonly elsewhere?: boolean };

export class StudyLock {
  readonly #journal: string;
  readonly #server: Server;
  readonly socket: string;

  private constructor(journal: string, server: Server, socket: string) {
    this.#journal = journal;
    this.#server = server;
    this.socket = socket;
  }

  /** Rejects, in a sentence, where nothing can be written into the folder of the journal. */
  static async acquire(journal: string): Promise<LockResult> {
    const key = await keyOf(journal);
    const server = await claim(key);
    const holder = await readLockFile(journal);
    if (!server) {
      const who = holder ? ` (process ${holder.pid} on ${holder.host}, since ${holder.startedAt})` : '';
      return {
        kind: 'busy',
        message: `Another Sweetspot is at work on this study${who}. Stop it there first.`,
      };
    }
    if (holder && holder.host !== hostname()) {
      server.close();
      return {
        kind: 'busy',
        elsewhere: true,
        message: `${lockFile(journal)} says that ${holder.host} is at work on this study. If it no longer is, delete that file.`,
      };
    }
    try {
      const socket = await socketPath(key);
      const content: LockFile = {
        pid: process.pid,
        host: hostname(),
        startedAt: new Date().toISOString(),
        socket,
      };
      await writeFile(lockFile(journal), `${JSON.stringify(content)}\n`);
      return { kind: 'held', lock: new StudyLock(journal, server, socket) };
    } catch (error) {
      // Else this process would hold the study, and not end, for nothing.
      server.close();
      throw new Error(
        `${dirname(journal)} cannot be written: ${(error as Error).message}. To run or change a study, its folder must be writable.`,
        { cause: error },
      );
    }
  }

  async release(): Promise<void> {
    await rm(lockFile(this.#journal), { force: true });
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
