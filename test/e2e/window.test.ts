// The packaged extension in a window: installed, visible, and where it must not be, absent.
import { strict as assert } from 'node:assert';
import { copyOf } from './support/session.js';
import { openWorkbench, type Workbench } from './support/workbench.js';

describe('a window on a folder with annotated files', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await openWorkbench(await copyOf('test/fixtures/workspace'));
  });
  after(() => workbench?.close());

  it('offers Start Sweep in the context menu of an annotated file', async () => {
    await workbench.showExplorer();
    const menu = await workbench.openContextMenuWith(workbench.explorerItem('iris.yaml'), 'Start Sweep');
    await menu.dismiss();
  });

  it('does not offer it on a file without annotations', async () => {
    const menu = await workbench.openContextMenu(workbench.explorerItem('plain.yaml'));
    const labels = await menu.labels();
    await menu.dismiss();
    assert.ok(labels.length > 0 && !labels.includes('Start Sweep'), `the menu has: ${labels.join(', ')}`);
  });
});
