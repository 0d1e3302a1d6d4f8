// The way of a user from a right click to better values in the file, and back again after a reload.
import { strict as assert } from 'node:assert';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyOf } from './support/session.js';
import { openWorkbench, type Workbench } from './support/workbench.js';

describe('from a right click to better values', () => {
  let workbench: Workbench;
  let file: string;
  let original: string;

  before(async () => {
    const folder = await copyOf('test/fixtures/workspace');
    file = join(folder, 'iris.yaml');
    original = await readFile(file, 'utf8');
    workbench = await openWorkbench(folder);
  });
  after(() => workbench?.close());

  it('starts a sweep from the context menu and shows its trials as they arrive', async () => {
    const menu = await workbench.openContextMenuWith(workbench.explorerItem('iris.yaml'), 'Start Sweep');
    await menu.choose('Start Sweep');
    await workbench.showSweetspot();
    await workbench.expandTreeRow(workbench.treeRows('Studies').filter({ hasText: 'iris.yaml' }));
    await workbench.treeRows('Studies').filter({ hasText: '8/8' }).waitFor({ timeout: 60_000 });
  });

  it('lists every trial in the sidebar', async () => {
    await workbench.openFile('iris.yaml');
    const trials = await workbench.webview('sweet-sidebar');
    await waitUntil(async () => (await trials.getByRole('row').count()) === 9, 'a header and eight rows');
  });

  it('draws the history of the study in the results', async () => {
    await workbench.showExplorer();
    const menu = await workbench.openContextMenuWith(workbench.explorerItem('iris.yaml'), 'Open Results');
    await menu.choose('Open Results');
    const results = await workbench.webview('sweet-results');
    await results.locator('sweet-history canvas, sweet-history svg').first().waitFor();
  });

  it('shows the best values as a diff of the file', async () => {
    await workbench.showExplorer();
    const menu = await workbench.openContextMenuWith(
      workbench.explorerItem('iris.yaml'),
      'Compare with Best',
    );
    await menu.choose('Compare with Best');
    const { original: left, modified: right } = workbench.diff();
    await right.waitFor();
    assert.notEqual(await left.textContent(), await right.textContent());
    assert.equal(await readFile(file, 'utf8'), original, 'looking changes nothing');
  });

  it('writes them into the editor, undoably', async () => {
    await workbench.openFile('iris.yaml');
    const before = await workbench.activeEditor().locator('.view-lines').textContent();
    await workbench.showExplorer();
    const menu = await workbench.openContextMenuWith(workbench.explorerItem('iris.yaml'), 'Apply Best');
    await menu.choose('Apply Best');
    const lines = workbench.activeEditor().locator('.view-lines');
    await waitUntil(async () => (await lines.textContent()) !== before, 'the editor shows other values');
    await lines.click();
    await workbench.page.keyboard.press('ControlOrMeta+Z');
    await waitUntil(async () => (await lines.textContent()) === before, 'undo brings the old values back');
  });

  it('has study, trials and results back after a reload', async () => {
    await workbench.reload();
    await workbench.showSweetspot();
    await workbench.treeRows('Studies').filter({ hasText: '8/8' }).waitFor();
    const trials = await workbench.webview('sweet-sidebar');
    await waitUntil(async () => (await trials.getByRole('row').count()) === 9, 'a header and eight rows');
    await workbench.editorTab(/^iris(,|$)/).click();
    const results = await workbench.webview('sweet-results');
    await results.locator('sweet-history canvas, sweet-history svg').first().waitFor();
  });
});

async function waitUntil(condition: () => Promise<boolean>, what: string): Promise<void> {
  for (const deadline = Date.now() + 20_000; !(await condition()); ) {
    assert.ok(Date.now() < deadline, `not within 20 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
