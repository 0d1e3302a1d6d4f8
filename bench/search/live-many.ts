/**
 * Optuna in the same run on learning curves and several objectives (`--live`, `--python PATH`): it asks this process for
 * every value. The Python half is optuna_many.py.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Params, Space } from '../../src/core/space/parameter.js';

interface CurveStudy {
  readonly sampler: string;
  readonly pruner: string;
  readonly seed: number;
  readonly space: Space;
  /** To be spent, and of a full training. */
  readonly epochs: number;
  readonly last: number;
}

interface ObjectivesStudy {
  readonly sampler: string;
  readonly seed: number;
  readonly space: Space;
  readonly trials: number;
  /** How many objectives. */
  readonly count: number;
}

export interface ManyPeer {
  readonly version: string;
  readonly samplers: readonly string[];
  readonly pruners: readonly string[];
  /** Runs a study; `value` is asked once for each epoch, in order. The number of trials. */
  curves(study: CurveStudy, value: (params: Params, epoch: number) => number): Promise<number>;
  objectives(study: ObjectivesStudy, values: (params: Params) => readonly number[]): Promise<void>;
  close(): void;
}

interface Message {
  readonly params?: Params;
  readonly epoch?: number;
  readonly done?: true;
  readonly version?: string;
  readonly samplers?: readonly string[];
  readonly pruners?: readonly string[];
}

/** Starts the peer; undefined where that Python has no Optuna. */
export async function startManyPeer(python: string, root: string): Promise<ManyPeer | undefined> {
  const child = spawn(python, [join(root, 'bench/search/optuna_many.py')]);
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const send = (message: unknown): void => {
    child.stdin.write(`${JSON.stringify(message)}\n`);
  };
  const receive = async (): Promise<Message | undefined> => {
    const { value, done } = await lines.next();
    return done ? undefined : (JSON.parse(value) as Message);
  };
  const next = async (): Promise<Message> => {
    const message = await receive();
    if (!message) throw new Error('Optuna ended before it answered; its message is above.');
    return message;
  };
  send('version');
  const { version, samplers = [], pruners = [] } = (await receive()) ?? {};
  if (version === undefined) return undefined;
  child.stderr.pipe(process.stderr);
  return {
    version,
    samplers,
    pruners,
    async curves(study, value) {
      send({ curves: study });
      let params: Params = {};
      let trials = 0;
      for (let message = await next(); !message.done; message = await next()) {
        if (message.params) {
          params = message.params;
          trials++;
        } else send(value(params, message.epoch ?? 0));
      }
      return trials;
    },
    async objectives(study, values) {
      send({ objectives: study });
      for (let message = await next(); !message.done; message = await next())
        send(values(message.params ?? {}));
    },
    close: () => child.stdin.end(),
  };
}
