/**
 * Ends this process when its parent is gone, even while user code keeps the event loop busy: a thread of its own looks
 * every second. The orderly way, the IPC channel closing, is trial/main.ts.
 */
import { Worker } from 'node:worker_threads';

/** On POSIX an orphan gets another parent; on Windows the old number stays, but nobody answers to it. */
const WATCH = `
const { ppid: parent } = process;
setInterval(() => {
  let isGone = process.ppid !== parent;
  try { process.kill(parent, 0); } catch (error) { isGone ||= error.code === 'ESRCH'; }
  if (isGone) process.kill(process.pid, 'SIGKILL');
}, 1000);
`;

export function endWithParent(): void {
  new Worker(WATCH, { eval: true, stdout: false, stderr: false }).unref();
}
