/**
 * Compiling in a process of its own, which gives its memory back when done. The process is this very bundle, started
 * with `compile` as its argument.
 */
import { fork } from 'node:child_process';
import { endWithParent } from '../../processes/orphan-guard.js';
import { type Compiled, compile } from './compile.js';

const ARGUMENT = 'compile';

/** Whether this process was started to compile. */
export const isCompileProcess = (): boolean => process.argv[2] === ARGUMENT;

/** The process's whole work. */
export async function runCompileProcess(): Promise<void> {
  // Compiling keeps the event loop busy for a second: a worker that is killed meanwhile must not leave it behind.
  endWithParent();
  const [file = '', folder = ''] = process.argv.slice(3);
  const compiled = await compile(file, folder);
  process.send?.(compiled, () => process.disconnect());
}

/** @param script the bundle to start, dist/trial.js */
export function compileElsewhere(script: string, file: string, folder: string): Promise<Compiled> {
  return new Promise((resolve, reject) => {
    const child = fork(script, [ARGUMENT, file, folder], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let complaint = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    child.once('message', (message) => resolve(message as Compiled));
    child.once('error', reject);
    // After a message this changes nothing.
    child.once('close', (code) =>
      reject(new Error(`The compiler ended with code ${code}. ${complaint.trim()}`)),
    );
  });
}
