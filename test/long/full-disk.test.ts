/** A disk that is really full, under a whole study: it waits with a message, and goes on when there is room. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bundle } from '../engine/support/engine.js';

const CONFIG = `# @sweep
#   train: ./train.js
#   metric: loss
#   sampler: random
#   stop: {trials: 160}
#   workers: 1
x: 0.5   # @tune float(0, 1)
`;
const TRAIN = `export default async (config, trial) => {
  console.log('begins');
  for (let step = 1; step <= 30; step++) await trial.report(step, { loss: config.x + 1 / step });
  return config.x;
}`;

/** A disk of three megabytes; undefined where this user may not make one. */
function smallDisk(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'sweetspot-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
}

const disk = smallDisk();
if (disk === undefined)
  console.warn('\n  NOT TESTED: a full disk. Only root on Linux may make a small one.\n');

describe.skipIf(disk === undefined)('a full disk', () => {
  it('is waited for, and nothing is lost', { timeout: 120_000 }, async () => {
    const folder = disk as string;
    onTestFinished(() => {
      execFileSync('umount', ['--lazy', folder]);
      rmSync(folder, { recursive: true });
    });
    await writeFile(join(folder, 'a.yaml'), CONFIG);
    await writeFile(join(folder, 'train.js'), TRAIN);
    await writeFile(join(folder, 'ballast'), Buffer.alloc(2_600_000));
    const run = spawn(process.execPath, [bundle('cli.js'), 'run', 'a.yaml'], { cwd: folder });
    onTestFinished(() => {
      run.kill('SIGKILL');
    });
    let said = '';
    const full = new Promise<void>((heard) => {
      run.stderr.on('data', (chunk: Buffer) => {
        said += chunk;
        if (said.includes('cannot grow')) heard();
      });
    });
    run.stdout.resume();
    const ended = new Promise<number | null>((done) => run.once('exit', done));
    await full;
    const read = (...args: string[]): string =>
      execFileSync(process.execPath, [bundle('cli.js'), ...args], { cwd: folder, encoding: 'utf8' });
    expect(read('repair', 'a.yaml', '--check')).toBe('The journal of a is not damaged.\n');
    // Nobody's config is lost for want of room.
    await writeFile(join(folder, 'filler'), Buffer.alloc(1 << 20)).catch(() => undefined);
    expect(() => read('apply', 'a.yaml')).toThrow('no space left');
    expect(await readFile(join(folder, 'a.yaml'), 'utf8')).toBe(CONFIG);
    await rm(join(folder, 'filler'));
    const before = JSON.parse(read('list', 'a.yaml', '--where', 'state = complete', '--json'));
    expect(before.length).toBeLessThan(160);
    await rm(join(folder, 'ballast'));
    expect(await ended).toBe(0);
    expect(said).toContain('There is room on the disk again; the study goes on.');
    const after = JSON.parse(read('list', 'a.yaml', '--json'));
    expect(after).toHaveLength(160);
    for (const trial of before) expect(after[trial.number]).toEqual(trial);
    expect(after.every(({ state }: { state: string }) => state === 'complete')).toBe(true);
  });
});
