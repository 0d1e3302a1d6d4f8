// What is said of trials and done with them, by clicks: star, note, tag, exclusion and its return, another go with other
// values, a check of a result; and a table of W&B runs that begins a study. Each is looked for wherever the trial is shown,
// and in the journal.
import { strict as assert } from 'node:assert';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { folderWith } from './support/session.js';
import { openWorkbench, type Workbench } from './support/workbench.js';

const RESULTS = 'body[data-page="results"]';
const TABLE = 'body[data-page="table"]';

const CONFIG = `# @sweep
#   metric: val_loss
#   stop: {trials: 3}
data: {csv: ./data.csv, target: kind, validation: 0.25}
model:
  task: classification
  units: [4]               # @tune choice([4], [8])
optimizer:
  learningRate: 1e-3       # @tune float(1e-4, 1e-1, log)
training: {epochs: 3}
`;
const ROWS = Array.from(
  { length: 40 },
  (_, i) => `${i / 40},${(i * 7) % 11},${i % 2 === 0 ? 'even' : 'odd'}`,
);
const RUNS = `Name,State,optimizer.learningRate,model.units,val_loss
brisk-1,finished,0.01,[4],0.5
calm-2,finished,0.02,[8],0.4
`;

describe('trials of a study in a window', function () {
  this.bail(true);
  let workbench: Workbench;

  before(async () => {
    const folder = await folderWith({
      'quick.yaml': CONFIG,
      'data.csv': `a,b,kind\n${ROWS.join('\n')}\n`,
      'runs.csv': RUNS,
    });
    workbench = await openWorkbench(folder);
    await workbench.showSweetspot();
    await row('quick.yaml').hover();
    await row('quick.yaml').getByRole('button', { name: 'Start Sweep' }).click();
    await row('3/3 · best').waitFor({ timeout: 60_000 });
    await workbench.expandTreeRow(row('3/3 · best'));
  });
  after(() => workbench?.close());

  const row = (text: string | RegExp): Locator =>
    workbench.treeRows('Studies').filter({ hasText: text }).first();
  /** The row of a trial in the tree that shows all of `texts`. */
  const trial = (number: number, ...texts: readonly string[]): Locator => {
    const own = workbench.page.getByRole('treeitem', { name: new RegExp(`^Trial ${number},`) });
    return texts.reduce((found, hasText) => found.filter({ hasText }), own);
  };
  const theBest = (): Locator => workbench.page.getByRole('treeitem', { name: /^Trial \d+, best/ });
  /** The row of a table with `text` in it. */
  const inTable = async (page: string, text: string | RegExp): Promise<Locator> =>
    (await workbench.webview(page)).locator('[role="row"].row', { hasText: text }).first();
  const choose = async (on: Locator, entry: string) =>
    (await workbench.openContextMenuWith(on, entry)).choose(entry);
  /** What the journal says last of a trial's marks. */
  const marks = async (number: number): Promise<Record<string, unknown> | undefined> => {
    const file = join(workbench.folder, '.sweetspot', 'quick.yaml', 'quick.jsonl');
    const said = (await readFile(file, 'utf8'))
      .split('\n')
      .filter((line) => line.includes(`"sweetspot:marks:${number}"`))
      .at(-1);
    return said && JSON.parse(said).user_attr[`sweetspot:marks:${number}`];
  };

  it('are starred in the tree', async () => {
    await choose(trial(1), 'Star / Unstar Trial');
    await trial(1, '★').waitFor();
    await (await inTable(TABLE, '★')).waitFor();
    assert.deepEqual(await marks(1), { starred: true });
  });

  it('are given a note in the table of the side bar', async () => {
    await choose(await inTable(TABLE, '★'), 'Note on Trial…');
    await workbench.answer('looks sound');
    await trial(1, 'looks sound').waitFor();
    await (await inTable(TABLE, 'looks sound')).waitFor();
    assert.deepEqual(await marks(1), { starred: true, note: 'looks sound' });
  });

  it('are given tags on the page of the trial', async () => {
    await workbench.runCommand('Sweetspot: Open Results');
    await (await inTable(RESULTS, 'looks sound')).dblclick();
    const page = await workbench.webview(RESULTS);
    await page.getByText('looks sound', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Tags' }).click();
    await workbench.answer('candidate small');
    for (const tag of ['candidate', 'small']) {
      await page.locator('sweet-trial .tag', { hasText: tag }).waitFor();
      await trial(1, `#${tag}`).waitFor();
    }
    await (await inTable(TABLE, 'candidate')).waitFor();
    assert.deepEqual(await marks(1), { starred: true, note: 'looks sound', tags: ['candidate', 'small'] });
  });

  it('are excluded in the results, do not count then, and are taken back in the tree', async () => {
    const best = Number(/^Trial (\d+)/.exec((await theBest().getAttribute('aria-label')) ?? '')?.[1]);
    const page = await workbench.webview(RESULTS);
    const won = page.locator('sweet-header dd', { hasText: `trial ${best}` });
    await won.waitFor();
    await choose(page.locator('[role="row"].row', { hasText: 'best' }).first(), 'Exclude Trial…');
    await workbench.answer('odd run');
    await trial(best, 'excluded: odd run').waitFor();
    await page.locator('[role="row"].excluded', { hasText: 'excluded: odd run' }).waitFor();
    await won.waitFor({ state: 'detached' });
    assert.match((await theBest().getAttribute('aria-label')) ?? '', /^Trial \d/);
    assert.equal((await marks(best))?.excluded, 'odd run');
    await choose(trial(best), 'Take Exclusion Back');
    await won.waitFor();
    await trial(best, 'excluded').waitFor({ state: 'detached' });
    assert.equal((await marks(best))?.excluded, undefined);
  });

  it('are tried again with other values, once these fit the space', async () => {
    await choose(trial(0), 'Try Again with Edits…');
    await workbench.answer('units=[8] learningRate=5');
    await workbench.notification(/cannot be 5: it is a number from 0\.0001 to 0\.1/).waitFor();
    await workbench.dismissNotifications();
    await choose(trial(0), 'Try Again with Edits…');
    await workbench.answer('units=[8] learningRate=0.05');
    await workbench.pressNotificationButton(/Trial 3 of quick waits until the study goes on/, 'Resume');
    await workbench.page
      .getByRole('treeitem', { name: /^Trial 3, (best, )?complete/ })
      .waitFor({ timeout: 60_000 });
    await row('4/4 · best').waitFor();
    await (await inTable(TABLE, 'learningRate 0.05')).waitFor();
  });

  it('are verified', async () => {
    const menu = await workbench.openContextMenuWith(theBest(), 'Reproduce');
    await menu.chooseWithin('Reproduce', 'Verify Result');
    await workbench
      .notification(/^Trial \d of quick: (Bit-identical|Within noise)/)
      .waitFor({ timeout: 60_000 });
    await workbench.dismissNotifications();
  });

  it('of a table of W&B runs begin a study', async () => {
    await row('quick.yaml').hover();
    await workbench.viewAction('Studies', 'More Actions...').click();
    await (await workbench.menu()).choose('Import Trials…');
    await workbench.answerPath(join(workbench.folder, 'runs.csv'));
    await workbench.pick('quick.yaml');
    await workbench.pressNotificationButton(
      /Study quick-2 begins with 2 of 2 trials of .*runs\.csv/,
      'Open Results',
    );
    await workbench.editorTab('quick-2').waitFor();
    await row('2/3 · best 0.4').waitFor();
    // Trial 0, the values in the file, waits to be run.
    const grid = (await workbench.webview(TABLE)).locator('[role="grid"][aria-rowcount="4"]');
    await grid.locator('[role="row"]', { hasText: 'learningRate 0.02' }).waitFor();
  });
});
