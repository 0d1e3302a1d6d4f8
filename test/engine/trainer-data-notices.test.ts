import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TrialNotices } from '../../src/engine/runner/trial-notices.js';
import { trainTrees } from '../../src/engine/trial/trees/trees.js';
import { rehearse } from './support/rehearsal.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sweetspot-notices-'));
});
afterAll(() => rm(folder, { recursive: true }));

const CONFIG = `
data: {csv: table.csv, target: y, validation: 0.25}
model: {kind: tree, task: classification, depth: 2}`;

/** What is said when a tree is grown from these columns and the target y, 40 rows. */
async function said(
  header: string,
  row: (i: number) => string,
): Promise<{ readonly notices: readonly string[]; readonly accuracy: number | undefined }> {
  const rows = Array.from({ length: 40 }, (_, i) => row(i));
  await writeFile(join(folder, 'table.csv'), [header, ...rows, ''].join('\n'));
  const { session, sent } = rehearse(join(folder, 'model.yaml'), CONFIG, {
    metric: 'val_accuracy',
    metrics: ['val_accuracy'],
  });
  const values = await trainTrees(session);
  const notices = new TrialNotices(false);
  return {
    notices: sent.flatMap((message) =>
      message.kind === 'started' ? notices.of(message.attributes).filter((one) => one.includes('.csv')) : [],
    ),
    accuracy: values.val_accuracy,
  };
}

describe('a table that can be trained on and hardly should be', () => {
  it('names the column of names', async () => {
    const { notices } = await said('name,x,y', (i) => `n${i},${(i * 7) % 40},${i % 2}`);
    expect(notices).toEqual([
      'table.csv: column "name" has 40 different texts in 40 rows, each an input of its own: names rather than categories. List it under data.ignore, or under data.text.columns to use its words.',
    ]);
  });

  it('names the column that counts the rows', async () => {
    const { notices } = await said('id,x,y', (i) => `${i + 100},${(i * 7) % 40},${i % 2}`);
    expect(notices).toEqual([
      'table.csv: column "id" counts the rows, which says nothing of them. List it under data.ignore.',
    ]);
  });

  it('says nothing of categories and of numbers', async () => {
    const { notices } = await said(
      'colour,x,y',
      (i) => `${['red', 'green'][i % 2]},${(i * 7) % 40},${i % 2}`,
    );
    expect(notices).toEqual([]);
  });
});

it('reads decimal commas where semicolons part the columns', async () => {
  // As texts these would be 40 categories, of which a tree of depth 2 learns nothing.
  const { notices, accuracy } = await said(
    'x;y',
    (i) => `${((i * 7) % 40) - 20},5;${(i * 7) % 40 < 20 ? 0 : 1}`,
  );
  expect(notices).toEqual([]);
  expect(accuracy).toBe(1);
});
