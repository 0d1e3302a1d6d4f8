// Starts helper processes so that none of them, nor anything they start, outlives the program that wanted them.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Inherited by everything a process of ours starts, even by what leaves its process group. */
const MARK = 'SWEETSPOT_HARNESS';

/**
 * @typedef {{ child: import('node:child_process').ChildProcess, stop: () => Promise<void> }} Owned
 */

/**
 * Starts `command` in a process group of its own. On Linux the kernel also ends it when this process is killed.
 * @param {string} command @param {readonly string[]} args @param {import('node:child_process').SpawnOptions} options
 * @returns {Owned}
 */
export function startOwned(command, args, options) {
  const mark = randomUUID();
  const setpriv = process.platform === 'linux' ? findOnPath('setpriv') : undefined;
  const [program, ...first] = setpriv === undefined ? [command] : [setpriv, '--pdeathsig', 'TERM', command];
  const child = spawn(program, [...first, ...args], {
    ...options,
    env: { ...(options.env ?? process.env), [MARK]: mark },
    detached: process.platform !== 'win32',
  });
  const lastResort = () => signalGroup(child, 'SIGKILL');
  process.once('exit', lastResort);
  return {
    child,
    stop: async () => {
      process.off('exit', lastResort);
      await endGroup(child);
      await endMarked(mark);
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
  signalGroup(child, 'SIGTERM');
  const impatient = setTimeout(() => signalGroup(child, 'SIGKILL'), 5000);
  await ended;
  clearTimeout(impatient);
  signalGroup(child, 'SIGKILL');
}

function signalGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') spawn('taskkill', ['/pid', String(child.pid), '/T', '/F']);
    else process.kill(-child.pid, signal);
  } catch {
    // The whole group has ended.
  }
}

/** The extension's engine is detached on purpose and would wait for a window to come back: nobody will. */
async function endMarked(mark) {
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
