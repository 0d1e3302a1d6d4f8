/**
 * Runs the command line that comes with the extension, with VS Code's own Node: what changes a study while no engine is
 * at work on it. The extension itself writes no journal.
 */
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';

/** Text of one answer at most, in bytes. */
const MOST = 64 << 20;

export type CliResult =
  | { readonly kind: 'done'; readonly output: string }
  /** In the words of the command line, for people; `output` is what it printed all the same. */
  | { readonly kind: 'refused'; readonly message: string; readonly output: string };

export class OwnCli {
  readonly #script: string;

  /** @param extension absolute path of the extension's folder */
  constructor(extension: string) {
    this.#script = join(extension, 'dist', 'cli.js');
  }

  /** Runs in the folder of the config (or other file) that the command is about. Never rejects. */
  run(command: string, configFile: string, ...args: readonly string[]): Promise<CliResult> {
    return this.#exec(undefined, command, configFile, args);
  }

  /** The same, ended with SIGINT when the signal says so. */
  cancellable(
    signal: AbortSignal,
    command: string,
    configFile: string,
    ...args: readonly string[]
  ): Promise<CliResult> {
    return this.#exec(signal, command, configFile, args);
  }

  #exec(
    signal: AbortSignal | undefined,
    command: string,
    configFile: string,
    args: readonly string[],
  ): Promise<CliResult> {
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [this.#script, command, configFile, ...args],
        {
          cwd: dirname(configFile),
          env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
          maxBuffer: MOST,
          windowsHide: true,
        },
        (error, stdout, stderr) => {
          if (!error) resolve({ kind: 'done', output: stdout });
          else {
            const message = stderr.trim() || stdout.trim() || error.message;
            resolve({ kind: 'refused', message, output: stdout });
          }
        },
      );
      signal?.addEventListener('abort', () => child.kill('SIGINT'), { once: true });
    });
  }
}
