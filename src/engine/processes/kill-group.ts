/** Ends a process and what it started, at once. The process must lead a group of its own (spawned `detached` on POSIX). */
import { spawnSync } from 'node:child_process';

export function killGroup(pid: number): void {
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in the group.
  }
}
