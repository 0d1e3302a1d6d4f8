/** A snapshot stands for lines of the journal that nobody reads any more: their damage must come to light all the same. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { marksRecord } from '../../src/core/study/journal/write.js';
import { Journal } from '../../src/engine/journal/journal.js';
import { writeSnapshot } from '../../src/engine/journal/snapshot.js';
import { loadStudy } from '../../src/engine/studies/study-store.js';
import { cli, project } from './support/engine.js';

const CONFIG = `# @sweep
#   train: ./train.js
#   metric: {name: score, goal: maximize}
#   sampler: random
#   stop: {trials: 40}
#   workers: 1
x: 0.5   # @tune float(0, 1)
`;
const TRAIN = 'export default (config) => config.x;';

it('damage behind a snapshot is told by a check and by a run that goes on, and is mended', async () => {
  const folder = await project({ 'a.yaml': CONFIG, 'train.js': TRAIN });
  expect(cli(folder, 'run', 'a.yaml').status).toBe(0);
  expect(cli(folder, 'repair', 'a.yaml', '--check').stdout).toBe('The journal of a is not damaged.\n');
  const config = join(folder, 'a.yaml');
  const first = await loadStudy(config, 'a');
  // Short journals need no snapshot.
  const journal = await Journal.continue(first.file, first.loaded);
  await journal.append([marksRecord('sweetspot-test', 0, { note: 'long '.repeat(250_000) })]);
  await journal.close();
  const { file, loaded, reducer } = await loadStudy(config, 'a');
  await writeSnapshot(file, reducer, loaded);
  const sound = await readFile(file);
  const damaged = Buffer.from(sound);
  // Away from both ends, which a snapshot looks at.
  const middle = damaged.indexOf('"state":1', 10_000);
  damaged[middle + 4] = (damaged[middle + 4] ?? 0) ^ 1;
  await writeFile(file, damaged);

  expect(cli(folder, 'best', 'a.yaml')).toMatchObject({ stderr: '', status: 0 });
  const checked = cli(folder, 'repair', 'a.yaml', '--check');
  expect(checked.stderr).toMatch(/a\.jsonl:\d+: the line is damaged \(its checksum does not match\)/);
  expect(checked.status).toBe(1);
  const run = cli(folder, 'resume', 'a.yaml', '--trials', '80');
  expect(run.stderr).toMatch(/the line is damaged .* The study goes on from its snapshot/);
  expect(run.status).toBe(0);
  expect(cli(folder, 'repair', 'a.yaml').stdout).toContain(
    'Lines mended: 1. Lines restored from a snapshot: 0. Lines lost: 0.',
  );
  expect((await readFile(file)).subarray(0, sound.length)).toEqual(sound);

  // What no checksum can mend the snapshot of the latest run still knows.
  expect(cli(folder, 'resume', 'a.yaml', '--trials', '82').status).toBe(0);
  const list = (): string => cli(folder, 'list', 'a.yaml', '--json').stdout;
  const before = list();
  const broken = await readFile(file);
  const result = broken.indexOf('"state":1', 10_000);
  broken.fill('#', result - 20, result + 30);
  await writeFile(file, broken);
  expect(cli(folder, 'repair', 'a.yaml').stdout).toMatch(/restored from a snapshot: [12]\. Lines lost: 0\./);
  expect(list()).toBe(before);
}, 120_000);
