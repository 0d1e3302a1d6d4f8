/**
 * How fast the store is: `npm run bench:store -- [--quick] [--json FILE] [--python PROGRAM] [--trials N]`. Loads a study
 * of many trials, runs trials that do nothing, appends, and resumes after a kill, each in a process of its own; beside
 * Optuna's journal storage on the same file where the given Python has Optuna.
 */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeSnapshot } from '../../src/engine/journal/snapshot.js';
import { loadStudy } from '../../src/engine/studies/study-store.js';
import { appends, configText, load, noopTrials, writeStudy } from './work.js';

type Figures = Record<string, number>;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    python: { type: 'string', default: '/usr/bin/python3' },
    trials: { type: 'string' },
    work: { type: 'string' },
    folder: { type: 'string', default: '' },
  },
});

const STUDY = 'store';
const configFile = (folder: string): string => join(folder, 'store.yaml');
const trials = Number(options.trials ?? (options.quick ? 10_000 : 100_000));
const noops = options.quick ? 5_000 : 20_000;

/** What a process of its own does with `--work NAME`. */
const works: Readonly<Record<string, (folder: string) => Promise<Figures>>> = {
  write: async (folder) => {
    const { file, lines } = await writeStudy(configFile(folder), STUDY, trials, 20);
    return { lines, megabytes: statSync(file).size / 1e6 };
  },
  snapshot: async (folder) => {
    const { file, loaded, reducer } = await loadStudy(configFile(folder), STUDY);
    const before = performance.now();
    await writeSnapshot(file, reducer, loaded);
    return { seconds: (performance.now() - before) / 1000 };
  },
  load: (folder) => load(configFile(folder), STUDY),
  noop: (folder) => noopTrials(join(folder, 'noop.yaml'), noops, 512),
  append: (folder) => appends(join(folder, 'appends.jsonl'), options.quick ? 100_000 : 500_000, 4096),
};

function own(name: string, folder: string): Promise<Figures> {
  const args = ['--work', name, '--folder', folder, '--trials', String(trials)];
  if (options.quick) args.push('--quick');
  return new Promise((done, reject) => {
    const child = fork(process.argv[1] as string, args, { execArgv: [] });
    child.once('message', (figures) => done(figures as Figures));
    child.once('exit', (code) => reject(new Error(`"${name}" ended with ${code} and without figures.`)));
  });
}

function optuna(mode: string, path: string, count: number): Figures | undefined {
  const script = resolve('bench/store/optuna_store.py');
  try {
    const said = execFileSync(options.python, [script, mode, path, String(count)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return JSON.parse(said) as Figures;
  } catch {
    return undefined;
  }
}

interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly versus: string | null;
  readonly ratio: number | null;
}
const results: Result[] = [];

function result(name: string, value: number, unit: string, other?: number): void {
  const ratio = other === undefined ? null : value / other;
  const versus = other === undefined ? null : `Optuna journal storage: ${other.toPrecision(4)} ${unit}`;
  results.push({ name, value, unit, versus, ratio });
  const beside = versus === null ? '' : `   (${versus}, ratio ${ratio?.toPrecision(3)})`;
  console.log(`${name}: ${value.toPrecision(4)} ${unit}${beside}`);
}

/** The engine of the build on a study, until it says that it is ready. */
async function resumed(file: string): Promise<{ engine: ChildProcess; seconds: number }> {
  const before = performance.now();
  const engine = fork(resolve('dist/engine.js'), [], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  engine.send({
    configFile: file,
    study: STUDY,
    overrides: { workers: 1 },
    backend: 'embedded',
    tensorflowFolders: [],
    graceMs: null,
  });
  const answer = await new Promise<{ kind: string; message?: string }>((done) =>
    engine.once('message', done as never),
  );
  if (answer.kind !== 'ready') throw new Error(answer.message);
  return { engine, seconds: (performance.now() - before) / 1000 };
}

async function resume(folder: string): Promise<void> {
  const file = configFile(folder);
  writeFileSync(file, configText(1_000_000));
  writeFileSync(
    join(folder, 'train.js'),
    'export default async () => new Promise(() => setInterval(() => {}, 1000));\n',
  );
  const { file: journal } = await writeStudy(file, STUDY, 10_000, 10);
  const other = optuna('load', journal, 0);
  const kill = async ({ engine }: { engine: ChildProcess }): Promise<void> => {
    engine.kill('SIGKILL');
    await new Promise((done) => engine.once('exit', done));
  };
  // The first start is the one that gets killed, the second the one that counts.
  await kill(await resumed(file));
  const second = await resumed(file);
  await kill(second);
  result('resume after kill -9, 10 000 trials', second.seconds, 's', other?.seconds);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sweetspot-bench-'));
  try {
    const written = await own('write', folder);
    const journal = join(folder, '.sweetspot', 'store.yaml', `${STUDY}.jsonl`);
    console.log(
      `${trials} trials of 20 reports: ${written.lines} lines, ${written.megabytes?.toFixed(0)} MB`,
    );
    const first = await own('load', folder);
    if (first.trials !== trials || first.reports !== trials * 20)
      throw new Error('The study was not read whole.');
    const other = optuna('load', journal, 0);
    if (!other) console.log(`${options.python} has no Optuna: nothing to compare with`);
    result(`load ${trials} trials without a snapshot`, first.seconds ?? Number.NaN, 's', other?.seconds);
    result(`memory after loading ${trials} trials`, first.megabytes ?? Number.NaN, 'MB', other?.megabytes);
    result(`peak memory while loading ${trials} trials`, first.peak ?? Number.NaN, 'MB', other?.megabytes);
    await own('snapshot', folder);
    const second = await own('load', folder);
    if (second.trials !== trials || second.reports !== trials * 20)
      throw new Error('The snapshot is not whole.');
    result(`load ${trials} trials with a snapshot`, second.seconds ?? Number.NaN, 's', other?.seconds);
    result(`memory after loading ${trials} trials with a snapshot`, second.megabytes ?? Number.NaN, 'MB');
    const appended = await own('append', folder);
    const theirs = optuna('append', join(folder, 'optuna-append.log'), 300);
    const rate = (figures: Figures | undefined, what: string): number | undefined =>
      figures && (figures[what] ?? Number.NaN) / (figures.seconds ?? Number.NaN);
    result(
      'durable appends in group commit',
      rate(appended, 'appends') ?? Number.NaN,
      '/s',
      rate(theirs, 'appends'),
    );
    const noop = await own('noop', folder);
    const trialsOfOptuna = optuna('trials', join(folder, 'optuna.log'), 100);
    result('no-op trials', rate(noop, 'trials') ?? Number.NaN, '/s', rate(trialsOfOptuna, 'trials'));
    const fresh = mkdtempSync(join(folder, 'resume-'));
    await resume(fresh);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (options.json) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
}

const work = options.work === undefined ? undefined : works[options.work];
if (work) {
  const figures = await work(options.folder);
  if (process.send) process.send(figures);
  else console.log(figures);
} else await main();
