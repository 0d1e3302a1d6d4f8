/** What trials leave behind goes as `keep` says while a study runs, and as one says afterwards. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cli, project } from './support/engine.js';

const CONFIG = (keep: string) => `# @sweep
#   command: node train.mjs \${folder} \${x}
#   metric: {name: score, goal: maximize}
#   sampler: random
#   stop: {trials: 6}
#   workers: 2
${keep}x: 0.5   # @tune float(0, 1)
`;
const TRAIN = `import { mkdirSync, writeFileSync } from 'node:fs';
const [, , folder, x] = process.argv;
mkdirSync(folder + '/weights');
writeFileSync(folder + '/weights/model.pt', x.repeat(100));
writeFileSync(folder + '/notes.txt', x);
console.log('::sweetspot {"score": ' + x + '}');`;

/** Which trials still have this file. */
const having = (folder: string, file: string): number[] =>
  Array.from({ length: 6 }, (_, k) => k).filter((k) =>
    existsSync(join(folder, '.sweetspot/a.yaml/a', `${k}`, file)),
  );
const best = (folder: string): number =>
  JSON.parse(cli(folder, 'best', 'a.yaml', '--json').stdout).trial.number;

it('only the best keep their checkpoints while a study runs, and everyone the rest', async () => {
  const folder = await project({ 'a.yaml': CONFIG('#   keep: {checkpoints: best}\n'), 'train.mjs': TRAIN });
  expect(cli(folder, 'run', 'a.yaml').status).toBe(0);
  expect(having(folder, 'weights/model.pt')).toEqual([best(folder)]);
  expect(having(folder, 'weights')).toEqual([best(folder)]);
  expect(having(folder, 'notes.txt')).toHaveLength(6);
});

it('cleaning afterwards removes what it says, and no trial', async () => {
  const folder = await project({ 'a.yaml': CONFIG(''), 'train.mjs': TRAIN });
  cli(folder, 'run', 'a.yaml');
  const before = cli(folder, 'list', 'a.yaml').stdout;
  expect(cli(folder, 'clean', 'a.yaml').stderr).toContain('Nothing says what to keep.');
  expect(cli(folder, 'clean', 'a.yaml', '--keep', '2', '--dry-run').stdout).toMatch(
    /^Would remove \d+ files, .* of a\.$/m,
  );
  expect(having(folder, 'notes.txt')).toHaveLength(6);
  cli(folder, 'clean', 'a.yaml', '--keep', '2');
  expect(having(folder, 'weights/model.pt')).toHaveLength(2);
  expect(having(folder, 'notes.txt')).toHaveLength(2);
  expect(having(folder, 'log.txt')).toHaveLength(6);
  expect(cli(folder, 'list', 'a.yaml').stdout).toBe(before);
  cli(folder, 'clean', 'a.yaml', '--keep', 'none', '--logs');
  expect(having(folder, '')).toEqual([]);
  expect(cli(folder, 'list', 'a.yaml').stdout).toBe(before);
});
