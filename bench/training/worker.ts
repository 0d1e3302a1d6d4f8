/** A worker's child as the engine starts it (dist/trial.js): how soon it trains, and what memory many trials take. */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { random } from '../../src/core/random.js';
import type { AttemptSpec, FromWorker, ToWorker } from '../../src/engine/trial/messages.js';

const ROWS = 150;

/** Resident memory in MB; undefined where the system does not tell. */
function residentMemory(pid: number): number | undefined {
  try {
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}

/**
 * CPU milliseconds used so far; undefined where the system does not tell.
 * @param withChildren with those of its children that have ended
 */
export function processorTime(pid: number, withChildren = false): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Fields 14 to 17 of proc(5), counted behind the name, in hundredths of a second: own time, then that of children.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields.slice(11, withChildren ? 15 : 13).reduce((sum, field) => sum + Number(field), 0) * 10;
  } catch {
    return undefined;
  }
}

export class BenchWorker {
  readonly #child: ChildProcess;
  #trial = 0;

  private constructor(private readonly folder: string) {
    this.#child = fork(resolve('dist/trial.js'), [], {
      // As the engine's own executor does.
      execArgv: ['--max-semi-space-size=2'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }

  /** @throws Error where the bundle has not been built */
  static async start(): Promise<BenchWorker> {
    if (!existsSync(resolve('dist/trial.js')))
      throw new Error('dist/trial.js is missing: run "npm run build" first.');
    const folder = await mkdtemp(join(tmpdir(), 'sweetspot-bench-'));
    const r = random('worker');
    const rows = Array.from({ length: ROWS }, (_, i) =>
      [r.next(), r.next(), r.next(), r.next(), `c${i % 3}`].join(','),
    );
    await writeFile(join(folder, 'data.csv'), ['a,b,c,d,y', ...rows, ''].join('\n'));
    return new BenchWorker(folder);
  }

  get memory(): number | undefined {
    return residentMemory(this.#child.pid!);
  }

  get cpu(): number | undefined {
    return processorTime(this.#child.pid!);
  }

  /** Trains one trial; resolves to the milliseconds until its first report and until its end. */
  run(epochs: number): Promise<{ readonly firstReport: number; readonly end: number }> {
    const trial = this.#trial++;
    const config = {
      data: { csv: './data.csv', target: 'y', validation: 0.25, standardize: true },
      model: { task: 'classification', units: [32, 16] },
      optimizer: { name: 'adam', learningRate: 0.001 * (1 + (trial % 9)) },
      training: { epochs, batchSize: 32 },
    };
    const spec: AttemptSpec = {
      trial,
      attempt: 1,
      trainer: { kind: 'declarative' },
      configFile: join(this.folder, 'bench.yaml'),
      config,
      configText: JSON.stringify(config),
      params: {},
      metric: 'val_loss',
      metrics: ['val_loss'],
      seed: trial,
      folder: this.folder,
      backend: 'embedded',
      tensorflowFolders: [],
    };
    const start = performance.now();
    let firstReport = Number.NaN;
    return new Promise((done, fail) => {
      const hear = (message: FromWorker): void => {
        if (message.kind === 'report') {
          if (Number.isNaN(firstReport)) firstReport = performance.now() - start;
          this.#send({ kind: 'verdict', trial, attempt: 1, stop: false });
        }
        if (message.kind === 'failed') fail(new Error(message.error));
        if (message.kind === 'finished') {
          this.#child.off('message', hear);
          done({ firstReport, end: performance.now() - start });
        }
      };
      this.#child.on('message', hear);
      this.#send({ kind: 'run', spec });
    });
  }

  #send(message: ToWorker): void {
    this.#child.send(message);
  }

  async stop(): Promise<void> {
    this.#child.disconnect();
    await rm(this.folder, { recursive: true, force: true });
  }
}
