// A study with thousands of records, which reaches a page in blocks: seen in a real window.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleJournal } from '../webview/support/sample-study.js';
import { folderWith, session } from './support/session.js';
import { openWorkbench, type Workbench } from './support/workbench.js';

const TRIALS = 10_000;

describe('a study of ten thousand trials in a window', () => {
  let workbench: Workbench;
  after(() => workbench?.close());

  it('is shown whole in the side bar and in the results', async () => {
    const config = await readFile(join(session().root, 'examples', 'iris', 'iris.yaml'), 'utf8');
    const journal = sampleJournal({
      trials: TRIALS,
      steps: 1,
      budget: TRIALS,
      status: { kind: 'finished', reason: 'x' },
    });
    const folder = await folderWith({
      'iris.yaml': config,
      '.sweetspot/iris.yaml/iris.jsonl': journal.join(''),
    });
    workbench = await openWorkbench(folder);
    await workbench.showSweetspot();
    await workbench.treeRows('Studies').filter({ hasText: '10000/10000 · best' }).waitFor();
    const table = await workbench.webview('body[data-page="table"]');
    await table.locator('[role="row"][aria-rowindex="2"]').waitFor();
    await workbench.runCommand('Sweetspot: Open Results');
    const results = await workbench.webview('body[data-page="results"]');
    // A part of it may be shown before all of it is there.
    const whole = results.locator(`[role="grid"][aria-rowcount="${TRIALS + 1}"]`);
    await whole.locator('[role="row"][aria-rowindex="2"]').waitFor();
  });
});
