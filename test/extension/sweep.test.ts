// A sweep from the extension with the real engine: start, watch, stop, resume, and an engine that is killed.
import { strict as assert } from 'node:assert';
import { access, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import {
  addConfig,
  answering,
  configText,
  enginePid,
  eventually,
  messagesOf,
  run,
  stopAll,
  study,
  sweetspot,
} from './support.js';

const LONG = { trials: 400, epochs: 40 };

const problems = (path: string) => vscode.languages.getDiagnostics(vscode.Uri.file(path));

describe('a sweep', () => {
  it('runs to its end and its trials arrive one by one', async () => {
    const config = await addConfig('short', configText({ trials: 5 }));
    const { studies } = await sweetspot();
    const seen = new Set<number>();
    const listening = studies.onDidChange((entry) => {
      if (entry.configFile === config) seen.add(entry.study.trials.length);
    });
    await run('startSweep', vscode.Uri.file(config));
    const entry = await study(config, 'it finishes', ({ phase }) => phase.kind === 'finished', 60_000);
    listening.dispose();
    assert.equal(entry.study.trials.length, 5);
    assert.ok(entry.best, 'there is a best trial');
    assert.deepEqual(entry.study.trials[0]?.params['model.units'], [4], "trial 0 is the file's own values");
    assert.ok(seen.size > 1, `seen with ${[...seen].join()} trials`);
  });

  it('shows its study and its trials in the tree, the best one first', async () => {
    const config = await addConfig('listed', configText());
    await run('startSweep', vscode.Uri.file(config));
    const entry = await study(config, 'it finishes', ({ phase }) => phase.kind === 'finished', 60_000);
    const { tree } = await sweetspot();
    const roots = (await tree.getChildren()) ?? [];
    const node = roots.find((one) => one.kind === 'config' && one.path === config);
    assert.ok(node);
    const [first] = (await tree.getChildren(node)) ?? [];
    assert.ok(first);
    assert.match(String(tree.getTreeItem(first).description), /^4\/4 · best [\d.e-]+$/);
    const [best] = (await tree.getChildren(first)) ?? [];
    assert.ok(best);
    assert.equal(tree.getTreeItem(best).label, `Trial ${entry.best?.number}`);
  });

  it('ends with a warning in the tree where no trial has a result', async () => {
    const text = configText({ trials: 2 }).replace('#   metric', '#   train: ./broken.mjs\n#   metric');
    const config = await addConfig('fruitless', text);
    await writeFile(
      join(dirname(config), 'broken.mjs'),
      "export default () => { throw new Error('no'); };\n",
    );
    await run('startSweep', vscode.Uri.file(config));
    const { id } = await study(config, 'it finishes', ({ phase }) => phase.kind === 'finished', 60_000);
    const { tree } = await sweetspot();
    const { iconPath } = tree.getTreeItem({ kind: 'study', id: `study:${id}`, journal: id });
    assert.equal(iconPath instanceof vscode.ThemeIcon && iconPath.id, 'warning');
  });

  it('saves unsaved changes before it starts', async () => {
    const config = await addConfig('dirty', configText());
    const document = await vscode.workspace.openTextDocument(config);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, document.lineAt(3).range, '#   stop: {trials: 2}');
    await vscode.workspace.applyEdit(edit);
    await run('startSweep', vscode.Uri.file(config));
    assert.equal(document.isDirty, false);
    const entry = await study(config, 'it finishes', ({ phase }) => phase.kind === 'finished', 60_000);
    assert.equal(entry.study.trials.length, 2);
  });

  it('does not start while an annotation is wrong, and names file, line and cause', async () => {
    const config = await addConfig('refused', configText().replace('log)', 'lag)'));
    const shown = await messagesOf(() => run('startSweep', vscode.Uri.file(config)));
    const line =
      configText()
        .split('\n')
        .findIndex((text) => text.includes('log)')) + 1;
    assert.match(shown.join(), new RegExp(`refused\\.yaml:${line}: `));
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, config, 'the file is shown');
    assert.equal((await sweetspot()).studies.of(config).length, 0);
  });

  it('says what is wrong when its data is missing, at the line that names it', async () => {
    const config = await addConfig('nodata', configText().replace('./data.csv', './missing.csv'));
    const shown = await messagesOf(async () => {
      await run('startSweep', vscode.Uri.file(config));
      await study(config, 'it ends', ({ phase }) => phase.kind === 'error');
      await eventually('a problem is shown', () => problems(config).length > 0);
    });
    assert.match(shown.join('\n'), /nodata\.yaml:6: .*missing\.csv/);
    const [problem] = problems(config);
    assert.equal(problem?.range.start.line, 5);
    await writeFile(config, configText());
    await eventually('the problem is gone', () => problems(config).length === 0);
  });

  const MODULE = `# @sweep
#   train: ./train.js
#   metric: loss
#   stop: {trials: 3}
x: 0.5   # @tune float(0, 1)
`;
  const wrong = [
    ['metric is none of the trainer', configText({ metric: 'val_lots' }), '', /unknown metric "val_lots"/],
    [
      'training module does not compile',
      MODULE,
      'export default () => {\n  return 1 +;\n};',
      /train\.js:2:\d+/,
    ],
    [
      'training module never reports the metric',
      MODULE,
      'export default () => ({ accuracy: 1 });',
      /"loss" was never reported.*accuracy/,
    ],
  ] as const;
  for (const [index, [what, text, train, message]] of wrong.entries()) {
    const place = (config: string) => (what.includes('compile') ? join(dirname(config), 'train.js') : config);
    it(`says so when the ${what}, and goes on once it is mended`, async () => {
      const config = await addConfig(`wrong${index}`, text);
      await writeFile(join(dirname(config), 'train.js'), train);
      const shown = await messagesOf(async () => {
        await run('startSweep', vscode.Uri.file(config));
        await study(config, 'it ends', ({ phase }) => phase.kind === 'error');
        await eventually('a problem is shown', () => problems(place(config)).length > 0);
      });
      assert.match(shown.join('\n'), message);
      await writeFile(join(dirname(config), 'train.js'), 'export default ({ x }) => ({ loss: x });');
      if (train === '') return;
      await run('startSweep', vscode.Uri.file(config));
      await study(config, 'it ends well', ({ phase }) => phase.kind === 'finished');
      assert.equal((await sweetspot()).studies.of(config).length, 1);
    });
  }
});

describe('a running sweep', () => {
  it('is not started twice', async () => {
    const config = await addConfig('twice', configText(LONG));
    await run('startSweep', vscode.Uri.file(config));
    const before = await study(config, 'it runs', ({ phase }) => phase.kind === 'running');
    const shown = await messagesOf(() => run('startSweep', vscode.Uri.file(config)));
    assert.match(shown.join(), /already running/);
    const { studies } = await sweetspot();
    assert.deepEqual(
      studies.of(config).map(({ id }) => id),
      [before.id],
    );
    await stopAll(config);
  });

  it('lets running trials end when it is stopped, and goes on from there', async () => {
    const config = await addConfig('paused', configText(LONG));
    await run('startSweep', vscode.Uri.file(config));
    const running = await study(config, 'three trials', ({ study: { trials } }) => trials.length >= 3);
    await run('stopFinish', { journal: running.id });
    const stopped = await study(config, 'it stops', ({ phase }) => phase.kind === 'stopped');
    const states = stopped.study.trials.map(({ state }) => state);
    assert.ok(
      states.every((state) => state !== 'running'),
      states.join(),
    );
    const trials = states.length;

    await run('startSweep', vscode.Uri.file(config));
    const resumed = await study(config, 'more trials', ({ study }) => study.trials.length > trials);
    assert.equal(resumed.id, stopped.id, 'the same study goes on');
    await run('stopNow', { journal: resumed.id });
    await study(config, 'it stops', ({ phase }) => phase.kind === 'stopped');
  });

  it('starts afresh beside an unfinished study when asked to', async () => {
    const config = await addConfig('fresh', configText(LONG));
    await run('startSweep', vscode.Uri.file(config));
    await study(config, 'a trial', ({ study: { trials } }) => trials.length >= 1);
    await stopAll(config);
    await run('newStudy', vscode.Uri.file(config));
    const { studies } = await sweetspot();
    await eventually('there are two studies', () => studies.of(config).length === 2);
    await stopAll(config);
  });

  it('shows that its engine was killed, keeps every finished trial, and can be resumed', async () => {
    const config = await addConfig('killed', configText(LONG));
    await run('startSweep', vscode.Uri.file(config));
    const running = await study(
      config,
      'two trials are complete',
      ({ study: { trials } }) => trials.filter(({ state }) => state === 'complete').length >= 2,
    );
    const complete = running.study.trials.filter(({ state }) => state === 'complete').length;
    const shown = await messagesOf(async () => {
      process.kill(await enginePid(running), 'SIGKILL');
      await study(config, 'it is lost', ({ phase }) => phase.kind === 'lost');
      await new Promise((resolve) => setTimeout(resolve, 200));
    });
    assert.match(shown.join(), /stopped unexpectedly/);
    await run('resume', { journal: running.id });
    const resumed = await study(config, 'it runs again', ({ phase }) => phase.kind === 'running');
    assert.equal(resumed.id, running.id);
    assert.ok(resumed.study.trials.filter(({ state }) => state === 'complete').length >= complete);
    await stopAll(config);
  });
});

describe('the best values', () => {
  let config: string;
  let original: string;

  before(async () => {
    config = await addConfig('best', configText({ trials: 6 }));
    original = await readFile(config, 'utf8');
    await run('startSweep', vscode.Uri.file(config));
    await study(config, 'it finishes', ({ phase }) => phase.kind === 'finished', 60_000);
  });

  /** A trial whose values are not those of the file. */
  async function other() {
    const entry = await study(config, 'it is there', () => true);
    const trial = entry.study.trials.find(({ number, state }) => number > 0 && state === 'complete');
    assert.ok(trial);
    return { entry, trial };
  }

  it('are compared with the file in a diff whose other side differs in the tuned values only', async () => {
    const { entry, trial } = await other();
    await run('compareTrial', { journal: entry.id, trial: trial.number });
    const tab = await eventually('the diff is open', () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputTextDiff && input;
    });
    assert.equal(tab.original.fsPath, config);
    const right = await vscode.workspace.openTextDocument(tab.modified);
    // A value takes or leaves the blanks before its comment, which keeps its column.
    const blank = (text: string) => text.replace(/^(\s*(?:units|name|learningRate):) .*?(?=# )/gm, '$1 ');
    assert.notEqual(right.getText(), original);
    assert.equal(blank(right.getText()), blank(original));
    assert.match(right.getText(), /name: "(sgd|adam)"/, 'the quotes stay');
  });

  it('are applied as one edit that undo takes back', async () => {
    const { entry, trial } = await other();
    await run('applyTrial', { journal: entry.id, trial: trial.number });
    const document = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === config);
    assert.ok(document?.isDirty);
    assert.notEqual(document.getText(), original);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), original);
    assert.equal(await readFile(config, 'utf8'), original, 'the disk was not touched');
  });

  it('open no diff when the file already has them', async () => {
    const { entry, trial } = await other();
    await run('applyTrial', { journal: entry.id, trial: trial.number });
    const shown = await messagesOf(() => run('compareTrial', { journal: entry.id, trial: trial.number }));
    assert.match(shown.join(), /already has/);
    await vscode.commands.executeCommand('undo');
  });

  it('are refused by a file that no longer tunes one of them', async () => {
    const { entry, trial } = await other();
    const document = await vscode.workspace.openTextDocument(config);
    const edit = new vscode.WorkspaceEdit();
    const line = document
      .getText()
      .split('\n')
      .findIndex((text) => text.includes('@tune float'));
    edit.replace(document.uri, document.lineAt(line).range, '  learningRate: 1e-3');
    await vscode.workspace.applyEdit(edit);
    const before = document.getText();
    const shown = await messagesOf(() => run('applyTrial', { journal: entry.id, trial: trial.number }));
    assert.match(shown.join(), /best\.yaml no longer tunes optimizer\.learningRate/);
    assert.equal(document.getText(), before, 'nothing was applied');
  });
});

describe('a study', () => {
  it('is deleted with its files after a question, and the config stays', async () => {
    const config = await addConfig('deleted', configText({ trials: 2 }));
    await run('startSweep', vscode.Uri.file(config));
    const entry = await study(config, 'it finishes', ({ phase }) => phase.kind === 'finished', 60_000);
    const question = await messagesOf(() => run('deleteStudy', { journal: entry.id }));
    assert.match(question.join(), /Delete the study deleted\?/);
    const { studies } = await sweetspot();
    assert.equal(studies.of(config).length, 1, 'not without an answer');
    await messagesOf(() => run('deleteStudy', { journal: entry.id }), 'Move to Trash');
    await eventually('it is gone', () => studies.of(config).length === 0);
    await assert.rejects(access(entry.id));
    await access(config);

    const back = await messagesOf(() =>
      answering(
        'showQuickPick',
        (items: readonly { label: string; detail: string }[]) =>
          items.find(({ label, detail }) => label === entry.name && detail === 'deleted just now'),
        () => run('restoreStudy'),
      ),
    );
    assert.deepEqual(back, ['deleted is back.']);
    const again = await eventually('it is back', () => studies.of(config)[0]);
    assert.equal(again.study.trials.length, 2);

    await messagesOf(() => run('deleteStudy', { journal: entry.id }), 'Delete Permanently');
    await eventually('it is gone', () => studies.of(config).length === 0);
    const none = await messagesOf(() => run('restoreStudy', { kind: 'config', id: 'x', path: config }));
    assert.deepEqual(none, ['No deleted study of deleted.yaml can be restored.']);
  });

  it('is not deleted while it runs', async () => {
    const config = await addConfig('kept', configText(LONG));
    await run('startSweep', vscode.Uri.file(config));
    const entry = await study(config, 'it runs', ({ phase }) => phase.kind === 'running');
    const shown = await messagesOf(() => run('deleteStudy', { journal: entry.id }), 'Move to Trash');
    assert.match(shown.join(), /is running/);
    await access(entry.id);
    await stopAll(config);
  });

  it('can be tried with an example that the extension writes', async () => {
    await run('createExample');
    const config = vscode.window.activeTextEditor?.document.uri.fsPath ?? '';
    assert.match(config, /sweetspot-example\.yaml$/);
    const { configs } = await sweetspot();
    const found = await eventually('it is listed', () => configs.all.find(({ path }) => path === config));
    assert.deepEqual(found.parsed.diagnostics, []);
    await run('startSweep', vscode.Uri.file(config));
    await study(
      config,
      'two trials are complete',
      ({ study: { trials } }) => trials.filter(({ state }) => state === 'complete').length >= 2,
    );
    await stopAll(config);
  });
});
