/**
 * How fast training is: `npm run bench:training -- [--quick] [--json FILE] [--models a,b]`. Samples per CPU second of the
 * embedded backend beside native tfjs-node in the same run, the declarative trainer beside model.fit, networks trained
 * together beside one by one, whole trials of a sweep, and how soon and in how much memory a worker trains.
 */
import { execFileSync, fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { speed, together, trainerBesideFit } from './measure.js';
import { MODELS, type ModelName } from './models.js';
import { type SweepOptions, sweepRate } from './sweep.js';
import { BenchWorker } from './worker.js';

interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly versus: string | null;
  readonly ratio: number | null;
}

/** What a child process is asked to measure. */
type Task =
  | {
      readonly kind: 'speed';
      readonly backend: string;
      readonly model: ModelName;
      readonly seconds: number;
      readonly folder?: string;
    }
  | { readonly kind: 'trainer'; readonly model: ModelName; readonly rounds: number; readonly epochs: number }
  | { readonly kind: 'together'; readonly rounds: number }
  | ({ readonly kind: 'sweep' } & SweepOptions);

function measured(task: Task): Promise<unknown> {
  switch (task.kind) {
    case 'speed':
      return speed(task.backend, task.model, task.seconds, task.folder);
    case 'trainer':
      return trainerBesideFit(task.model, task.rounds, task.epochs);
    case 'together':
      return together(task.rounds);
    case 'sweep':
      return sweepRate(task);
    default:
      return task satisfies never;
  }
}

/** In a process of its own: each starts from the same state, and a native library loads only once per process. */
function inChild<T>(task: Task): Promise<T> {
  return new Promise((done, fail) => {
    const child = fork(process.argv[1]!, ['--task', JSON.stringify(task)], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    let answer: T | undefined;
    child.on('message', (message) => {
      answer = message as T;
    });
    child.on('exit', (code) => {
      if (answer === undefined) fail(new Error(`Measuring ${JSON.stringify(task)} ended with ${code}.`));
      else done(answer);
    });
  });
}

const median = (xs: readonly number[]): number => xs.toSorted((a, b) => a - b)[Math.floor(xs.length / 2)]!;
const rounded = (x: number): string => (x >= 100 ? x.toFixed(0) : x.toPrecision(3));

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    models: { type: 'string', default: Object.keys(MODELS).join(',') },
    task: { type: 'string' },
  },
});

const results: Result[] = [];

function note(result: Result, target: string): void {
  results.push(result);
  const ratio = result.ratio === null ? '' : `${rounded(result.ratio)} ×`;
  console.log(
    `${result.name.padEnd(56)} ${rounded(result.value).padStart(9)} ${result.unit.padEnd(22)} ${ratio.padStart(8)}  ${target}`,
  );
}

/** The folder of tfjs-node, or why there is none. */
function nativeFolder(): string | undefined {
  try {
    return execFileSync(process.execPath, ['scripts/native-tfjs.mjs'], { encoding: 'utf8' }).trim();
  } catch (error) {
    console.log(
      `Native tfjs-node is left out: ${error instanceof Error ? error.message.split('\n')[0] : error}`,
    );
    return undefined;
  }
}

async function compareSpeeds(names: readonly ModelName[], rounds: number, seconds: number): Promise<void> {
  const folder = nativeFolder();
  for (const model of names) {
    const { title, target } = MODELS[model];
    const rates: Record<'embedded' | 'native', number[]> = { embedded: [], native: [] };
    for (let round = 0; round < rounds; round++) {
      for (const backend of ['embedded', 'native'] as const) {
        if (backend === 'native' && folder === undefined) continue;
        const at = backend === 'native' && folder !== undefined ? { folder } : {};
        rates[backend].push(await inChild<number>({ kind: 'speed', backend, model, seconds, ...at }));
      }
    }
    const ours = median(rates.embedded);
    const theirs = folder === undefined ? undefined : median(rates.native);
    note(
      {
        name: `${title}: training on the embedded backend`,
        value: ours,
        unit: 'samples / CPU second',
        versus: theirs === undefined ? null : `tfjs-node 4.22.0, one thread: ${rounded(theirs)}`,
        ratio: theirs === undefined ? null : ours / theirs,
      },
      `aim ≥ ${target}`,
    );
  }
}

async function compareTrainer(quick: boolean): Promise<void> {
  for (const model of quick ? (['mlp784'] as const) : (['mlp784', 'cnn8', 'mlp20'] as const)) {
    const epochs = model === 'mlp20' ? 12 : model === 'cnn8' ? 2 : 4;
    const ratio = await inChild<number>({ kind: 'trainer', model, rounds: quick ? 3 : 7, epochs });
    note(
      {
        name: `${MODELS[model].title}: declarative trainer`,
        value: ratio,
        unit: 'of model.fit',
        versus: 'model.fit, same backend',
        ratio,
      },
      'aim ≥ 0.97',
    );
  }
}

async function compareTogether(quick: boolean): Promise<void> {
  const rates = await inChild<{ together: number; apart: number }>({
    kind: 'together',
    rounds: quick ? 1 : 3,
  });
  note(
    {
      name: '16 MLPs 20-32-32-10 trained together',
      value: rates.together,
      unit: 'trials / CPU second',
      versus: `one after another: ${rounded(rates.apart)}`,
      ratio: rates.together / rates.apart,
    },
    'aim ≥ 4',
  );
}

async function compareSweeps(quick: boolean): Promise<void> {
  const trials = quick ? 48 : 192;
  const fuse = 16;
  const measure = async (options: Omit<SweepOptions, 'trials'>): Promise<number | undefined> => {
    const rates: number[] = [];
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      const rate = await inChild<number | null>({ kind: 'sweep', trials, ...options });
      if (rate !== null) rates.push(rate);
    }
    return rates.length > 0 ? median(rates) : undefined;
  };
  const general = await measure({ fuse: 1, general: true });
  const alone = await measure({ fuse: 1, general: false });
  const fused = await measure({ fuse, general: false });
  if (general === undefined || alone === undefined || fused === undefined) return;
  const unit = 'trials / CPU second';
  const named = (what: string): string => `iris sweep, 30 epochs of 4-32-16-3: ${what}`;
  const versus = `operation by operation, one at a time: ${rounded(general)}`;
  note({ name: named('compiled steps'), value: alone, unit, versus, ratio: alone / general }, '');
  note({ name: named(`fuse ${fuse}`), value: fused, unit, versus, ratio: fused / general }, 'aim ≥ 4');
}

async function measureWorker(quick: boolean): Promise<void> {
  const starts: number[] = [];
  const busy: number[] = [];
  for (let i = 0; i < (quick ? 3 : 7); i++) {
    const worker = await BenchWorker.start();
    const { firstReport } = await worker.run(1);
    starts.push(firstReport);
    const used = worker.cpu;
    if (used !== undefined) busy.push(used);
    await worker.stop();
  }
  const single = (name: string, value: number, unit: string, target: string): void =>
    note({ name, value, unit, versus: null, ratio: null }, target);
  single('first epoch reported after the start of a worker', median(starts), 'ms', 'aim ≤ 400');
  if (busy.length > 0) single('CPU time of the same', median(busy), 'ms', 'what it is on an idle machine');

  const worker = await BenchWorker.start();
  const trials = quick ? 100 : 500;
  const warm: number[] = [];
  let early: number | undefined;
  for (let i = 0; i < trials; i++) {
    warm.push((await worker.run(1)).firstReport);
    if (i === Math.floor(trials / 5)) early = worker.memory;
  }
  single('first epoch reported by a warm worker', median(warm.slice(1)), 'ms', 'aim ≤ 20');
  const late = worker.memory;
  await worker.stop();
  if (early === undefined || late === undefined) return;
  single(`memory of a worker after ${trials} trials`, late, 'MB', 'aim ≤ 120');
  single(`growth of it since trial ${Math.floor(trials / 5)}`, late - early, 'MB', 'aim: flat');
}

if (options.task !== undefined) {
  const answer = await measured(JSON.parse(options.task) as Task);
  process.send!(answer ?? null, undefined, undefined, () => process.exit(0));
} else {
  const names = options.models.split(',').filter((name): name is ModelName => name in MODELS);
  await compareSpeeds(names, options.quick ? 1 : 5, options.quick ? 1 : 3);
  await compareTrainer(options.quick);
  await compareTogether(options.quick);
  await compareSweeps(options.quick);
  await measureWorker(options.quick);
  if (options.json) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
}
