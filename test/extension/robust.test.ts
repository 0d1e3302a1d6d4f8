// What files and folders go through while people work: other line ends, edits, renames and deletions under a running
// sweep, folders that cannot be written, workspaces that are not trusted, many files at once.
import { strict as assert } from 'node:assert';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import {
  addConfig,
  configText,
  eventually,
  finishedStudy,
  inWorkspace,
  messagesOf,
  run,
  stopAll,
  study,
  sweetspot,
} from './support.js';

const LONG = { trials: 400, epochs: 40 };

/** Label and description of the tree's roots. */
async function roots(): Promise<readonly string[]> {
  const { tree } = await sweetspot();
  const items = await Promise.all(((await tree.getChildren()) ?? []).map((node) => tree.getTreeItem(node)));
  return items.map(({ label, description }) => `${String(label)} · ${String(description)}`);
}

describe('a config as other systems write it', () => {
  it('is swept and keeps its byte order mark, its line ends and its tabs when the best values are applied', async () => {
    const text = configText({ trials: 5 })
      .replace('1e-3    # @tune', '1e-3\t# @tune')
      .replaceAll('\n', '\r\n');
    const config = await addConfig('windows', `\uFEFF${text}`);
    await run('startSweep', vscode.Uri.file(config));
    const entry = await study(config, 'it finishes', ({ phase }) => phase.kind === 'finished', 60_000);
    const better = entry.study.trials.find(({ number, state }) => number > 0 && state === 'complete');
    assert.ok(better);
    await run('applyTrial', { journal: entry.id, trial: better.number });
    await vscode.window.activeTextEditor?.document.save();
    const after = await readFile(config, 'utf8');
    assert.ok(after.startsWith('\uFEFF# @sweep\r\n'), JSON.stringify(after.slice(0, 20)));
    assert.equal(after.replaceAll('\r\n', '').includes('\n'), false, 'no line ends in \\n alone');
    assert.match(after, /learningRate: \S+\t# @tune float\(1e-4, 1e-1, log\)/);
    assert.notEqual(after, `\uFEFF${text}`);
  });
});

describe('a config under a running sweep', () => {
  it('may be edited: the sweep goes on, and trials are compared with the file as it is now', async () => {
    const config = await addConfig('edited', configText(LONG));
    await run('startSweep', vscode.Uri.file(config));
    const entry = await study(config, 'a trial is complete', ({ best }) => best !== undefined);
    await writeFile(config, configText(LONG).replace('# small', '# edited meanwhile'));
    const { length } = entry.study.trials;
    const later = await study(config, 'more trials come', (now) => now.study.trials.length > length + 2);
    await run('compareTrial', { journal: later.id, trial: 1 });
    const shown = await eventually('a diff is open', () =>
      vscode.workspace.textDocuments.find(
        ({ uri }) => uri.scheme === 'sweetspot' && uri.path.includes('edited'),
      ),
    );
    await eventually('it is of the edited file', () => shown.getText().includes('# edited meanwhile'));
    await stopAll(config);
  });

  it('may be renamed: its sweep can be watched and stopped, and its studies then go along', async () => {
    const config = await addConfig('running', configText(LONG));
    await run('startSweep', vscode.Uri.file(config));
    const entry = await study(config, 'a trial is complete', ({ best }) => best !== undefined);
    const to = join(dirname(config), 'renamed.yaml');
    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(vscode.Uri.file(config), vscode.Uri.file(to));
    await vscode.workspace.applyEdit(edit);
    await eventually('the new name is listed', async () =>
      (await roots()).some((one) => /^renamed\.yaml/.test(one)),
    );
    assert.ok((await roots()).some((one) => /^running\.yaml · .*file is gone/.test(one)));
    const { length } = entry.study.trials;
    await study(config, 'it goes on', (now) => now.study.trials.length > length + 1);
    await run('stopNow', { journal: entry.id });
    const moved = await study(to, 'it is there under the new name', ({ phase }) => phase.kind === 'stopped');
    assert.equal(moved.name, entry.name);
    assert.ok(!(await roots()).some((one) => /^running\.yaml/.test(one)));
    assert.equal(await readFile(join(dirname(config), '.sweetspot', '.gitignore'), 'utf8'), '*\n');
    await run('resume', { journal: moved.id });
    await study(to, 'it runs again', ({ phase }) => phase.kind === 'running');
    await stopAll(to);
  });

  it('may be deleted: its sweep is seen until it was stopped', async () => {
    const config = await addConfig('vanished', configText(LONG));
    await run('startSweep', vscode.Uri.file(config));
    const entry = await study(config, 'a trial is complete', ({ best }) => best !== undefined);
    await rm(config);
    await eventually('it is said', async () =>
      (await roots()).some((one) => /^vanished\.yaml · .*file is gone/.test(one)),
    );
    const said = await messagesOf(() => run('applyTrial', { journal: entry.id, trial: 0 }));
    assert.match(said.join(), /vanished\.yaml is gone or no longer holds a @sweep comment/);
    await run('stopNow', { journal: entry.id });
    await eventually(
      'it is listed no more',
      async () => !(await roots()).some((one) => /^vanished/.test(one)),
    );
    // It comes back with its study.
    await writeFile(config, configText(LONG));
    await study(config, 'it is back', ({ phase }) => phase.kind === 'stopped');
  });
});

describe('a config at rest', () => {
  it('takes its studies and their open results along when it is moved in the editor or outside', async () => {
    const entry = await finishedStudy('moving', 2);
    await run('openResults', { journal: entry.id });
    const outside = join(dirname(entry.configFile), 'outside.yaml');
    await rename(entry.configFile, outside);
    const first = await study(outside, 'its study', ({ study: { trials } }) => trials.length === 2);
    const inside = inWorkspace('elsewhere', 'inside.yaml');
    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(vscode.Uri.file(outside), vscode.Uri.file(inside));
    await vscode.workspace.applyEdit(edit);
    const second = await study(inside, 'its study', ({ study: { trials } }) => trials.length === 2);
    assert.notEqual(first.id, second.id);
    await run('openResults', { journal: second.id });
    const tabs = vscode.window.tabGroups.all.flatMap(({ tabs: all }) => all.map(({ label }) => label));
    assert.equal(tabs.filter((label) => label === entry.name).length, 1, tabs.join());
  });

  it('leaves them where they are when it is copied', async () => {
    const entry = await finishedStudy('original', 2);
    const copy = join(dirname(entry.configFile), 'copy.yaml');
    await writeFile(copy, await readFile(entry.configFile));
    const { configs, studies } = await sweetspot();
    await eventually('the copy is listed', () => configs.all.some(({ path }) => path === copy));
    assert.equal(studies.of(copy).length, 0);
    assert.equal(studies.of(entry.configFile).length, 1);
  });
});

describe('a folder that cannot be written', () => {
  it('is named when a sweep is to start in it', async () => {
    const config = await addConfig('blocked', configText());
    // Root may write everywhere, but nobody can make a folder below a file.
    await writeFile(join(dirname(config), '.sweetspot'), '');
    const said = await messagesOf(() => run('startSweep', vscode.Uri.file(config)));
    assert.match(said.join(), /blocked\.yaml: .*\.sweetspot/);
  });
});

describe('a workspace that is not trusted', () => {
  const untrusted = async (action: () => PromiseLike<unknown>): Promise<readonly string[]> => {
    const real = Object.getOwnPropertyDescriptor(vscode.workspace, 'isTrusted');
    assert.ok(real);
    Object.defineProperty(vscode.workspace, 'isTrusted', { configurable: true, get: () => false });
    try {
      return await messagesOf(action);
    } finally {
      Object.defineProperty(vscode.workspace, 'isTrusted', real);
    }
  };

  it('is looked at, and nothing is run', async () => {
    const config = await addConfig('foreigner', configText());
    const { studies } = await sweetspot();
    for (const command of ['startSweep', 'newStudy', 'forecast']) {
      const said = await untrusted(() => run(command, vscode.Uri.file(config)));
      assert.match(said.join(), /this workspace is not trusted\. Nothing was started\./, command);
    }
    assert.equal(studies.of(config).length, 0);
  });
});

describe('hundreds of configs that come at once', () => {
  it('are all listed, in the tree, too', async () => {
    const folder = inWorkspace('many');
    const names = Array.from({ length: 300 }, (_, i) => join(folder, `d${i % 10}`, `many-${i}.yaml`));
    for (const name of names.slice(0, 10)) await mkdir(dirname(name), { recursive: true });
    await Promise.all(names.map((name) => writeFile(name, configText())));
    const { configs } = await sweetspot();
    const listed = () => configs.all.filter(({ path }) => path.startsWith(folder)).length;
    await eventually('all are listed', () => listed() === 300, 40_000);
    assert.equal((await roots()).filter((one) => one.startsWith('many-')).length, 300);
    await rm(folder, { recursive: true });
    await eventually('none is', () => listed() === 0, 40_000);
    assert.equal((await roots()).filter((one) => basename(one).startsWith('many-')).length, 0);
  });
});
