// What is done with studies once they are there, by clicks: the filter that tree, tables and charts share, comparison,
// export, trash, the forecast, a Pareto front, and the file of another program. The studies lie in the folder from the
// start, so that the window has nothing to wait for but itself.
import { strict as assert } from 'node:assert';
import { access, copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleJournal } from '../webview/support/sample-study.js';
import { folderWith, session } from './support/session.js';
import { openWorkbench, type Workbench } from './support/workbench.js';

const RESULTS = 'body[data-page="results"]';
const TABLE = 'body[data-page="table"]';
const ENDED = { kind: 'finished', reason: 'all trials were started' } as const;

const QUICK = `# @sweep
#   metric: val_loss
#   stop: {trials: 4}
data: {csv: ./iris.csv, target: species, validation: 0.25}
model:
  task: classification
  units: [8]               # @tune choice([4], [8])
  dropout: 0.1             # @tune float(0, 0.5)
training: {epochs: 5}
seed: 1
`;

/** A journal with one byte of its `line`th line turned into another. */
function damaged(lines: readonly string[], line: number): string {
  const text = lines[line] ?? '';
  return [...lines.slice(0, line), `${text.slice(0, 30)}#${text.slice(31)}`, ...lines.slice(line + 1)].join(
    '',
  );
}

describe('studies in a window', function () {
  this.bail(true);
  let workbench: Workbench;

  before(async () => {
    const example = (file: string) => readFile(join(session().root, 'examples', 'iris', file), 'utf8');
    const iris = await example('iris.yaml');
    const study = (trials: number, seed: number, objectives?: 2) =>
      sampleJournal({
        trials,
        seed,
        steps: 8,
        budget: trials,
        status: ENDED,
        ...(objectives && { objectives }),
      });
    const folder = await folderWith({
      'iris.yaml': iris,
      'front.yaml': iris,
      'harmed.yaml': iris,
      'quick.yaml': QUICK,
      'iris.csv': await example('iris.csv'),
      '.sweetspot/iris.yaml/iris.jsonl': study(30, 7).join(''),
      '.sweetspot/iris.yaml/iris-2.jsonl': study(20, 11).join(''),
      '.sweetspot/front.yaml/front.jsonl': study(24, 3, 2).join(''),
      '.sweetspot/harmed.yaml/harmed.jsonl': damaged(study(6, 5), 20),
    });
    await copyFile(join(session().root, 'test/fixtures/optuna/optuna-5.log'), join(folder, 'theirs.log'));
    workbench = await openWorkbench(folder);
    await workbench.showSweetspot();
    await row('30/30').waitFor();
  });
  after(() => workbench?.close());

  const row = (text: string | RegExp) => workbench.treeRows('Studies').filter({ hasText: text }).first();
  const results = () => workbench.webview(RESULTS);
  const choose = async (text: string | RegExp, entry: string) =>
    (await workbench.openContextMenuWith(row(text), entry)).choose(entry);

  it('tells of a damaged journal once, and repairs it', async () => {
    await workbench.notification(/1 line of the journal of harmed cannot be read/).waitFor();
    await row('damaged, read-only').waitFor();
    await workbench.pressNotificationButton(/journal of harmed/, 'Repair');
    await workbench
      .notification(/harmed/)
      .first()
      .waitFor();
    await row('damaged, read-only').waitFor({ state: 'detached' });
    await workbench.dismissNotifications();
  });

  it('are filtered everywhere at once, and the filter goes with one click', async () => {
    await choose('30/30', 'Filter Trials…');
    await workbench.answer('val_loss < 0.2');
    await row(/\d+ of 30 match/).waitFor();
    const table = await workbench.webview(TABLE);
    await table.getByText(/\d+ of 30 pass the filter/).waitFor();
    await choose(/of 30 match/, 'Open Results');
    await (await results()).locator('sweet-table-bar', { hasText: /\d+ of 30/ }).waitFor();
    await row(/of 30 match/).hover();
    await row(/of 30 match/)
      .getByRole('button', { name: 'Clear Filter' })
      .click();
    await row(/of 30 match/).waitFor({ state: 'detached' });
    await table.getByText('pass the filter').waitFor({ state: 'detached' });
  });

  it('have the trial pointed at in a table marked in the tree', async () => {
    await workbench.expandTreeRow(row('30/30'));
    const page = await results();
    const first = page.locator('[role="grid"] [role="row"][aria-rowindex="2"]');
    await first.hover();
    const marked = workbench
      .treeRows('Studies')
      .filter({ has: workbench.page.locator('[class*="-itemBadge"]') });
    await marked.filter({ hasText: 'Trial' }).first().waitFor();
    await row('30/30').hover();
    await marked.filter({ hasText: 'Trial' }).first().waitFor({ state: 'detached' });
    await row('30/30').locator('.monaco-tl-twistie').click();
  });

  it('are compared in the results', async () => {
    await choose('20/20', 'Compare Studies');
    await workbench.editorTab('iris-2').last().waitFor();
    await workbench.webview(`${RESULTS} #tab-studies[aria-selected="true"]`).catch(() => results());
    const label = /Comparison of 2 studies/;
    await (await results())
      .locator('sweet-explorer .plot')
      .and((await results()).getByLabel(label))
      .waitFor();
  });

  it('are exported', async () => {
    await choose('20/20', 'Export Study…');
    await workbench.pick('Summary');
    // The save dialog of a window in a browser is a picker with a path.
    await workbench.page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
    await workbench.notification(/iris-2\.md holds iris-2 \(Summary\)/).waitFor();
    assert.match(await readFile(join(workbench.folder, 'iris-2.md'), 'utf8'), /^# iris-2/);
    await workbench.dismissNotifications();
  });

  it('go to the trash and come back', async () => {
    await choose('20/20', 'Delete Study…');
    await workbench.answerDialog('Move to Trash');
    await row('20/20').waitFor({ state: 'detached' });
    await workbench.runCommand('Sweetspot: Restore Deleted Study…');
    await workbench.pick('iris-2');
    await row('20/20').waitFor();
    await workbench.dismissNotifications();
  });

  it('with several metrics say how many trials their front has, and one of it is picked to compare', async () => {
    await row(/24\/24 · \d+ on the front/).waitFor();
    await choose(/24\/24/, 'Compare with Best');
    await workbench.page
      .locator('.quick-input-list .monaco-list-row', { hasText: 'balanced' })
      .first()
      .click();
    await workbench.editorTab(/front\.yaml ↔ best \(trial \d+\)/).waitFor();
  });

  it('begin with a forecast that is asked for', async () => {
    await workbench.openFile('quick.yaml');
    await workbench.runCommand('Sweetspot: Forecast the Sweep');
    await workbench.pick('4 trials, ');
    // What is there to be read starts nothing.
    await workbench.pick('Start Sweep');
    await row('4/4 · best').waitFor({ timeout: 60_000 });
  });

  it('of another program are looked at, and offered to be continued', async () => {
    await workbench.showExplorer();
    const menu = await workbench.openContextMenuWith(
      workbench.explorerItem('theirs.log'),
      'Open in Sweetspot',
    );
    await menu.choose('Open in Sweetspot');
    await workbench.pick('demo');
    await workbench.showSweetspot();
    await row('read-only').waitFor();
    const page = await workbench.webview(`${RESULTS} [data-action="continue"]`).catch(() => results());
    await page.getByRole('button', { name: 'Continue as a Study…' }).click();
    await workbench.pick('iris.yaml');
    await workbench
      .notification(/iris\.yaml|demo/)
      .first()
      .waitFor();
    await access(join(workbench.folder, 'theirs.log'));
  });
});
