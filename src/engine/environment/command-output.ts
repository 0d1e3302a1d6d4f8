/** What a small program prints, for facts that only programs can tell. Never throws: what cannot be told is left out. */
import { execFile } from 'node:child_process';

const LIMIT = 64 * 2 ** 20;

/** Standard output, or undefined where the program is missing, fails or takes too long. */
export function outputOf(
  program: string,
  args: readonly string[],
  folder: string,
  timeoutMs = 3000,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(
      program,
      [...args],
      { cwd: folder, timeout: timeoutMs, maxBuffer: LIMIT, windowsHide: true },
      (error, stdout) => resolve(error ? undefined : stdout),
    );
  });
}
