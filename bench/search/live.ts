/**
 * Optuna in the same run, where Python has it (`--live`, `--python PATH`): it searches the same problems with the same
 * number of trials, and its time per suggestion is measured on the same machine. The Python half is optuna_live.py.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Params } from '../../src/core/space/parameter.js';
import type { Run } from './external.js';
import type { Problem } from './problem.js';

export const LIVE_SAMPLERS = ['random', 'tpe', 'tpe_mv', 'cmaes'] as const;
export type LiveSampler = (typeof LIVE_SAMPLERS)[number];

export interface LivePeer {
  readonly version: string;
  search(sampler: LiveSampler, problem: Problem, seed: number, trials: number): Promise<Run>;
  /** Milliseconds of processor time per suggestion after so many trials, ten parameters, median. */
  suggestionTime(sampler: LiveSampler, trials: number): Promise<number>;
  close(): void;
}

interface Answer {
  readonly params?: Params;
  readonly ms?: number;
  readonly version?: string;
}

/** Starts the peer; undefined where that Python has no Optuna. */
export async function startPeer(python: string, root: string): Promise<LivePeer | undefined> {
  const child: ChildProcessWithoutNullStreams = spawn(python, [join(root, 'bench/search/optuna_live.py')]);
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
  const answer = async (): Promise<Answer> => {
    const received = await receive();
    if (!received) throw new Error('Optuna ended before it answered; its message is above.');
    return received;
  };
  send('version');
  const version = (await receive())?.version;
  if (version === undefined) return undefined;
  child.stderr.pipe(process.stderr);
  return {
    version,
    async search(sampler, problem, seed, trials) {
      send({ run: { sampler, seed, space: problem.space, trials } });
      const y: number[] = [];
      while (y.length < trials) {
        const { params } = await answer();
        const value = problem.evaluate(params as Params);
        y.push(value);
        send(value);
      }
      const { ms = Number.NaN } = await answer();
      return { sampler: `${sampler} live`, problem: problem.id, seed, y, ms: [ms] };
    },
    async suggestionTime(sampler, trials) {
      send({ speed: { sampler, trials } });
      return (await answer()).ms ?? Number.NaN;
    },
    close: () => child.stdin.end(),
  };
}
