/** What stands in place of a file: whole, or as it was. */
import { lstat, readdir, readFile, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeWhole } from '../../src/engine/write-whole.js';
import { project } from './support/engine.js';

it('what cannot be written leaves everything as it was, and nothing beside it', async () => {
  const folder = await project({ 'a.yaml/in-the-way': 'x: 1\n' });
  await expect(writeWhole(join(folder, 'a.yaml'), 'x: 2\n')).rejects.toThrow(/EISDIR|ENOTEMPTY/);
  expect(await readdir(folder)).toEqual(['a.yaml']);
});

it('a link stays one, and a file keeps its mode', async () => {
  const folder = await project({ 'real.yaml': 'x: 1\n' });
  const link = join(folder, 'link.yaml');
  await symlink(join(folder, 'real.yaml'), link);
  const { mode } = await stat(link);
  await writeWhole(link, 'x: 2\n');
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  expect(await readFile(join(folder, 'real.yaml'), 'utf8')).toBe('x: 2\n');
  expect((await stat(link)).mode).toBe(mode);
});
