// `npm run screenshots`: a real sweep of examples/iris in a real VS Code, photographed in dark, light and high contrast
// for the README, into media/screenshots.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { copyOf, session, setUserSettings } from './support/session.js';
import { openWorkbench, type Workbench } from './support/workbench.js';

const RESULTS = 'body[data-page="results"]';

const THEMES = {
  dark: 'Dark Modern',
  light: 'Light Modern',
  'high-contrast': 'Default High Contrast',
} as const;

const QUIET = {
  'editor.minimap.enabled': false,
  'breadcrumbs.enabled': false,
  'window.commandCenter': false,
  'editor.fontSize': 13,
};

describe('the tour', function () {
  this.timeout(300_000);
  let workbench: Workbench;
  const shot = (name: string) =>
    workbench.screenshot(join(session().root, 'media', 'screenshots', `${name}.png`));
  const settle = () => workbench.page.waitForTimeout(1_500);

  before(async () => {
    await mkdir(join(session().root, 'media', 'screenshots'), { recursive: true });
    await setUserSettings({ ...QUIET, 'workbench.colorTheme': THEMES.dark });
    workbench = await openWorkbench(await copyOf('examples'), { width: 1500, height: 940 });
  });
  after(async () => {
    await setUserSettings({});
    await workbench?.close();
  });

  it('starts a sweep from the context menu', async () => {
    await workbench.showExplorer();
    await workbench.openFile('iris.yaml');
    const menu = await workbench.openContextMenuWith(workbench.explorerItem('iris.yaml'), 'Start Sweep');
    await settle();
    await shot('start-dark');
    await menu.choose('Start Sweep');
    await workbench.showSweetspot();
  });

  it('watches it run', async () => {
    await workbench.runCommand('Sweetspot: Open Results');
    const page = await workbench.webview(RESULTS);
    await page.locator('[role="row"][aria-rowindex="6"]').waitFor({ timeout: 120_000 });
    await shot('running-dark');
    await workbench.treeRows('Studies').filter({ hasText: '40/40 · best' }).waitFor({ timeout: 240_000 });
  });

  it('looks at the results and at the diff, in every theme', async () => {
    for (const [name, theme] of Object.entries(THEMES)) {
      await setUserSettings({ ...QUIET, 'workbench.colorTheme': theme });
      await workbench.reload();
      await workbench.showSweetspot();
      await workbench.openFile('iris.yaml');
      await workbench.codeLens('Compare with Best').click();
      await workbench.editorTab(/iris\.yaml ↔ best/).waitFor();
      await settle();
      await shot(`diff-${name}`);
      await workbench.editorTab('iris').last().click();
      await workbench.webview(RESULTS);
      await settle();
      await shot(`results-${name}`);
    }
  });

  it('fits a narrow window', async () => {
    await workbench.page.setViewportSize({ width: 900, height: 700 });
    await settle();
    await shot('narrow-high-contrast');
  });
});
