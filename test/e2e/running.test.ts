// A sweep that is still running: it survives a reload of its window, and is stopped and resumed from the tree.
import { strict as assert } from 'node:assert';
import { folderWith } from './support/session.js';
import { openWorkbench, type Workbench } from './support/workbench.js';

const ROWS = Array.from(
  { length: 40 },
  (_, i) => `${i / 40},${(i * 7) % 11},${i % 2 === 0 ? 'even' : 'odd'}`,
);

const CONFIG = `# @sweep
#   metric: val_loss
#   stop: {trials: 2000}
data:
  csv: ./data.csv
  target: kind
  validation: 0.25
model:
  task: classification
  units: [4]            # @tune choice([4], [8])
optimizer:
  learningRate: 1e-3    # @tune float(1e-4, 1e-1, log)
training:
  epochs: 40
`;

describe('a running sweep in a window', function () {
  this.bail(true);
  let workbench: Workbench;

  before(async () => {
    const folder = await folderWith({ 'long.yaml': CONFIG, 'data.csv': `a,b,kind\n${ROWS.join('\n')}\n` });
    workbench = await openWorkbench(folder);
    await workbench.showSweetspot();
    await workbench.treeRows('Studies').filter({ hasText: 'long.yaml' }).waitFor();
  });
  after(async () => {
    await workbench?.close();
  });

  const study = () => workbench.treeRows('Studies').filter({ hasText: /\/2000/ });
  /** The buttons of a row are there while the pointer is over it. */
  const press = async (action: string) => {
    await study().hover();
    await study().getByRole('button', { name: action }).first().click();
  };

  it('shows its progress in the status bar, on the icon of the view and above @sweep', async () => {
    await workbench.openFile('long.yaml');
    await workbench
      .editorAction(/Start Sweep/)
      .first()
      .click();
    await workbench.statusBarItem(/\d+\/2000 · val_loss/).waitFor();
    await workbench.codeLens(/\d+\/2000 · best/).waitFor();
    await workbench.page.getByRole('tab', { name: /Sweetspot - \d+ trials? running/ }).waitFor();
    assert.match((await workbench.badge()) ?? '', /^\d+$/);
  });

  it('is not started twice', async () => {
    await workbench.runCommand('Sweetspot: Start Sweep');
    await workbench.notification(/already running/).waitFor();
    await workbench.dismissNotifications();
  });

  it('goes on while its window is reloaded, and is found again, its results in one tab', async () => {
    const openResults = async () => {
      await workbench.statusBarItem(/\d+\/2000 · val_loss/).click();
      await workbench.webview('body[data-page="results"]');
    };
    await openResults();
    // Behind another editor they are a mere tab after the reload.
    await workbench.openFile('long.yaml');
    const before = Number(/(\d+)\/2000/.exec(await workbench.statusBarItem(/\/2000/).innerText())?.[1]);
    await workbench.reload();
    await workbench.statusBarItem(/\d+\/2000 · val_loss/).waitFor();
    const after = Number(/(\d+)\/2000/.exec(await workbench.statusBarItem(/\/2000/).innerText())?.[1]);
    assert.ok(after > before, `${after} trials after ${before}`);
    await openResults();
    assert.equal(await workbench.editorTab('long').count(), 1);
  });

  it('stops after the running trials from the tree, and resumes there', async () => {
    await workbench.showSweetspot();
    await press('Stop After Running Trials');
    await study().filter({ hasText: 'stopped' }).waitFor();
    await press('Resume');
    await workbench.page.getByRole('tab', { name: /Sweetspot - \d+ trials? running/ }).waitFor();
  });

  it('stops from the results, and resumes from the status bar', async () => {
    await workbench.statusBarItem(/\d+\/2000 · val_loss/).click();
    const results = await workbench.webview('body[data-page="results"]');
    await results.getByRole('button', { name: 'Stop Now' }).click();
    await study().filter({ hasText: 'stopped' }).waitFor();
    await results.getByRole('button', { name: 'Resume' }).waitFor();
    await workbench.statusBarItem(/\d+\/2000 · val_loss/).hover();
    await workbench.page.locator('.workbench-hover a', { hasText: 'Resume' }).click();
    await workbench.page.getByRole('tab', { name: /Sweetspot - \d+ trials? running/ }).waitFor();
    await workbench.runCommand('Sweetspot: Stop Now');
    await study().filter({ hasText: 'stopped' }).waitFor();
  });
});
