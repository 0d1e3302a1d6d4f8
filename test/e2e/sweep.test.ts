// The whole path by clicks: right-click an annotated file, watch its trials arrive, open the results, compare the best
// values with the file, apply them, undo, and find everything again after a reload.
import { strict as assert } from 'node:assert';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyOf } from './support/session.js';
import { openWorkbench, type Workbench } from './support/workbench.js';

const TABLE = 'body[data-page="table"]';
const RESULTS = 'body[data-page="results"]';
const ROWS = '[role="row"][aria-rowindex]:not([aria-rowindex="1"])';

/** Waits until `probe` holds. */
async function until(what: string, probe: () => Promise<boolean>, patience = 30_000): Promise<void> {
  for (const deadline = Date.now() + patience; !(await probe()); ) {
    assert.ok(Date.now() < deadline, `not within ${patience / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('a sweep by clicks', function () {
  this.bail(true);
  let workbench: Workbench;
  let original: string;

  before(async () => {
    const folder = await copyOf('test/fixtures/workspace');
    original = await readFile(join(folder, 'iris.yaml'), 'utf8');
    workbench = await openWorkbench(folder);
  });
  after(() => workbench?.close());

  it('starts from the context menu of a file that was never opened', async () => {
    await workbench.showExplorer();
    const menu = await workbench.openContextMenuWith(workbench.explorerItem('iris.yaml'), 'Start Sweep');
    await menu.choose('Start Sweep');
    await workbench.showSweetspot();
    const study = workbench.treeRows('Studies').filter({ hasText: /[1-8]\/8/ });
    // Open while it runs; so short a sweep may be over before it is drawn.
    await workbench.expandTreeRow(study.first());
    await workbench.treeRows('Studies').filter({ hasText: 'Trial' }).first().waitFor();
  });

  it('brings the trials into the table of the side bar', async () => {
    const table = await workbench.webview(TABLE);
    await until('the table has rows', async () => (await table.locator(ROWS).count()) >= 3);
    await workbench.treeRows('Studies').filter({ hasText: '8/8 · best' }).waitFor();
    await until('the table has every trial', async () => (await table.locator(ROWS).count()) === 8);
  });

  it('offers what can be done with a trial when its row is right-clicked', async () => {
    const table = await workbench.webview(TABLE);
    const menu = await workbench.openContextMenuWith(table.locator(ROWS).nth(1), 'Compare Trial with File');
    assert.deepEqual((await menu.labels()).filter(Boolean), [
      'Compare Trial with File',
      'Apply Trial',
      'Try Again with Edits…',
      'Show Trial Log',
      'Star / Unstar Trial',
      'Note on Trial…',
      'Tag Trial…',
      'Exclude Trial…',
      'Reproduce',
    ]);
    await menu.choose('Compare Trial with File');
    await workbench.editorTab(/iris\.yaml ↔ trial \d+/).waitFor();
  });

  it('opens the results', async () => {
    await workbench.openFile('iris.yaml');
    await workbench.codeLens('Open Results').click();
    await workbench.editorTab('iris').last().waitFor();
    const page = await workbench.webview(RESULTS);
    await until('the results show every trial', async () => (await page.locator(ROWS).count()) === 8);
    await page.getByRole('progressbar').first().waitFor();
  });

  it('shows the best values as a diff of the file', async () => {
    await workbench.openFile('iris.yaml');
    await workbench.codeLens('Compare with Best').click();
    await workbench.editorTab(/iris\.yaml ↔ best \(trial \d+\)/).waitFor();
    const { original: left, modified: right } = workbench.diff();
    await until('the sides differ', async () => {
      const texts = [await left.textContent(), await right.textContent()];
      return texts.every((text) => text?.includes('@sweep')) && texts[0] !== texts[1];
    });
  });

  it('applies them from the diff, as one step of undo', async () => {
    await workbench.editorAction('Apply These Values').click();
    await workbench.page.locator('.tab.active.dirty').waitFor();
    await workbench.page.keyboard.press('ControlOrMeta+Z');
    await workbench.page.locator('.tab.active:not(.dirty)').waitFor();
    assert.equal(await readFile(join(workbench.folder, 'iris.yaml'), 'utf8'), original);
  });

  it('finds tree, table and results again after a reload', async () => {
    await workbench.editorTab('iris').last().click();
    await workbench.webview(RESULTS);
    await workbench.reload();
    await workbench.showSweetspot();
    await workbench.treeRows('Studies').filter({ hasText: '8/8 · best' }).waitFor();
    const table = await workbench.webview(TABLE);
    await until('the table is back', async () => (await table.locator(ROWS).count()) === 8);
    const page = await workbench.webview(RESULTS);
    await until('the results are back', async () => (await page.locator(ROWS).count()) === 8);
  });

  it('broke no rule of the pages’ content security policy', () => {
    const refused = workbench.messages.filter((message) =>
      /Refused to|violates the following Content/.test(message),
    );
    assert.deepEqual(refused, []);
  });
});
