/**
 * Optuna in the same run, where Python has it (`--live`, `--python PATH`): it searches the same problems with the same
 * number of trials, and its time per suggestion is measured on the same machine. The Python half is optuna_live.py.
 */
import type { Params } from '../../src/core/space/parameter.js';
import type { Run } from './external.js';
import type { Problem } from './problem.js';
import { startPython } from './python-peer.js';
import { Workers } from './workers.js';

export type LiveSampler = 'random' | 'tpe' | 'tpe_mv' | 'cmaes' | 'gp';

export interface LivePeer {
  readonly version: string;
  /** What the Optuna of that Python offers. */
  readonly samplers: readonly LiveSampler[];
  /** One search, so many trials at a time. */
  search(sampler: LiveSampler, problem: Problem, seed: number, trials: number, atATime: number): Promise<Run>;
  /** Milliseconds of processor time per suggestion after so many trials, ten parameters, median. */
  suggestionTime(sampler: LiveSampler, trials: number): Promise<number>;
  close(): void;
}

interface Answer {
  readonly params?: Params;
  readonly ms?: number;
  readonly version?: string;
  readonly samplers?: readonly LiveSampler[];
}

/** Starts the peer; undefined where that Python has no Optuna. */
export async function startPeer(python: string, root: string): Promise<LivePeer | undefined> {
  const peer = await startPython<Answer>(python, 'optuna_live.py', root);
  if (!peer) return undefined;
  const { send, answer } = peer;
  const { version = '', samplers = [] } = peer.hello;
  return {
    version,
    samplers,
    async search(sampler, problem, seed, trials, atATime) {
      send({ run: { sampler, seed, space: problem.space, trials, workers: atATime } });
      const workers = new Workers(problem, seed, atATime);
      for (let number = 0; number < trials; number++) {
        const { params } = await answer();
        send(workers.start({ number, params: params as Params }));
      }
      workers.finish();
      const { ms = Number.NaN } = await answer();
      return { sampler: `${sampler} live`, problem: problem.id, seed, y: workers.y, ms: [ms] };
    },
    async suggestionTime(sampler, trials) {
      send({ speed: { sampler, trials } });
      return (await answer()).ms ?? Number.NaN;
    },
    close: peer.close,
  };
}
