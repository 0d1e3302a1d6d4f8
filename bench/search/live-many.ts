/**
 * Optuna in the same run on learning curves and several objectives (`--live`, `--python PATH`): it asks this process for
 * every value. The Python half is optuna_many.py.
 */
import type { Params, Space } from '../../src/core/space/parameter.js';
import { startPython } from './python-peer.js';

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
  const peer = await startPython<Message>(python, 'optuna_many.py', root);
  if (!peer) return undefined;
  const { send, answer } = peer;
  const { version = '', samplers = [], pruners = [] } = peer.hello;
  return {
    version,
    samplers,
    pruners,
    async curves(study, value) {
      send({ curves: study });
      let params: Params = {};
      let trials = 0;
      for (let message = await answer(); !message.done; message = await answer()) {
        if (message.params) {
          params = message.params;
          trials++;
        } else send(value(params, message.epoch ?? 0));
      }
      return trials;
    },
    async objectives(study, values) {
      send({ objectives: study });
      for (let message = await answer(); !message.done; message = await answer())
        send(values(message.params ?? {}));
    },
    close: peer.close,
  };
}
