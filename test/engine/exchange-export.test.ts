/** Exports for people and for other programs, made from a study that ran. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readOptunaJournal } from '../../src/core/exchange/optuna-journal.js';
import { readOptunaSqlite } from '../../src/engine/exchange/optuna-sqlite.js';
import { EventFile } from '../../src/engine/trial/command/event-files.js';
import { cli } from './support/engine.js';

const CONFIG = `# @sweep
#   train: ./train.js
#   metric: {name: score, goal: maximize}
#   stop: {trials: 6}
#   workers: 1
x: 0.5   # @tune float(0, 1)
rate: 1e-2  # @tune float(1e-3, 1, log)
layers: [8]  # @tune choice([8], [16, 8])
mark: "<b>|"  # @tune choice("<b>|", "b")
`;
const TRAIN = `export default async (config, trial) => {
  if (config.x > 0.9) throw new Error('too <large>');
  for (let step = 1; step <= 3; step++) await trial.report(step, { score: -((config.x - 0.25) ** 2) - 1 / step, loss: step === 2 ? NaN : 1 / step });
  return { score: -((config.x - 0.25) ** 2) };
};`;

interface TrialJson {
  readonly number: number;
  readonly state: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly values: Readonly<Record<string, number>>;
}

let folder: string;
let trials: readonly TrialJson[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sweetspot-test-'));
  await writeFile(join(folder, 'a.yaml'), CONFIG);
  await writeFile(join(folder, 'train.js'), TRAIN);
  expect(cli(folder, 'run', 'a.yaml').status).toBe(0);
  trials = JSON.parse(cli(folder, 'list', 'a.yaml', '--json').stdout);
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

const best = () =>
  trials
    .filter(({ state }) => state === 'complete')
    .reduce((a, b) => (b.values.score! > a.values.score! ? b : a));

describe('sweetspot export', () => {
  it('writes a summary in Markdown whose tables survive odd values', () => {
    const { stdout } = cli(folder, 'export', 'a.yaml', '--format', 'markdown');
    expect(stdout).toMatch(/^# a\n/);
    expect(stdout).toContain(`- **Best**: trial ${best().number}, score `);
    expect(stdout).toContain('| `rate` | 0.001 to 1, log | 0.01 |');
    const rows = stdout.split('\n').filter((line) => line.startsWith('| `mark`'));
    expect(rows).toHaveLength(1);
    expect(rows[0]?.replaceAll('\\|', '').split('|')).toHaveLength(6);
  });

  it('writes one HTML file without scripts or links, in which nothing of the study is markup', () => {
    const { stdout } = cli(folder, 'export', 'a.yaml', '--format', 'html');
    expect(stdout).toContain("default-src 'none'");
    expect(stdout).not.toMatch(/<script|https?:|<b>\||too <large>/);
    expect(stdout.match(/<svg /g)).toHaveLength(2 + 4);
    expect(stdout).toContain('<tr class="won">');
    expect(stdout.match(/<tr[^>]*><td>\d+<\/td>/g)).toHaveLength(6);
    expect(stdout).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('writes a Parquet table with typed columns', async () => {
    expect(cli(folder, 'export', 'a.yaml', '--format', 'parquet', '--output', 'a.parquet').status).toBe(0);
    const file = await asyncBufferFromFile(join(folder, 'a.parquet'));
    const rows = await parquetReadObjects({ file });
    expect(rows).toHaveLength(6);
    for (const [index, row] of rows.entries()) {
      const { number, state, params, values } = trials[index] as TrialJson;
      expect(row).toMatchObject({
        number,
        state,
        x: params.x,
        layers: JSON.stringify(params.layers),
        score: values.score ?? null,
        startedAt: expect.any(Date),
      });
    }
  });

  it('writes a journal for Optuna', () => {
    const { stdout } = cli(folder, 'export', 'a.yaml', '--format', 'optuna');
    const studies = readOptunaJournal(stdout);
    if (typeof studies === 'string') throw new Error(studies);
    expect(studies[0]?.trials.map(({ state }) => state)).toEqual(trials.map(({ state }) => state));
  });

  it('writes a database for Optuna where the file is called one', async () => {
    cli(folder, 'export', 'a.yaml', '--format', 'optuna', '--output', 'a.db');
    const studies = await readOptunaSqlite(join(folder, 'a.db'));
    if (typeof studies === 'string') throw new Error(studies);
    expect(studies[0]?.trials.map(({ state }) => state)).toEqual(trials.map(({ state }) => state));
  });

  it('writes an experiment for MLflow: parameters, metrics by step, tags and states', async () => {
    const { stdout } = cli(folder, 'export', 'a.yaml', '--format', 'mlflow', '--output', 'mlruns');
    expect(stdout).toBe('mlruns holds 6 trials of a.\n');
    const experiment = (await readdir(join(folder, 'mlruns'))).find((name) => name !== '0');
    const place = join(folder, 'mlruns', experiment ?? '');
    expect(experiment).toMatch(/^\d+$/);
    expect(parse(await readFile(join(place, 'meta.yaml'), 'utf8'), { intAsBigInt: true })).toMatchObject({
      name: 'a',
      lifecycle_stage: 'active',
      experiment_id: experiment,
    });
    const runs = (await readdir(place)).filter((name) => /^[0-9a-f]{32}$/.test(name));
    expect(runs).toHaveLength(6);
    const text = (run: string, ...path: string[]) => readFile(join(place, run, ...path), 'utf8');
    for (const run of runs) {
      const meta = parse(await text(run, 'meta.yaml'));
      const trial = trials[Number(await text(run, 'tags', 'sweetspot.trial'))] as TrialJson;
      expect(meta).toMatchObject({
        run_id: run,
        status: trial.state === 'complete' ? 3 : 4,
        run_name: `a-${trial.number}`,
      });
      expect(meta.end_time).toBeGreaterThanOrEqual(meta.start_time);
      expect(Number(await text(run, 'params', 'x'))).toBe(trial.params.x);
      if (trial.state !== 'complete') continue;
      const scores = (await text(run, 'metrics', 'score'))
        .trim()
        .split('\n')
        .map((line) => line.split(' '));
      expect(scores.map(([, , step]) => Number(step))).toEqual([1, 2, 3, 4]);
      expect(Number(scores[3]?.[1])).toBe(trial.values.score);
      expect(await text(run, 'metrics', 'loss')).toMatch(/^\d+ 1 1\n\d+ nan 2\n/);
    }
  });

  it("writes TensorBoard's event files, which our own reader and TensorFlow's framing agree with", async () => {
    const { stdout } = cli(folder, 'export', 'a.yaml', '--format', 'tensorboard', '--output', 'logs');
    expect(stdout).toBe('logs holds 6 trials of a.\n');
    const { number, values } = best();
    const [name] = await readdir(join(folder, 'logs', String(number)));
    const file = join(folder, 'logs', String(number), name ?? '');
    const scalars = await new EventFile(file).read();
    expect(scalars.filter(({ tag }) => tag === 'score').map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(scalars.findLast(({ tag }) => tag === 'score')?.value).toBeCloseTo(values.score ?? Number.NaN, 6);
    const bytes = await readFile(file);
    // How every event file of TensorFlow begins: 24 bytes follow, and the masked checksum of that length.
    expect(bytes.subarray(0, 12).toString('hex')).toBe('1800000000000000a37f4b22');
    expect(bytes.includes('_hparams_/session_start_info')).toBe(true);
    const root = (await readdir(join(folder, 'logs'))).find((one) => one.startsWith('events'));
    expect((await readFile(join(folder, 'logs', root ?? ''))).includes('_hparams_/experiment')).toBe(true);
  });

  it('needs a folder for formats that are folders', () => {
    const { stderr, status } = cli(folder, 'export', 'a.yaml', '--format', 'mlflow');
    expect(stderr).toContain('mlflow takes a folder: --output <folder>.');
    expect(status).toBe(2);
  });
});
