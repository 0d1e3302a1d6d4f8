/**
 * What trials of a small network cost as a sweep runs them: the engine's executor, one worker process, every epoch
 * reported and answered. The journal and the sampler are left out; bench/store and bench/search measure those.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { random } from '../../src/core/random.js';
import { LocalExecutor } from '../../src/engine/executors/local.js';
import { processorTime } from './worker.js';

export interface SweepOptions {
  readonly trials: number;
  /** Trials at a time in the worker. */
  readonly fuse: number;
  /** Operation by operation rather than in compiled steps. */
  readonly general: boolean;
}

const IRIS = resolve('examples/iris/iris.csv');

/** Trials per CPU second of engine and worker together; undefined where the system does not tell. */
export async function sweepRate({ trials, fuse, general }: SweepOptions): Promise<number | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'sweetspot-bench-'));
  await writeFile(join(folder, 'iris.csv'), readFileSync(IRIS));
  const executor = new LocalExecutor(1, resolve('dist/trial.js'), fuse);
  const r = random('sweep');
  const pids = new Set<number>();
  const run = async (trial: number): Promise<void> => {
    const dropout = { type: 'dropout', rate: 0.3 * r.next() };
    const hidden = [32, 16].flatMap((units) => [{ type: 'dense', units }, dropout]);
    // What changes nothing, but is not compiled.
    const layers = general ? [{ type: 'reshape', shape: [4] }, ...hidden] : hidden;
    const config = {
      data: { csv: './iris.csv', target: 'species', validation: 0.25, standardize: true },
      model: { task: 'classification', layers },
      optimizer: { learningRate: 10 ** (-3 + 2 * r.next()) },
      training: { epochs: 30, batchSize: 16 },
    };
    const result = await executor.run(
      {
        trial,
        attempt: 1,
        trainer: { kind: 'declarative' },
        configFile: join(folder, 'bench.yaml'),
        config,
        configText: JSON.stringify(config),
        params: {},
        metric: 'val_loss',
        metrics: ['val_loss'],
        seed: trial,
        folder: join(folder, String(trial)),
        backend: 'embedded',
        tensorflowFolders: [],
      },
      {
        started: (attributes) => {
          pids.add(Number(attributes.pid));
        },
        report: async () => false,
      },
    );
    if (result.kind !== 'finished') throw new Error(JSON.stringify(result));
  };
  const runAll = async (from: number, to: number): Promise<void> => {
    let next = from;
    const keepBusy = async (): Promise<void> => {
      while (next < to) await run(next++);
    };
    await Promise.all(Array.from({ length: executor.slots }, keepBusy));
  };
  try {
    // The start of the process is measured elsewhere.
    await runAll(0, executor.slots);
    const used = (): number | undefined => {
      // Processes are replaced now and then: those that are gone count among our own children.
      const own = processorTime(process.pid, true);
      const theirs = [...pids].reduce((sum, pid) => sum + (processorTime(pid) ?? 0), 0);
      return own === undefined ? undefined : (own + theirs) / 1e3;
    };
    const before = used();
    await runAll(executor.slots, executor.slots + trials);
    const after = used();
    return before === undefined || after === undefined ? undefined : trials / (after - before);
  } finally {
    await executor.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}
