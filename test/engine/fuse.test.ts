/** Several trials in each worker: the real engine, its real children, and the declarative trainer. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Study } from '../../src/core/study/trial.js';
import { attach, bundle, project, readStudy, startEngine, until } from './support/engine.js';

const rows = Array.from({ length: 120 }, (_, i) => {
  const [a, b] = [Math.sin(i), Math.cos(3 * i)];
  return `${a},${b},${a + b > 0 ? 'up' : 'down'}`;
});

const config = (sweep: string, epochs = 6, rest = ''): string => `# @sweep
#   metric: val_loss
#   sampler: random
#   workers: 1
${sweep
  .trim()
  .split('\n')
  .map((line) => `#   ${line.trim()}`)
  .join('\n')}
data: {csv: rows.csv, target: kind, validation: 0.25}
model:
  task: classification
  units: [8]           # @tune choice([8], [4, 4])
  dropout: 0.1         # @tune float(0, 0.4)
  activation: relu     ${rest}
optimizer:
  learningRate: 0.01   # @tune float(1e-3, 1e-1, log)
training:
  batchSize: 16
  epochs: ${epochs}
`;

const make = (text: string) => project({ 'a.yaml': text, 'rows.csv': `a,b,kind\n${rows.join('\n')}\n` });

const results = (study: Study) =>
  study.trials.map(({ params, reports, values, state }) => ({ params, reports, values, state }));
const running = (study: Study) => study.trials.filter(({ state }) => state === 'running');
/** Epochs that nobody waits for. */
const LONG = 100_000;

describe('a sweep with fuse', () => {
  it('gives each trial what it gets by itself, to the bit, whatever its shape', async () => {
    const folder = await make(config('stop: {trials: 12}\nfuse: 5'));
    const run = async (fuse?: number): Promise<Study> => {
      const overrides = fuse === undefined ? {} : { fuse };
      const engine = await startEngine(join(folder, 'a.yaml'), { fresh: true, overrides });
      expect(await engine.exited).toBe(0);
      return readStudy(engine.started);
    };
    const [fused, alone] = [await run(), await run(1)];
    expect(fused.trials.map(({ state }) => state)).toEqual(new Array(12).fill('complete'));
    expect(results(fused)).toEqual(results(alone));
    expect(Math.max(...fused.trials.map(({ attributes }) => Number(attributes.fused ?? 1)))).toBeGreaterThan(
      1,
    );
    expect(alone.trials.every(({ attributes }) => attributes.fused === undefined)).toBe(true);
    expect(new Set(fused.trials.map(({ attributes }) => attributes.steps))).toEqual(new Set(['compiled']));
    const args = ['verify', 'a.yaml', '--study', fused.name, '--trial', '7'];
    const verified = spawnSync(process.execPath, [bundle('cli.js'), ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(verified.stdout).toContain('Bit-identical');
  });

  it('takes trials that cannot share one after another, with the same results, and says so once', async () => {
    const activation = '# @tune choice(relu, softmax)';
    const folder = await make(config('stop: {trials: 10}', 4, activation));
    const run = async (fuse: number) => {
      const engine = await startEngine(join(folder, 'a.yaml'), { fresh: true, overrides: { fuse } });
      const client = await attach(engine.started);
      const notices: string[] = [];
      client.on('log', ({ message }) => notices.push(message));
      expect(await engine.exited).toBe(0);
      return { study: await readStudy(engine.started), notices };
    };
    const [fused, alone] = [await run(5), await run(1)];
    expect(results(fused.study)).toEqual(results(alone.study));
    expect(new Set(fused.study.trials.map(({ attributes }) => attributes.steps))).toEqual(
      new Set(['compiled', 'general']),
    );
    expect(fused.notices).toEqual([
      'fuse: some trials cannot share the time of a worker (model.activation: softmax); they take it one after another.',
    ]);
    expect(alone.notices).toEqual([]);
  });

  it('prunes a trial by itself', async () => {
    const folder = await make(config('stop: {trials: 16}\nfuse: 8\npruner: median', 12));
    const engine = await startEngine(join(folder, 'a.yaml'));
    expect(await engine.exited).toBe(0);
    const { trials } = await readStudy(engine.started);
    const pruned = trials.filter(({ state }) => state === 'pruned');
    expect(pruned.length).toBeGreaterThan(0);
    for (const { reports } of pruned) expect(reports.length).toBeLessThan(12);
    for (const trial of trials) if (trial.state === 'complete') expect(trial.reports.length).toBe(12);
    expect(trials.length).toBe(16);
  });

  it('ends one that takes too long by itself, and leaves the others in its process alone', async () => {
    const text = config('stop: {trials: 6, trialMinutes: 0.08}\nfuse: 6', 5);
    const folder = await make(text.replace('epochs: 5', `epochs: 5 # @tune choice(5, ${LONG})`));
    const engine = await startEngine(join(folder, 'a.yaml'));
    await engine.exited;
    const { trials } = await readStudy(engine.started);
    const long = trials.filter(({ params }) => params['training.epochs'] === LONG);
    expect(long.length).toBeGreaterThan(0);
    expect(long.length).toBeLessThan(6);
    for (const trial of trials) {
      const isLong = long.includes(trial);
      expect(trial.state).toBe(isLong ? 'failed' : 'complete');
      expect(trial.reason).toBe(
        isLong ? 'took longer than the 0.08 minutes that stop.trialMinutes allows' : undefined,
      );
    }
  });

  it('stops now with all of them waiting, and resumes', async () => {
    const folder = await make(config('stop: {trials: 6}\nfuse: 3', LONG));
    const engine = await startEngine(join(folder, 'a.yaml'));
    await until(
      engine.started,
      (study) => running(study).filter(({ reports }) => reports.length > 0).length === 3,
    );
    const client = await attach(engine.started);
    await client.call('stop', { mode: 'now' });
    await engine.exited;
    const stopped = await readStudy(engine.started);
    expect(stopped.trials.map(({ state }) => state)).toEqual(['waiting', 'waiting', 'waiting']);
    const again = await startEngine(join(folder, 'a.yaml'));
    await until(
      again.started,
      (study) => running(study).filter(({ reports }) => reports.length > 0).length === 3,
    );
  });

  it('runs each again by itself when their process is killed, and fails none of them', async () => {
    const folder = await make(config('stop: {trials: 3}\nfuse: 3', 150));
    const engine = await startEngine(join(folder, 'a.yaml'));
    const { trials } = await until(
      engine.started,
      (study) => running(study).filter(({ reports }) => reports.length > 0).length === 3,
    );
    const pids = new Set(trials.map(({ attributes }) => attributes.pid as number));
    expect(pids.size).toBe(1);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    expect(await engine.exited).toBe(0);
    const after = await readStudy(engine.started);
    expect(after.trials.map(({ state }) => state)).toEqual(['complete', 'complete', 'complete']);
    expect(after.trials.every(({ attributes }) => attributes.pid !== trials[0]?.attributes.pid)).toBe(true);
    expect(after.trials.every(({ reports }) => reports.length === 150)).toBe(true);
  });

  it('is resumable after the engine is killed', async () => {
    const folder = await make(config('stop: {trials: 4}\nfuse: 4', 150));
    const first = await startEngine(join(folder, 'a.yaml'));
    await until(
      first.started,
      (study) => running(study).filter(({ reports }) => reports.length > 0).length === 4,
    );
    first.process.kill('SIGKILL');
    await first.exited;
    const second = await startEngine(join(folder, 'a.yaml'));
    expect(await second.exited).toBe(0);
    const study = await readStudy(second.started);
    expect(study.trials.map(({ state }) => state)).toEqual(new Array(4).fill('complete'));
    expect(study.trials.every(({ reports }) => reports.length === 150)).toBe(true);
  });
});
