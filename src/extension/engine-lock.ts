/** The lock beside a journal, by which an engine that another window or a terminal started is found. */
import { readFile } from 'node:fs/promises';
import { lockFile } from '../core/study/places.js';
import type { LockFile } from '../protocol/engine.js';

export async function readLock(journal: string): Promise<LockFile | undefined> {
  try {
    return JSON.parse(await readFile(lockFile(journal), 'utf8')) as LockFile;
  } catch {
    return undefined;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
