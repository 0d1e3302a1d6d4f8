/** What a trial prints is kept up to a limit, over all its attempts; a silent one leaves nothing. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { TrialLog } from '../../src/engine/executors/trial-log.js';
import { project } from './support/engine.js';

const MEGABYTE = Buffer.alloc(2 ** 20, 'x');
const NOTE = '\n[Sweetspot keeps the first 10 MB of a log.]\n';

it('a trial that prints nothing has neither a log nor a folder', async () => {
  const folder = join(await project({}), '7');
  new TrialLog(folder).end();
  expect(existsSync(folder)).toBe(false);
});

it('a log ends with a note at its limit, which counts what earlier attempts printed', async () => {
  const folder = join(await project({}), '7');
  const file = join(folder, 'log.txt');
  for (let attempt = 0; attempt < 3; attempt++) {
    const log = new TrialLog(folder);
    for (let i = 0; i < 6; i++) log.write(MEGABYTE);
    log.end();
    const least = attempt === 0 ? 6 * 2 ** 20 : 11 * 2 ** 20;
    await vi.waitFor(async () => expect((await stat(file)).size).toBeGreaterThanOrEqual(least));
  }
  const text = await readFile(file, 'utf8');
  expect(text.length).toBe(11 * 2 ** 20 + NOTE.length);
  expect(text.endsWith(NOTE)).toBe(true);
});

it('a log that cannot be written takes nothing down', async () => {
  const folder = await project({});
  await writeFile(join(folder, '7'), 'a file where the folder should be');
  await mkdir(join(folder, '8', 'log.txt'), { recursive: true });
  for (const name of ['7', '8']) {
    const log = new TrialLog(join(folder, name));
    log.write(Buffer.from('hello'));
    log.end();
  }
  await new Promise((done) => setTimeout(done, 20));
  expect(await readFile(join(folder, '7'), 'utf8')).toBe('a file where the folder should be');
});
