// What stands in the editor of an annotated file: the line above @sweep, and hovers over annotated values.
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { addConfig, configText, eventually, run, stopAll, study } from './support.js';

async function lenses(config: string): Promise<readonly string[]> {
  await vscode.window.showTextDocument(vscode.Uri.file(config));
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    vscode.Uri.file(config),
  );
  return found.map(({ command }) => command?.title.replaceAll('\u00a0', ' ') ?? '');
}

async function hover(config: string, text: string): Promise<string> {
  const document = await vscode.workspace.openTextDocument(config);
  const position = document.positionAt(document.getText().indexOf(text) + 1);
  const found = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    position,
  );
  return found
    .flatMap(({ contents }) => contents)
    .map((content) => (typeof content === 'string' ? content : content.value))
    .join('\n');
}

describe('the line above @sweep', () => {
  it('offers to start, then shows progress and stops, then offers the best values', async () => {
    const config = await addConfig('lens', configText({ trials: 300, epochs: 30 }));
    assert.deepEqual(await lenses(config), ['$(play) Start Sweep']);

    await run('startSweep', vscode.Uri.file(config));
    await study(config, 'a trial is complete', ({ best }) => best !== undefined);
    const [doing, stop, compare] = await lenses(config);
    assert.match(doing ?? '', /^\$\(sync~spin\) \d+\/300 · best /);
    assert.equal(stop, 'Stop');
    assert.match(compare ?? '', /^Compare with Best \(.*, #\d+\)$/);

    await stopAll(config);
    const after = await lenses(config);
    assert.match(after[0] ?? '', /^\$\(debug-continue\) Resume Sweep \(\d+\/300\)$/);
    assert.equal(after.at(-1), 'Open Results');
  });

  it('is not there when the setting is off', async () => {
    const config = await addConfig('quiet', configText());
    const settings = vscode.workspace.getConfiguration('sweetspot');
    await settings.update('codeLens', false);
    assert.deepEqual(await lenses(config), []);
    await settings.update('codeLens', undefined);
    await eventually('it is back', async () => (await lenses(config)).length > 0);
  });

  it('counts the problems of a file that cannot be swept', async () => {
    const config = await addConfig('broken', configText().replace('1e-4, 1e-1', '2, 1'));
    assert.deepEqual(await lenses(config), ['$(error) 1 problem to solve before a sweep']);
  });
});

describe('a hover over an annotated value', () => {
  it('says what is searched, what the file has, and what the best trial had', async () => {
    const config = await addConfig('hover', configText());
    const before = await hover(config, '1e-3');
    assert.match(before, /optimizer\.learningRate/);
    assert.match(before, /float\(0\.0001, 0\.1, log\)/);
    assert.match(before, /In the file: `0\.001`/);
    await run('startSweep', vscode.Uri.file(config));
    const entry = await study(config, 'it finishes', ({ phase }) => phase.kind === 'finished', 60_000);
    const after = await hover(config, '@tune float');
    assert.match(after, new RegExp(`Best so far: .*val_loss.*trial ${entry.best?.number}`));
    assert.match(after, /!\[val_loss against .*completed trials\]\(data:image\/svg\+xml;base64,/);
  });

  it('says nothing elsewhere', async () => {
    const config = await addConfig('silent', configText());
    assert.equal(await hover(config, 'csv:'), '');
  });
});

describe('a hint at an annotation', () => {
  it('says that a wide range wants log, and a quick fix writes it', async () => {
    const config = await addConfig(
      'wide',
      configText().replace('float(1e-4, 1e-1, log)', 'float(1e-5, 1e-1)'),
    );
    const uri = vscode.Uri.file(config);
    const document = await vscode.workspace.openTextDocument(uri);
    const hint = await eventually('a hint is shown', () =>
      vscode.languages.getDiagnostics(uri).find(({ code }) => code === 'log'),
    );
    assert.match(hint.message, /4 orders of magnitude/);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      uri,
      hint.range,
    );
    const fix = actions.find(({ title }) => title.includes('with log'));
    assert.ok(fix?.edit);
    await vscode.workspace.applyEdit(fix.edit);
    assert.match(document.getText(), /float\(1e-5, 1e-1, log\)/);
    await document.save();
  });
});

describe('a mistyped word', () => {
  it('is put right by a quick fix', async () => {
    const text = configText()
      .replace('#   goal', '#   sampler: tpee\n#   prunr: median\n#   goal')
      .replace('@tune float(', '@tune flot(');
    const config = await addConfig('mistyped', text);
    const uri = vscode.Uri.file(config);
    const document = await vscode.workspace.openTextDocument(uri);
    const problems = await eventually('the problems are shown', () => {
      const found = vscode.languages
        .getDiagnostics(uri)
        .filter(({ message }) => message.includes('Did you mean'));
      return found.length === 3 && found;
    });
    for (const { range } of problems.toReversed()) {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        uri,
        range,
      );
      const fix = actions.find(({ title }) => title.startsWith('Change to '));
      assert.ok(fix?.edit, `no fix for ${document.getText(range)}`);
      await vscode.workspace.applyEdit(fix.edit);
    }
    assert.match(document.getText(), /sampler: tpe\n.*pruner: median\n[\s\S]*@tune float\(/);
    await document.save();
  });
});

describe('completion in annotations', () => {
  it('offers the settings of @sweep and the distributions that suit a value', async () => {
    const text = configText()
      .replace('#   goal', '#   sampler: \n#   goal')
      .replace(/@tune float.*/, '@tune ');
    const config = await addConfig('complete', text);
    const offered = async (behind: string) => {
      const document = await vscode.workspace.openTextDocument(config);
      const found = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        document.positionAt(text.indexOf(behind) + behind.length),
        ' ',
      );
      return found.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    };
    assert.ok((await offered('sampler: ')).includes('tpe'));
    assert.deepEqual((await offered('1e-3    # @tune ')).slice(0, 2), ['float, log', 'float']);
  });
});
