// What leaves a study and what comes in: every format of Export, lock files, verdicts, imports; and the filter of trials.
import { strict as assert } from 'node:assert';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { StudyEntry } from '../../src/extension/study-entry.js';
import {
  addConfig,
  answering,
  configText,
  eventually,
  finishedStudy,
  messagesOf,
  run,
  study,
  sweetspot,
} from './support.js';

interface Choice {
  readonly label: string;
  readonly format?: string;
}

/** Exports as the person picks, by format or by label, to `target`; gives what was said. */
const exported = (entry: StudyEntry, wanted: string, target: string): Promise<readonly string[]> =>
  messagesOf(() =>
    answering(
      'showQuickPick',
      (choices: readonly Choice[]) =>
        choices.find(({ format, label }) => format === wanted || label.endsWith(` ${wanted}`)),
      () =>
        answering(
          'showSaveDialog',
          () => vscode.Uri.file(target),
          () =>
            answering(
              'showOpenDialog',
              () => [vscode.Uri.file(dirname(target))],
              () => run('exportStudy', { journal: entry.id }),
            ),
        ),
    ),
  );

describe('a finished study', () => {
  let entry: StudyEntry;
  before(async () => {
    entry = await finishedStudy('leaving');
  });
  const beside = (name: string) => join(dirname(entry.configFile), name);
  const about = () => ({ journal: entry.id, trial: entry.best?.number ?? 0 });

  it('is exported to a file of every format', async () => {
    const files = {
      csv: [/^number,state,/m, 'leaving.csv'],
      json: [/"study": "leaving"/, 'leaving.json'],
      markdown: [/^# leaving/, 'leaving.md'],
      html: [/^<!DOCTYPE html>/i, 'leaving.html'],
      optuna: [/"study_name":"leaving"/, 'leaving.log'],
      'Optuna Database': [/^SQLite format 3/, 'leaving.db'],
      parquet: [/^PAR1/, 'leaving.parquet'],
    } as const;
    for (const [format, [content, name]] of Object.entries(files)) {
      const said = await exported(entry, format, beside(name));
      assert.match(said.join(), new RegExp(`^${name.replace('.', '\\.')} holds leaving \\(`));
      assert.match(await readFile(beside(name), 'utf8'), content);
    }
  });

  it('is exported to a folder for MLflow and TensorBoard', async () => {
    for (const [format, name] of [
      ['mlflow', 'mlruns'],
      ['tensorboard', 'leaving-tensorboard'],
    ] as const) {
      const said = await exported(entry, format, beside(name));
      assert.match(said.join(), new RegExp(`^${name} holds leaving`));
      const there = (await readdir(beside(name), { recursive: true })) as readonly string[];
      assert.ok(
        there.some((file) => /events\.out\.tfevents|meta\.yaml/.test(file)),
        there.join(),
      );
    }
    const asked = await exported(entry, 'mlflow', beside('mlruns'));
    assert.deepEqual(asked, ['mlruns is there already.'], 'and not written into without a word');
  });

  it('says why it cannot be written where it cannot', async () => {
    const said = await exported(entry, 'csv', beside('no-such-folder/leaving.csv'));
    assert.match(said.join(), /no-such-folder/);
  });

  it('is compared with others as text from there', async () => {
    await run('duplicateStudy', { journal: entry.id });
    await exported(entry, 'compare', '');
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.match(text, /^ +leaving +leaving-2$/m);
  });

  it('is verified: its best trial gives the same numbers again', async () => {
    const said = await messagesOf(() => run('verifyTrial', about()));
    assert.match(said.join(), /^Trial \d of leaving: (Bit-identical|Within noise)/);
  });

  it('is replayed from its journal', async () => {
    const said = await messagesOf(() => run('replayStudy', { journal: entry.id }));
    assert.match(
      said.join(),
      /^Replay of leaving: Study leaving follows from its journal: 3 suggestions and 0 prunings came out the same/,
    );
  });

  it('is locked for a deployment', async () => {
    const file = beside('deployed.lock.json');
    const said = await messagesOf(() =>
      answering(
        'showSaveDialog',
        () => vscode.Uri.file(file),
        () => run('lockTrial', about()),
      ),
    );
    assert.match(said.join(), /^deployed\.lock\.json holds trial \d of leaving with its environment\./);
    assert.equal(JSON.parse(await readFile(file, 'utf8')).trial, about().trial);
  });

  it('shows the trials of a filter in the tree, says how many, and shows all again when it is cleared', async () => {
    const { tree } = await sweetspot();
    const node = { kind: 'study', id: `study:${entry.id}`, journal: entry.id } as const;
    const label = async () => (await tree.getTreeItem(node)).description;
    const numbers = async () =>
      ((await tree.getChildren(node)) ?? []).map((one) => ('number' in one ? one.number : -1)).sort();
    await answering('showInputBox', 'trial >= 1 and state = complete', () =>
      run('filterTrials', { journal: entry.id }),
    );
    assert.deepEqual(await numbers(), [1, 2]);
    assert.match(String(await label()), /^2 of 3 match · 3\/3 · best /);
    assert.match((await tree.getTreeItem(node)).contextValue ?? '', /\bfiltered\b/);
    await run('clearFilter', { journal: entry.id });
    assert.deepEqual(await numbers(), [0, 1, 2]);
    assert.doesNotMatch(String(await label()), /match/);
  });

  it('refuses a filter that it cannot read, saying why', async () => {
    const real = vscode.window.showInputBox;
    let problem: unknown;
    Reflect.set(vscode.window, 'showInputBox', async (options: vscode.InputBoxOptions) => {
      problem = await options.validateInput?.('val_los < 1');
      return undefined;
    });
    try {
      await run('filterTrials', { journal: entry.id });
    } finally {
      Reflect.set(vscode.window, 'showInputBox', real);
    }
    assert.match(String(problem), /No column is called `val_los`.*val_loss/);
  });
});

describe('a table of W&B runs', () => {
  it('begins a study of a config, which goes on from there', async () => {
    const config = await addConfig('runs', configText({ trials: 4 }));
    const table = join(dirname(config), 'wandb.csv');
    await writeFile(
      table,
      'Name,State,optimizer.learningRate,optimizer.name,model.units,val_loss\nbrisk-1,finished,0.01,adam,[4],0.5\ncalm-2,finished,0.02,sgd,[8],0.4\n',
    );
    const said = await messagesOf(() =>
      answering(
        'showOpenDialog',
        () => [vscode.Uri.file(table)],
        () => run('importTrials', { kind: 'config', id: `config:${config}`, path: config }),
      ),
    );
    assert.match(said.join(), /^Study runs begins with 2 of 2 trials of .*wandb\.csv\./);
    const begun = await study(config, 'it begins', ({ best }) => best !== undefined);
    assert.equal(begun.study.trials.filter(({ state }) => state === 'complete').length, 2);
    await run('resume', { journal: begun.id });
    await study(config, 'it goes on', ({ phase }) => phase.kind === 'finished', 60_000);
  });

  it('is the latest study of its config, however long ago its runs were', async () => {
    const { configFile } = await finishedStudy('longago');
    const table = join(dirname(configFile), 'old.csv');
    // The values of the file: this run becomes trial 0.
    await writeFile(
      table,
      'Name,State,Created,Runtime,optimizer.learningRate,optimizer.name,model.units,val_loss\nold-1,finished,2020-05-01T10:00:00.000Z,60,0.001,adam,[4],0.5\n',
    );
    await messagesOf(() =>
      answering(
        'showOpenDialog',
        () => [vscode.Uri.file(table)],
        () => run('importTrials', { kind: 'config', id: `config:${configFile}`, path: configFile }),
      ),
    );
    const { studies } = await sweetspot();
    assert.deepEqual(
      studies.of(configFile).map(({ name }) => name),
      ['longago-2', 'longago'],
    );
    assert.match(studies.of(configFile)[0]?.study.trials[0]?.startedAt ?? '', /^2020-05-01/);
  });

  it('says what does not fit', async () => {
    const config = await addConfig('unfit', configText());
    const table = join(dirname(config), 'other.csv');
    await writeFile(table, 'Name,State,depth,score\na,finished,3,0.5\n');
    const said = await messagesOf(() =>
      answering(
        'showOpenDialog',
        () => [vscode.Uri.file(table)],
        () => run('importTrials', { kind: 'config', id: `config:${config}`, path: config }),
      ),
    );
    assert.match(said.join(), new RegExp(basename(table)));
    await assert.rejects(stat(join(dirname(config), '.sweetspot', 'unfit.yaml')));
  });
});

describe('a study that is renamed', () => {
  it('takes its open results along', async () => {
    const entry = await finishedStudy('before', 2);
    await run('openResults', { journal: entry.id });
    const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs.map(({ label }) => label));
    await eventually('its results are open', () => tabs().includes('before'));
    await answering('showInputBox', 'after', () => run('renameStudy', { journal: entry.id }));
    await eventually(
      'the tab has the new name',
      () => tabs().includes('after') && !tabs().includes('before'),
    );
    const { studies } = await sweetspot();
    assert.deepEqual(
      studies.of(entry.configFile).map(({ name }) => name),
      ['after'],
    );
    // Asked for again, it is the same tab.
    await run('openResults', { journal: studies.of(entry.configFile)[0]?.id });
    assert.equal(tabs().filter((label) => label === 'after').length, 1);
  });
});
