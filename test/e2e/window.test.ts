// The packaged extension in a window: installed, visible, and where it must not be, absent; what a newcomer meets in a
// folder without annotated files, and in one that is not trusted.
import { strict as assert } from 'node:assert';
import { copyOf, folderWith, setUserSettings } from './support/session.js';
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

describe('a window on a folder without annotated files', () => {
  let workbench: Workbench;
  after(() => workbench?.close());

  it('says what to do, shows how it works, and writes an example that can be started', async () => {
    workbench = await openWorkbench(await folderWith({ 'notes.txt': 'nothing here' }));
    await workbench.showSweetspot();
    const welcome = workbench.page.locator('.welcome-view');
    await welcome.getByText('No file of this workspace is marked for tuning yet').waitFor();
    await welcome.getByRole('button', { name: 'How It Works' }).click();
    const walkthrough = workbench.page.locator('.gettingStartedContainer');
    for (const step of ['Mark what may change', 'Start the sweep', 'Watch it search', 'Take the best values'])
      await walkthrough.getByText(step).first().waitFor();
    await welcome.getByRole('button', { name: 'Create an Example Config' }).click();
    await workbench.editorTab('sweetspot-example.yaml').waitFor();
    await workbench.codeLens('Start Sweep').waitFor();
  });
});

describe('a window on a folder that is not trusted', () => {
  let workbench: Workbench;
  after(async () => {
    await workbench?.close();
    await setUserSettings({});
  });

  it('shows configs and starts nothing, until the folder is trusted', async () => {
    await setUserSettings({
      'security.workspace.trust.enabled': true,
      'security.workspace.trust.startupPrompt': 'never',
    });
    workbench = await openWorkbench(await copyOf('test/fixtures/workspace'));
    await workbench.showSweetspot();
    const config = workbench.treeRows('Studies').filter({ hasText: 'iris.yaml' });
    const restricted = workbench.page.getByText('Restricted Mode: studies can be looked at');
    await restricted.waitFor();
    await (await workbench.openContextMenuWith(config, 'Start Sweep')).choose('Start Sweep');
    await workbench.pressNotificationButton(/this workspace is not trusted/, 'Manage Workspace Trust');
    await workbench.page.getByRole('button', { name: 'Trust', exact: true }).first().click();
    await restricted.waitFor({ state: 'detached' });
  });
});
