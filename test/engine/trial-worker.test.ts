import { type ChildProcess, fork, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import type { TrainerSpec } from '../../src/core/annotation/annotated-config.js';
import type { AttemptSpec, FromWorker } from '../../src/engine/trial/messages.js';
import { bundle, project } from './support/engine.js';
import { eventually, isAlive } from './support/processes.js';

interface TestWorker {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly sent: FromWorker[];
  /** Runs one attempt to its end; every report is judged with "go on" up to `stopAfter`. */
  run(spec: AttemptSpec, stopAfter?: number): Promise<FromWorker>;
  readonly exited: Promise<number | string | null>;
}

function startWorker(): TestWorker {
  const child = fork(bundle('trial.js'), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  const sent: FromWorker[] = [];
  const exited = new Promise<number | string | null>((done) => {
    // Not `close`, which Node leaves out after our own disconnect().
    child.once('exit', (code, signal) => done(signal ?? code));
  });
  const run: TestWorker['run'] = (spec, stopAfter = Number.POSITIVE_INFINITY) =>
    new Promise((done, fail) => {
      const hear = (message: FromWorker): void => {
        sent.push(message);
        const { trial, attempt } = message;
        if (message.kind === 'report') {
          child.send({ kind: 'verdict', trial, attempt, stop: message.step >= stopAfter });
        } else if (message.kind === 'finished' || message.kind === 'failed') {
          child.off('message', hear);
          done(message);
        }
      };
      child.on('message', hear);
      void exited.then((how) => fail(new Error(`the worker ended (${how})\n${output}`)));
      child.send({ kind: 'run', spec });
    });
  return { child, output: () => output, sent, run, exited };
}

async function attempt(
  trainer: TrainerSpec,
  files: Readonly<Record<string, string>>,
  options: Partial<AttemptSpec> = {},
): Promise<AttemptSpec> {
  const folder = await project({ 'model.yaml': 'lr: 0.1\n', ...files });
  const configText = files['model.yaml'] ?? 'lr: 0.1\n';
  return {
    trial: 0,
    attempt: 1,
    trainer,
    configFile: join(folder, 'model.yaml'),
    config: parse(configText),
    configText,
    params: {},
    metric: 'loss',
    metrics: ['loss'],
    seed: 4,
    folder,
    backend: 'embedded',
    tensorflowFolders: [],
    ...options,
  };
}

const module = (source: string): Promise<AttemptSpec> =>
  attempt({ kind: 'module', file: './train.ts' }, { 'train.ts': source });

const rows = Array.from(
  { length: 60 },
  (_, i) => `${Math.sin(i)},${Math.cos(3 * i)},${i % 2 ? 'odd' : 'even'}`,
);
const declarative = (): Promise<AttemptSpec> =>
  attempt(
    { kind: 'declarative' },
    {
      'rows.csv': `a,b,kind\n${rows.join('\n')}\n`,
      'model.yaml':
        'data: {csv: rows.csv, target: kind}\nmodel: {task: classification, units: [8], dropout: 0.2}\ntraining: {epochs: 3}\n',
    },
  );

describe("a worker's process", () => {
  it('serves many attempts, of every kind of trainer', async () => {
    const worker = startWorker();
    const first = await worker.run(await declarative());
    expect(first).toMatchObject({
      kind: 'finished',
      stopped: false,
      values: { accuracy: expect.any(Number) },
    });
    const second = await worker.run({ ...(await module('export default () => NaN;')), trial: 1 });
    const measured = worker.sent.flatMap((m) =>
      m.kind === 'measured' && m.trial === 0 ? [m.attributes] : [],
    );
    expect(measured).toEqual([{ peakMemory: expect.any(Number) }]);
    expect(second).toMatchObject({ kind: 'finished', trial: 1, values: { loss: Number.NaN } });
    const echo = `node -e "console.log('::sweetspot 0.5')"`;
    const third = await worker.run({ ...(await attempt({ kind: 'command', command: echo }, {})), trial: 2 });
    expect(third).toMatchObject({ kind: 'finished', trial: 2, values: { loss: 0.5 } });
  });

  it('gives the same bits in another process, whatever ran before', async () => {
    const spec = await declarative();
    const reports = (worker: TestWorker) =>
      worker.sent.flatMap((m) => (m.kind === 'report' ? [m.metrics] : []));
    const fresh = startWorker();
    await fresh.run(spec);
    const used = startWorker();
    await used.run({ ...(await declarative()), seed: 99 });
    used.sent.length = 0;
    await used.run(spec);
    expect(reports(used)).toEqual(reports(fresh));
  });

  it('stops at the verdict', async () => {
    const worker = startWorker();
    const end = await worker.run(await declarative(), 2);
    expect(end).toMatchObject({ kind: 'finished', stopped: true });
    expect(worker.sent.filter((m) => m.kind === 'report')).toHaveLength(2);
  });

  it('offers tf with chained operations and gradients', async () => {
    const source = `import * as tf from '@tensorflow/tfjs';
      export default () => tf.grad((x) => x.square().mul(3).sum())(tf.tensor1d([1, 2])).sum().dataSync()[0];`;
    expect(await startWorker().run(await module(source))).toMatchObject({
      kind: 'finished',
      values: { loss: 18 },
    });
  });

  it('keeps what a training prints out of the messages', async () => {
    const worker = startWorker();
    const source = `export default async (config, trial) => {
      console.log('{"kind":"finished"}'); trial.log('step %d', 7); process.send?.({ kind: 'finished', trial: 0, attempt: 1 });
      return 2; }`;
    expect(await worker.run(await module(source))).toMatchObject({ kind: 'finished', values: { loss: 2 } });
    // The pipe and the channel keep no order between them.
    await eventually(() => worker.output().includes('{"kind":"finished"}\nstep 7\n'));
  });

  it("names the user's own line when train() throws, and goes on with the next trial", async () => {
    const worker = startWorker();
    const source = `interface Config { lr: number }
function inner(config: Config): number {
  if (config.lr > 0) throw new RangeError('too hot');
  return 1;
}
export default async function train(config: Config) { return inner(config); }`;
    const end = await worker.run(await module(source));
    expect(end).toMatchObject({ kind: 'failed', fatal: false });
    const { error } = end as { error: string };
    expect(error).toMatch(
      /^RangeError: too hot\n\s+at inner .*train\.ts:3:28\)\n\s+at .*train.*train\.ts:6:\d+\)$/,
    );
    expect(await worker.run(await module('export default () => 1;'))).toMatchObject({ kind: 'finished' });
  });

  it('calls what cannot work in any trial fatal', async () => {
    const end = await startWorker().run(await module('export default () => {\n  const x = ;\n}'));
    expect(end).toMatchObject({ kind: 'failed', fatal: true });
    expect((end as { error: string }).error).toContain('train.ts:2:13: Unexpected ";"');
  });

  it('reports an error that escapes train(), and ends itself', async () => {
    const worker = startWorker();
    const source = `export default () => new Promise(() => { setTimeout(() => { throw new Error('escaped'); }, 20); });`;
    const end = await worker.run(await module(source));
    expect(end).toMatchObject({
      kind: 'failed',
      fatal: false,
      error: expect.stringContaining('Error: escaped'),
    });
    expect(await worker.exited).toBe(1);
  });

  it('leaves when the channel closes in the midst of a training', async () => {
    const worker = startWorker();
    const long = { ...(await declarative()) };
    const text = long.configText.replace('epochs: 3', 'epochs: 1000000');
    worker.run({ ...long, configText: text, config: parse(text) }).catch(() => undefined);
    await eventually(() => worker.sent.length > 3);
    worker.child.disconnect();
    expect(await worker.exited).toBe(0);
  });
});

describe('a training whose process is killed', () => {
  it('goes on in another process from its last checkpoint, with the same bits', {
    timeout: 60_000,
  }, async () => {
    const short = await declarative();
    const configText = short.configText.replace('epochs: 3', 'epochs: 1000000');
    const spec = { ...short, configText, config: parse(configText) };
    const reports = (worker: TestWorker) =>
      worker.sent.flatMap((m) => (m.kind === 'report' ? [m.metrics] : []));

    const first = startWorker();
    first.run(spec).catch(() => undefined);
    const file = join(spec.folder, 'checkpoint.safetensors');
    for (let k = 0; k < 400 && !existsSync(file); k++) await setTimeout(50);
    const kept = reports(first).length;
    for (let k = 0; k < 400 && reports(first).length < kept + 10; k++) await setTimeout(20);
    first.child.kill('SIGKILL');
    await first.exited;

    const second = startWorker();
    const wanted = reports(first).length;
    await second.run({ ...spec, attempt: 2 }, wanted);
    expect(reports(second)).toEqual(reports(first));
    const started = second.sent.find((m) => m.kind === 'started');
    const { epoch } = (started?.attributes.resumedFrom ?? { epoch: 0 }) as { epoch: number };
    expect(epoch).toBeGreaterThan(0);
    expect(epoch).toBeLessThan(wanted);
  });
});

describe.skipIf(process.platform === 'win32')('no orphan is left', () => {
  it('when the engine is killed while training never gives control back', async () => {
    const spec = await module(`import { writeFileSync } from 'node:fs';
      export default (config, trial) => { writeFileSync(trial.folder + '/pid', String(process.pid)); for (;;); }`);
    const engine = spawn(
      process.execPath,
      [
        '-e',
        `const child = require('node:child_process').fork(process.argv[1], [], { serialization: 'advanced' });
         child.send({ kind: 'run', spec: JSON.parse(process.argv[2]) }); setInterval(() => {}, 1000);`,
        bundle('trial.js'),
        JSON.stringify(spec),
      ],
      { stdio: 'ignore' },
    );
    let pid = 0;
    const read = () => readFile(join(spec.folder, 'pid'), 'utf8').then(Number, () => 0);
    for (let k = 0; k < 200 && !pid; k++) {
      await setTimeout(50);
      pid = await read();
    }
    expect(isAlive(pid)).toBe(true);
    engine.kill('SIGKILL');
    await eventually(() => !isAlive(pid));
  });

  it("when a worker is killed while its command runs, nor of the command's own children", async () => {
    const program = `
      import { spawn } from 'node:child_process';
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      console.log('::sweetspot ' + JSON.stringify({ step: 1, loss: 1, own: process.pid, child: child.pid }));
      setInterval(() => {}, 1000);`;
    const command = `"${process.execPath}" program.mjs`;
    const worker = startWorker();
    worker
      .run(await attempt({ kind: 'command', command }, { 'program.mjs': program }))
      .catch(() => undefined);
    await eventually(() => worker.sent.some((m) => m.kind === 'report'));
    const report = worker.sent.find((m) => m.kind === 'report');
    const { own = 0, child = 0 } = report?.kind === 'report' ? report.metrics : {};
    expect([own, child].map(isAlive)).toEqual([true, true]);
    worker.child.kill('SIGKILL');
    await eventually(() => !isAlive(own) && !isAlive(child));
  });
});
