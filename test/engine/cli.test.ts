/** The command line as it is built, run as a user would. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bundle, project } from './support/engine.js';

const CONFIG = `# @sweep
#   train: ./train.js
#   metric: {name: score, goal: maximize}
#   stop: {trials: 5}
#   workers: 1
x: 0.5   # @tune float(0, 1)   # where the bowl is
y: 1e-2  # @tune float(1e-3, 1, log)
name: "a"  # @tune choice("a", "b")
`;
const TRAIN = `export default async (config, trial) => {
  await trial.report(1, { score: 0, loss: NaN });
  return { score: -((config.x - 0.25) ** 2) - Math.log10(config.y / 0.1) ** 2 };
}`;

const make = () => project({ 'a.yaml': CONFIG, 'train.js': TRAIN });

interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function cli(
  folder: string,
  args: readonly string[],
  onLine?: (out: string, kill: () => void) => void,
): Promise<Result> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bundle('cli.js'), ...args], { cwd: folder });
    let out = '';
    let err = '';
    let killed = false;
    child.stdout.on('data', (chunk) => {
      out += chunk;
      onLine?.(out, () => {
        if (!killed) child.kill('SIGINT');
        killed = true;
      });
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

describe('sweetspot run', () => {
  it('prints the best trial, the improvement over the file and the diff, and ends with 0', async () => {
    const { code, out } = await cli(await make(), ['run', 'a.yaml']);
    expect(code).toBe(0);
    expect(out).toMatch(/Finished: all 5 trials were started/);
    expect(out).toMatch(/Best: trial \d, score /);
    expect(out).toMatch(/Values in the file: score -1.0625; improved by/);
    expect(out).toMatch(/^-x: 0.5 {3}# @tune float\(0, 1\) {3}# where the bowl is$/m);
    expect(out).toMatch(/^\+x: \S+ {2,}# @tune float\(0, 1\) {3}# where the bowl is$/m);
  });

  it('speaks JSON, one event a line, the last with the best trial', async () => {
    const { code, out } = await cli(await make(), [
      'run',
      'a.yaml',
      '--json',
      '--trials',
      '3',
      '--seed',
      '4',
    ]);
    expect(code).toBe(0);
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({ event: 'start', study: 'a', continued: false });
    expect(events.at(-1)).toMatchObject({
      event: 'end',
      study: 'a',
      status: { kind: 'finished' },
      baseline: {
        number: 0,
        state: 'complete',
        values: { score: -1.0625, loss: null },
        params: { x: 0.5, y: 0.01, name: 'a' },
      },
    });
    const completed = events.filter(({ event, trial }) => event === 'trial' && trial.state === 'complete');
    expect(completed.map(({ trial }) => trial.number)).toEqual([0, 1, 2]);
  });

  it('gives the same trials for the same seed', async () => {
    const folder = await make();
    const params = async () => {
      await cli(folder, ['run', 'a.yaml', '--new', '--seed', '9']);
      return JSON.parse((await cli(folder, ['list', 'a.yaml', '--json'])).out).map(
        (t: { params: object }) => t.params,
      );
    };
    expect(await params()).toEqual(await params());
  });

  it('says what a sweep would take from one trial, and starts none', async () => {
    const folder = await make();
    const { code, out } = await cli(folder, ['run', 'a.yaml', '--forecast', '--json', '--trials', '40']);
    const { trials, workers, dryRun } = JSON.parse(out);
    expect({ code, trials, workers }).toEqual({ code: 0, trials: 40, workers: 1 });
    expect(dryRun).toMatchObject({ seconds: expect.any(Number), startup: expect.any(Number) });
    expect(existsSync(join(folder, '.sweetspot', 'a.yaml'))).toBe(false);
  });

  it('says in a forecast, too, that the values in the file fail', async () => {
    const folder = await project({
      'a.yaml': CONFIG,
      'train.js': "export default () => { throw new Error('no such data'); };",
    });
    const { code, out } = await cli(folder, ['run', 'a.yaml', '--forecast']);
    expect(code).toBe(1);
    expect(out).toContain('no such data');
    await writeFile(join(folder, 'train.js'), 'export default () => ({ accuracy: 1 });');
    const silent = await cli(folder, ['run', 'a.yaml', '--forecast']);
    expect(silent.code).toBe(1);
    expect(silent.out).toContain('The metric "score" was never reported. It gave accuracy.');
  });

  it('goes on to its end when nobody reads what it prints any more', async () => {
    const folder = await make();
    const child = spawn(process.execPath, [bundle('cli.js'), 'run', 'a.yaml'], { cwd: folder });
    child.stdout.once('data', () => child.stdout.destroy());
    child.stderr.destroy();
    expect(await new Promise((done) => child.once('exit', done))).toBe(0);
    expect(JSON.parse((await cli(folder, ['show', 'a.yaml', '--json'])).out).status.kind).toBe('finished');
  });

  it('ends with 130 when interrupted, and resume goes on', async () => {
    const folder = await make();
    await writeFile(
      join(folder, 'train.js'),
      TRAIN.replace('{', '{ await new Promise((r) => setTimeout(r, 200));'),
    );
    const interrupted = await cli(
      folder,
      ['run', 'a.yaml'],
      (out, kill) => /trial 1 complete/.test(out) && kill(),
    );
    expect(interrupted.code).toBe(130);
    expect(interrupted.out).toContain('Stopped: interrupted by SIGINT.');
    const list = async () => JSON.parse((await cli(folder, ['list', 'a.yaml', '--json'])).out);
    const before = await list();
    expect(before.slice(0, 2).map((t: { state: string }) => t.state)).toEqual(['complete', 'complete']);
    expect((await cli(folder, ['resume', 'a.yaml'])).code).toBe(0);
    const after = await list();
    expect(after).toHaveLength(5);
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
  });

  it('starts a new study after a finished one, and resume extends the finished one', async () => {
    const folder = await make();
    await cli(folder, ['run', 'a.yaml']);
    const second = await cli(folder, ['run', 'a.yaml']);
    expect(second.out).toContain('Starting study a-2');
    expect(second.out).toContain('The study "a" is finished; resume it to add trials to it instead.');
    const { code, out } = await cli(folder, ['resume', 'a.yaml', '--study', 'a', '--trials', '7']);
    expect(code).toBe(0);
    expect(out).toContain('Finished: all 7 trials were started');
  });

  it('says what in the file has no effect', async () => {
    const folder = await project({
      'a.yaml': `${CONFIG}kind: a\nz: 1   # @tune float(0, 2) when kind == b\n`,
      'train.js': TRAIN,
    });
    const { code, out } = await cli(folder, ['run', 'a.yaml', '--trials', '1']);
    expect(code).toBe(0);
    expect(out).toMatch(/^a\.yaml:10:\d+: `z` never takes part/m);
  });

  it('is a success also where the file can no longer take the best values', async () => {
    const train = `import { writeFileSync } from 'node:fs';
      export default (config) => { writeFileSync('a.yaml', 'x: 0.5\\n'); return { score: config.x }; };`;
    const folder = await project({ 'a.yaml': CONFIG, 'train.js': train });
    const { code, out } = await cli(folder, ['run', 'a.yaml', '--trials', '1', '--sampler', 'random']);
    expect(out).toContain('Best: trial 0');
    expect(out).toContain('a.yaml: nothing in it is marked for tuning.');
    expect(code).toBe(0);
  });

  it('says when the values in the file are the best: success, and nothing to change', async () => {
    const folder = await project({
      'a.yaml': CONFIG.replace('0.5', '0.25').replace('1e-2', '1e-1'),
      'train.js': TRAIN,
    });
    const { code, out } = await cli(folder, ['run', 'a.yaml', '--trials', '3']);
    expect(code).toBe(0);
    expect(out).toContain("No improvement: the file's own values are the best so far.");
    expect(out).toContain('a.yaml already has the best values.');
    expect((await cli(folder, ['apply', 'a.yaml', '--dry-run'])).out).toBe('');
  });

  it.each([
    ['no such file', ['run', 'b.yaml'], /b\.yaml: there is no such file/],
    ['an option that is none', ['run', 'a.yaml', '--trails', '3'], /--trails/],
    ['a count that is none', ['run', 'a.yaml', '--trials', '0'], /whole number from 1/],
    ['a sampler that is none', ['run', 'a.yaml', '--sampler', 'magic'], /auto, .*random/],
    ['a command that is none', ['rum', 'a.yaml'], /rum/],
    ['a study that is none', ['run', 'a.yaml', '--study', 'z'], /no study "z"/],
  ])('ends with 2 for %s, and says what is wrong', async (_what, args, message) => {
    const { code, err } = await cli(await make(), args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it.each([
    ['an empty range', CONFIG.replace('float(0, 1)', 'float(1, 0)'), /a\.yaml:6:\d+: /],
    ['the log of zero', CONFIG.replace('1e-3', '0'), /a\.yaml:7:\d+: /],
    ['a choice without values', CONFIG.replace('choice("a", "b")', 'choice()'), /a\.yaml:8:\d+: /],
    ['a setting that is none', CONFIG.replace('workers', 'worker'), /a\.yaml:5:\d+: .*workers/],
  ])('ends with 2 for %s, with file, line and column', async (_what, config, message) => {
    const folder = await project({ 'a.yaml': config, 'train.js': TRAIN });
    const { code, err } = await cli(folder, ['run', 'a.yaml']);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it('says why when the study cannot go on, and loses nothing', async () => {
    const folder = await project({ 'a.yaml': CONFIG.replace('./train.js', './nowhere.js') });
    const { code, out } = await cli(folder, ['run', 'a.yaml']);
    expect(code).toBe(2);
    expect(out).toMatch(/Could not go on: .*nowhere\.js/);
    await writeFile(join(folder, 'a.yaml'), CONFIG);
    await writeFile(join(folder, 'train.js'), TRAIN);
    expect((await cli(folder, ['run', 'a.yaml'])).out).toContain('Continuing study a');
  });

  it('says how to begin anew where every trial failed, and in the line of each trial why', async () => {
    const train = "export default () => { throw new TypeError('no rows'); }";
    const folder = await project({ 'a.yaml': CONFIG.replace(/trials: 5/, 'trials: 9'), 'train.js': train });
    const { code, out } = await cli(folder, ['run', 'a.yaml']);
    expect(code).toBe(1);
    expect(out).toMatch(/^trial 0 failed, score –, best –: TypeError: no rows$/m);
    expect(out).toContain('Once that is mended, begin anew: sweetspot run a.yaml --new');
    expect(out).not.toContain('resume');
    const shown = (await cli(folder, ['show', 'a.yaml', '--trial', '0'])).out;
    expect(shown).toMatch(
      /^Trial 0 of a: failed\nTypeError: no rows\n.*^peakMemory +\d[\d.]* MB$.*^0 reports$/ms,
    );
  });
});

describe('sweetspot best, list, show, export and apply', () => {
  it('say what the study found', async () => {
    const folder = await make();
    expect(await cli(folder, ['best', 'a.yaml'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('no study'),
    });
    const early = await cli(folder, ['best', 'a.yaml', '--json']);
    expect({ code: early.code, json: JSON.parse(early.out) }).toEqual({
      code: 1,
      json: { study: null, trial: null, baseline: null },
    });
    await cli(folder, ['run', 'a.yaml']);
    const best = JSON.parse((await cli(folder, ['best', 'a.yaml', '--json'])).out);
    const list = JSON.parse((await cli(folder, ['list', 'a.yaml', '--json'])).out);
    const highest = Math.max(...list.map((t: { values: { score: number } }) => t.values.score));
    expect(best).toEqual({
      study: 'a',
      trial: expect.objectContaining({ state: 'complete' }),
      baseline: list[0],
    });
    expect(best.trial.values.score).toBe(highest);
    expect((await cli(folder, ['show', 'a.yaml'])).out).toMatch(/Status {5}finished/);
    expect((await cli(folder, ['show', 'a.yaml', '--trial', '1'])).out).toMatch(/Trial 1 of a: complete/);

    const csv = (await cli(folder, ['export', 'a.yaml'])).out.trim().split('\n');
    expect(csv[0]).toBe('number,state,x,y,name,loss,score,startedAt,finishedAt,reason');
    expect(csv).toHaveLength(6);
    expect(csv[1]).toMatch(/^0,complete,0\.5,0\.01,a,,-1\.0625,/);
    const json = JSON.parse((await cli(folder, ['export', 'a.yaml', '--format', 'json'])).out);
    expect(json.trials[0].reports).toEqual([{ step: 1, metrics: { score: 0, loss: null } }]);
  });

  it('put the values of a trial into the file, and touch nothing else', async () => {
    const folder = await make();
    await cli(folder, ['run', 'a.yaml']);
    const file = join(folder, 'a.yaml');
    const list = JSON.parse((await cli(folder, ['list', 'a.yaml', '--json'])).out);
    const { x, y, name } = list[1].params;
    const preview = await cli(folder, ['apply', 'a.yaml', '--trial', '1', '--dry-run']);
    expect(preview.code).toBe(0);
    expect(await readFile(file, 'utf8')).toBe(CONFIG);
    expect((await cli(folder, ['apply', 'a.yaml', '--trial', '1'])).code).toBe(0);
    const applied = await readFile(file, 'utf8');
    expect(parse(applied)).toEqual({ ...parse(CONFIG), x, y, name });
    // The comments are all there, and nothing but the values and the blanks before comments is different.
    const words = (text: string) => text.replace(/: [^#\n]*/g, ': ');
    expect(words(applied)).toBe(words(CONFIG));
    expect(preview.out).toMatch(new RegExp(`^\\+x: ${x} {2,}# @tune`, 'm'));
  });

  it('say in a sentence, at once, that another machine is at the study', async () => {
    const folder = await make();
    await cli(folder, ['run', 'a.yaml', '--trials', '1']);
    const lock = { pid: 1, host: 'elsewhere', startedAt: '2026-01-01T00:00:00Z', socket: '' };
    await writeFile(join(folder, '.sweetspot/a.yaml/a.lock'), JSON.stringify(lock));
    const { code, err } = await cli(folder, ['star', 'a.yaml', '0']);
    expect(code).toBe(1);
    expect(err).toMatch(/^\S+a\.lock says that elsewhere is at work on this study\. .*\n$/);
  });

  it('say so when there is nothing to apply or no such trial', async () => {
    const folder = await make();
    await writeFile(join(folder, 'train.js'), "export default () => { throw new Error('no'); }");
    expect((await cli(folder, ['run', 'a.yaml', '--trials', '2'])).code).toBe(1);
    const best = await cli(folder, ['best', 'a.yaml', '--json']);
    expect(best.code).toBe(1);
    expect(JSON.parse(best.out)).toMatchObject({ trial: null, baseline: { state: 'failed' } });
    expect(await cli(folder, ['apply', 'a.yaml'])).toMatchObject({ code: 1 });
    expect(await cli(folder, ['apply', 'a.yaml', '--trial', '99'])).toMatchObject({ code: 2 });
  });
});
