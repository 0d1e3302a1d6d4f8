/** Looking at other processes from a test. */
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'vitest';

/** A zombie is not alive: in a container nobody may be there to bury it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Waits up to ten seconds. */
export async function eventually(condition: () => boolean): Promise<void> {
  for (let k = 0; k < 200 && !condition(); k++) await setTimeout(50);
  expect(condition()).toBe(true);
}
