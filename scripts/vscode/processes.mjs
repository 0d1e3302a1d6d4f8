// Starts helper processes so that none of them, nor anything they start, outlives the program that wanted them.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Inherited by everything a process of ours starts, even by what leaves its process group. */
const MARK = 'SWEETSPOT_HARNESS';

const GUARD = fileURLToPath(new URL('guard.mjs', import.meta.url));

/**
 * @typedef {{ child: import('node:child_process').ChildProcess, stop: () => Promise<void> }} Owned
 */

/**
 * Starts `command` in a process group of its own. If this process is killed, a guard ends the group.
 * @param {string} command @param {readonly string[]} args @param {import('node:child_process').SpawnOptions} options
 * @returns {Owned}
 */
export function startOwned(command, args, options) {
  const mark = randomUUID();
  const env = { ...(options.env ?? process.env), [MARK]: mark };
  const child = spawn(command, args, { ...options, env, detached: process.platform !== 'win32' });
  const guard = spawn(process.execPath, [GUARD, mark, String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Out of reach of Ctrl+C, which the terminal sends to the whole group.
    detached: true,
    windowsHide: true,
  });
  guard.unref();
  return {
    child,
    stop: async () => {
      await endGroup(child);
      await endMarked(mark);
      guard.stdin.end('done');
    },
  };
}

/** @returns {string | undefined} where PATH finds a program */
export function findOnPath(name) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Runs `cleanUp` once when the user interrupts this program or it is asked to end, then ends it. */
export function onInterrupt(cleanUp) {
  let stopping = false;
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ]) {
    process.on(signal, async () => {
      if (stopping) return;
      stopping = true;
      await cleanUp().catch((error) => console.error(error));
      process.exit(code);
    });
  }
}

async function endGroup(child) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  signalGroup(child.pid, 'SIGTERM');
  const impatient = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), 5000);
  await ended;
  clearTimeout(impatient);
  signalGroup(child.pid, 'SIGKILL');
}

/** @param {number} group the pid of the process that leads it */
export function endGroupNow(group) {
  signalGroup(group, 'SIGKILL');
}

function signalGroup(group, signal) {
  try {
    if (process.platform === 'win32') spawn('taskkill', ['/pid', String(group), '/T', '/F']);
    else process.kill(-group, signal);
  } catch {
    // The whole group has ended.
  }
}

/**
 * Ends what left the group: the extension's engine is detached on purpose and would wait for a window to come back.
 * @param {string} mark
 */
export async function endMarked(mark) {
  if (process.platform !== 'linux') return;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (!environment.split('\0').includes(`${MARK}=${mark}`)) continue;
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended meanwhile.
    }
  }
}
