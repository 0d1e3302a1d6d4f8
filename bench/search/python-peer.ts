/** A Python program that answers with lines of JSON: what live.ts and live-many.ts have in common. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface PythonPeer<Answer> {
  /** What it answered to `version` when it was started. */
  readonly hello: Answer;
  send(message: unknown): void;
  /** @throws Error when the program ends before it answers. */
  answer(): Promise<Answer>;
  close(): void;
}

/**
 * Starts a script of this folder and asks it for its version.
 * @param root folder of the repository
 * @returns undefined where that Python has no Optuna
 */
export async function startPython<Answer extends { readonly version?: string }>(
  python: string,
  script: string,
  root: string,
): Promise<PythonPeer<Answer> | undefined> {
  const child = spawn(python, [join(root, 'bench/search', script)]);
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const send = (message: unknown): void => {
    child.stdin.write(`${JSON.stringify(message)}\n`);
  };
  const receive = async (): Promise<Answer | undefined> => {
    const { value, done } = await lines.next();
    return done ? undefined : (JSON.parse(value) as Answer);
  };
  send('version');
  const hello = await receive();
  if (hello?.version === undefined) return undefined;
  child.stderr.pipe(process.stderr);
  return {
    hello,
    send,
    async answer() {
      const received = await receive();
      if (!received) throw new Error('Optuna ended before it answered; its message is above.');
      return received;
    },
    close: () => child.stdin.end(),
  };
}
