/**
 * Starts a program so that all it starts can be ended with it, and is ended when this process goes, however it goes.
 * POSIX: a process group, and a tiny shell beside it that waits for our end of a pipe to close. Windows: taskkill by
 * tree while we live. The program is started as it is, never through a shell.
 */
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { killGroup } from './kill-group.js';

const isWindows = process.platform === 'win32';

export interface ProcessGroup {
  readonly child: ChildProcess;
  /** Ends the program and what it started, at once. Does nothing when it has ended. */
  kill(): void;
  /** Asks the program and what it started to end (SIGTERM), and ends them at once after `graceMs`. */
  terminate(graceMs: number): void;
}

/** Blocks in `read` until the pipe closes; a word on it means that all ended well. Not `kill -KILL --`: dash has no `--`. */
const watchdogOf = (group: number): string => `read -r word || kill -9 -${group}`;

function askToEnd(pid: number): void {
  if (isWindows) {
    spawnSync('taskkill', ['/pid', String(pid), '/T'], { stdio: 'ignore', windowsHide: true });
    return;
  }
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // Nobody is left in the group.
  }
}

/** stdin is closed; stdout and stderr are pipes. */
export function spawnGroup(
  program: string,
  args: readonly string[],
  options: Pick<SpawnOptions, 'cwd' | 'env'>,
): ProcessGroup {
  const child = spawn(program, args, {
    ...options,
    detached: !isWindows,
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) return { child, kill: () => undefined, terminate: () => undefined };

  const watchdog = isWindows
    ? undefined
    : spawn('/bin/sh', ['-c', watchdogOf(pid)], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  watchdog?.unref();
  watchdog?.on('error', () => undefined);
  watchdog?.stdin?.on('error', () => undefined);

  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  const kill = (): void => {
    if (!ended) killGroup(pid);
  };
  const terminate = (graceMs: number): void => {
    if (ended || timer) return;
    askToEnd(pid);
    timer = setTimeout(kill, graceMs);
  };
  process.once('exit', kill);
  child.once('exit', () => {
    // What the command left in the background goes as well, else it would hold the pipes open.
    kill();
    ended = true;
    clearTimeout(timer);
    process.off('exit', kill);
    watchdog?.stdin?.end('done\n');
  });
  return { child, kill, terminate };
}
