/**
 * How much memory a trial took at its peak: of the process that trains it, which on Linux forgets an earlier trial's peak,
 * and of the programs that a command starts, looked at now and then. Elsewhere a process knows the peak of its whole
 * life alone, and what is not known is not said.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { familyOf, processRows } from './usage.js';

/** `VmHWM:     45056 kB` of /proc/PID/status (proc(5)), in bytes. */
export function parsePeak(status: string): number | undefined {
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** Begins anew: what the process took before does not count (proc(5), clear_refs 5). Does nothing where it cannot. */
export async function forgetPeak(): Promise<void> {
  if (process.platform === 'linux') await writeFile('/proc/self/clear_refs', '5').catch(() => undefined);
}

/** Bytes that this process took at its peak, since `forgetPeak` on Linux, else since it began. */
export async function ownPeak(): Promise<number> {
  const status =
    process.platform === 'linux' ? await readFile('/proc/self/status', 'utf8').catch(() => '') : '';
  // libuv gives kilobytes on every system.
  return parsePeak(status) ?? process.resourceUsage().maxRSS * 1024;
}

/** Milliseconds to the first look at a program's memory, and at the most between two: many programs are short. */
const FIRST_LOOK = 150;
const LONGEST_WAIT = 2_000;

/** Watches a program and all that it starts. `end` gives the most that it took together, in bytes, where a look saw it. */
export function watchPeak(pid: number): { readonly end: () => number | undefined } {
  let most: number | undefined;
  let wait = FIRST_LOOK;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    const family = familyOf(pid, (await processRows()) ?? []);
    const together = family.reduce((sum, { memory }) => sum + memory, 0);
    if (together > 0) most = Math.max(most ?? 0, together);
    wait = Math.min(LONGEST_WAIT, wait * 2);
    if (timer) timer = setTimeout(() => void look(), wait);
  };
  timer = setTimeout(() => void look(), wait);
  return {
    end: () => {
      clearTimeout(timer);
      timer = undefined;
      return most;
    },
  };
}
