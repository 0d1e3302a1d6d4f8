/** The real engine process with real child processes; the training is a few lines of JavaScript. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFinished } from '../../src/core/study/journal/reduce.js';
import { BOWL, ENDLESS, make } from './support/bowl.js';
import { attach, readStudy, startEngine, until } from './support/engine.js';
import { isAlive } from './support/processes.js';

describe('an engine', () => {
  it('runs a study to its end: the file first, every report and result on disk', async () => {
    const folder = await make('stop: {trials: 6}', BOWL);
    const engine = await startEngine(join(folder, 'a.yaml'));
    expect(engine.started).toMatchObject({ kind: 'ready', study: 'a' });
    expect(await engine.exited).toBe(0);
    const study = await readStudy(engine.started);
    expect(study.status).toEqual({ kind: 'finished', reason: 'all 6 trials were started' });
    expect(study.trials.map(({ state }) => state)).toEqual(new Array(6).fill('complete'));
    expect(study.trials[0]).toMatchObject({ params: { x: 0.5, kind: 'a' }, suggestion: { sampler: 'file' } });
    for (const trial of study.trials) {
      const x = trial.params.x as number;
      const expected = (x - 0.25) ** 2 + (trial.params.kind === 'a' ? 0 : 1) + 1 / 3;
      expect(trial.objectives?.[0]).toBe(expected);
      expect(trial.reports.map(({ step }) => step)).toEqual([1, 2, 3]);
    }
    expect(await readFile(join(folder, '.sweetspot', '.gitignore'), 'utf8')).toBe('*\n');
    expect(existsSync(join(folder, '.sweetspot', 'a.yaml', 'a.lock'))).toBe(false);
  });

  it('suggests the same for the same study seed, and otherwise for another', async () => {
    const folder = await make('stop: {trials: 14}\nworkers: 1', BOWL);
    const points = async (seed: number) => {
      const engine = await startEngine(join(folder, 'a.yaml'), { fresh: true, overrides: { seed } });
      await engine.exited;
      return (await readStudy(engine.started)).trials.map(({ params }) => params);
    };
    const [first, again, other] = [await points(1), await points(1), await points(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('tells its clients of new records and of the end', async () => {
    const folder = await make('stop: {trials: 400}', ENDLESS);
    const engine = await startEngine(join(folder, 'a.yaml'));
    const client = await attach(engine.started);
    const seen: number[] = [];
    client.on('appended', ({ seq }) => seen.push(seq));
    const ended = new Promise((done) => client.on('ended', ({ status }) => done(status)));
    expect(await client.call('hello', { protocol: 1, client: 'test' })).toMatchObject({
      study: 'a',
      protocol: 1,
    });
    await until(engine.started, (study) => (study.trials[0]?.reports.length ?? 0) > 3);
    await client.call('stop', { mode: 'now' });
    expect(await ended).toMatchObject({ kind: 'stopped' });
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe((await readStudy(engine.started)).seq);
    expect(await engine.exited).toBe(0);
  });

  it('lets running trials end when it is asked to finish, and goes on from there', async () => {
    const slow = BOWL.replace('let loss;', 'let loss; await new Promise((r) => setTimeout(r, 300));');
    const folder = await make('stop: {trials: 5}\nworkers: 1', slow);
    const engine = await startEngine(join(folder, 'a.yaml'));
    const client = await attach(engine.started);
    await until(engine.started, (study) => study.trials.length === 2);
    await client.call('stop', { mode: 'finish' });
    await engine.exited;
    const stopped = await readStudy(engine.started);
    expect(stopped.status.kind).toBe('stopped');
    expect(stopped.trials.map(({ state }) => state)).toEqual(['complete', 'complete']);

    const again = await startEngine(join(folder, 'a.yaml'));
    expect(again.started).toMatchObject({ study: 'a' });
    await again.exited;
    const study = await readStudy(again.started);
    expect(study.trials).toHaveLength(5);
    expect(study.trials.slice(0, 2)).toEqual(stopped.trials);
  });

  it('ends a hanging trial at once when asked to stop now, and runs it again later', async () => {
    const folder = await make(
      'stop: {trials: 2}\nworkers: 1',
      `import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
       export default async function train(config, trial) {
         if (!existsSync(new URL('./go', import.meta.url)) && !existsSync(trial.folder + '/../../../../go')) for (;;);
         return 1;
       }`,
    );
    const engine = await startEngine(join(folder, 'a.yaml'));
    const client = await attach(engine.started);
    await until(engine.started, (study) => study.trials.length === 1);
    await new Promise((done) => setTimeout(done, 300));
    await client.call('stop', { mode: 'now' });
    expect(await engine.exited).toBe(0);
    expect((await readStudy(engine.started)).trials).toMatchObject([{ number: 0, state: 'waiting' }]);

    await writeFile(join(folder, 'go'), '');
    const again = await startEngine(join(folder, 'a.yaml'));
    await again.exited;
    expect((await readStudy(again.started)).trials.map(({ state }) => state)).toEqual([
      'complete',
      'complete',
    ]);
  });

  it('does not wait for a compiler that was killed', async () => {
    const folder = await make('stop: {trials: 1}', BOWL);
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    await mkdir(join(folder, '.sweetspot', 'modules'), { recursive: true });
    await writeFile(join(folder, '.sweetspot', 'modules', 'train.js.lock'), String(dead));
    const engine = await startEngine(join(folder, 'a.yaml'));
    await engine.exited;
    expect((await readStudy(engine.started)).trials).toMatchObject([{ state: 'complete' }]);
  });

  it('fails a trial that takes longer than it may', async () => {
    const folder = await make('stop: {trials: 1, trialMinutes: 0.01}', 'export default () => { for (;;); }');
    const engine = await startEngine(join(folder, 'a.yaml'));
    await engine.exited;
    expect((await readStudy(engine.started)).trials).toMatchObject([
      { state: 'failed', reason: expect.stringContaining('trialMinutes') },
    ]);
  });

  it('loses no finished trial when it is killed, and does what an undisturbed one would have done', async () => {
    const train = BOWL.replace('let loss;', 'let loss; await new Promise((r) => setTimeout(r, 30));');
    const folder = await make('stop: {trials: 16}\nworkers: 1', train);
    const file = join(folder, 'a.yaml');
    let killed = await startEngine(file);
    const finished = new Map<number, unknown>();
    for (const count of [2, 7, 11]) {
      await until(killed.started, (study) => study.trials.filter((t) => isFinished(t.state)).length >= count);
      killed.process.kill('SIGKILL');
      await killed.exited;
      for (const trial of (await readStudy(killed.started)).trials) {
        if (isFinished(trial.state)) finished.set(trial.number, trial);
      }
      expect(finished.size).toBeGreaterThanOrEqual(count);
      killed = await startEngine(file);
    }
    expect(await killed.exited).toBe(0);
    const study = await readStudy(killed.started);
    expect(study.trials).toHaveLength(16);
    expect(study.trials.every(({ state }) => state === 'complete')).toBe(true);
    for (const [number, trial] of finished) expect(study.trials[number]).toEqual(trial);

    const undisturbed = await startEngine(file, { fresh: true });
    await undisturbed.exited;
    const results = (trials: typeof study.trials) =>
      trials.map(({ params, objectives }) => ({ params, objectives }));
    expect(results(study.trials)).toEqual(results((await readStudy(undisturbed.started)).trials));
  });

  it('goes on after a torn last line, and keeps a copy of it', async () => {
    const folder = await make('stop: {trials: 3}', BOWL);
    const file = join(folder, 'a.yaml');
    const first = await startEngine(file, { overrides: { trials: 2 } });
    await first.exited;
    if (first.started.kind !== 'ready') throw new Error();
    const { journal } = first.started;
    await appendFile(journal, '{"op_code":4,"worker_id":"sweetsp');
    const again = await startEngine(file, { study: 'a' });
    expect(await again.exited).toBe(0);
    expect((await readStudy(again.started)).trials).toHaveLength(3);
    const copies = (await readdir(dirname(journal))).filter((name) => name.includes('.torn-'));
    expect(copies).toHaveLength(1);
    expect(await readFile(join(dirname(journal), copies[0] as string), 'utf8')).toContain('"sweetsp');
  });

  it('refuses a damaged journal with the line and the remedy, and changes nothing in it', async () => {
    const folder = await make('stop: {trials: 2}', BOWL);
    const file = join(folder, 'a.yaml');
    const first = await startEngine(file);
    await first.exited;
    if (first.started.kind !== 'ready') throw new Error();
    const { journal } = first.started;
    const lines = (await readFile(journal, 'utf8')).split('\n');
    lines[2] = `${lines[2]?.slice(0, 20)}X${lines[2]?.slice(21)}`;
    await writeFile(journal, lines.join('\n'));
    const again = await startEngine(file, { study: 'a' });
    expect(again.started).toMatchObject({
      kind: 'error',
      message: expect.stringMatching(/a\.jsonl:3: the line is damaged/),
    });
    expect(await readFile(journal, 'utf8')).toBe(lines.join('\n'));
  });

  it('is alone at a study: a second one refuses and names the first', async () => {
    const folder = await make('stop: {trials: 400}', ENDLESS);
    const file = join(folder, 'a.yaml');
    const first = await startEngine(file);
    const second = await startEngine(file);
    expect(second.started).toMatchObject({
      kind: 'error',
      code: 'busy',
      message: expect.stringContaining(`process ${first.process.pid}`),
    });
    first.process.kill('SIGKILL');
    await first.exited;
    expect((await startEngine(file)).started).toMatchObject({ kind: 'ready', study: 'a' });
  });

  it('leaves no process behind, however it ends', async () => {
    const folder = await make(
      'stop: {trials: 400}\nworkers: 2',
      `import { writeFileSync } from 'node:fs';\n${ENDLESS.replace('for', "writeFileSync(trial.folder + '/pid', String(process.pid));\n  for")}`,
    );
    const engine = await startEngine(join(folder, 'a.yaml'));
    await until(engine.started, (study) => study.trials.filter((t) => t.reports.length > 0).length === 2);
    const pids = await Promise.all(
      [0, 1].map(async (n) => Number(await readFile(join(folder, `.sweetspot/a.yaml/a/${n}/pid`), 'utf8'))),
    );
    engine.process.kill('SIGKILL');
    await engine.exited;
    await expect.poll(() => pids.filter(isAlive), { timeout: 5_000 }).toEqual([]);
  });

  it('stops by itself, resumable, when no client has come for the grace time', async () => {
    const folder = await make('stop: {trials: 400}', ENDLESS);
    const engine = await startEngine(join(folder, 'a.yaml'), { graceMs: 700 });
    expect(await engine.exited).toBe(0);
    expect((await readStudy(engine.started)).status).toEqual({
      kind: 'stopped',
      reason: 'the window was closed',
    });
  });

  it('starts a new study when the space has changed, and says so; continues one that was stopped otherwise', async () => {
    const folder = await make('stop: {trials: 400}', ENDLESS);
    const file = join(folder, 'a.yaml');
    const first = await startEngine(file, { graceMs: 300 });
    await first.exited;
    await writeFile(file, (await readFile(file, 'utf8')).replace('float(-1, 1)', 'float(-2, 1)'));
    const second = await startEngine(file, { graceMs: 300 });
    expect(second.started).toMatchObject({ study: 'a-2' });
    await second.exited;
    expect(second.output()).toContain('the search space has changed');
  });
});
