// Studies as things inside the editor: marks, renaming, merging, archive, environments, damage, files of other programs.
import { strict as assert } from 'node:assert';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { StudyEntry } from '../../src/extension/study-entry.js';
import {
  addConfig,
  answering,
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

const again = async (entry: StudyEntry): Promise<StudyEntry> => {
  await run('newStudy', vscode.Uri.file(entry.configFile));
  return study(
    entry.configFile,
    'another one finishes',
    ({ id, phase, engine }) => id !== entry.id && phase.kind === 'finished' && !engine,
    60_000,
  );
};

async function names(config: string): Promise<readonly string[]> {
  const { studies } = await sweetspot();
  return studies.of(config).map(({ name }) => name);
}

/** The tree's items of the studies of a file. */
async function itemsOf(path: string): Promise<readonly vscode.TreeItem[]> {
  const { tree } = await sweetspot();
  const roots = (await tree.getChildren()) ?? [];
  const node = roots.find((one) => 'path' in one && one.path === path);
  const children = node ? ((await tree.getChildren(node)) ?? []) : [];
  return Promise.all(children.map((child) => tree.getTreeItem(child)));
}

const trialItem = async (entry: StudyEntry, number: number): Promise<vscode.TreeItem> => {
  const { tree } = await sweetspot();
  return tree.getTreeItem({ kind: 'trial', id: `trial:${entry.id}#${number}`, journal: entry.id, number });
};

describe('marks', () => {
  it('are set and taken back on a study at rest, and shown in the tree', async () => {
    const entry = await finishedStudy('marked');
    const best = entry.best?.number ?? 0;
    const about = { journal: entry.id, trial: best };
    await run('starTrial', about);
    await answering('showInputBox', 'looks odd', () => run('noteTrial', about));
    await answering('showInputBox', 'paper v2', () => run('tagTrial', about));
    await answering('showInputBox', '--wrong data', () => run('excludeTrial', about));
    const marked = await study(entry.configFile, 'it is marked', (now) => now.best?.number !== best);
    assert.deepEqual(marked.study.trials[best]?.marks, {
      excluded: '--wrong data',
      starred: true,
      note: 'looks odd',
      tags: ['paper', 'v2'],
    });
    const item = await trialItem(marked, best);
    assert.match(String(item.description), /^★ .*excluded: --wrong data · #paper · #v2 · looks odd$/);
    assert.match(item.contextValue ?? '', /\bexcluded\b/);
    await run('includeTrial', about);
    await study(entry.configFile, 'it counts again', (now) => now.best?.number === best);
  });

  it('reach a study that runs', async () => {
    const config = await addConfig('markedlive', configText({ trials: 400, epochs: 40 }));
    await run('startSweep', vscode.Uri.file(config));
    const entry = await study(config, 'a trial', ({ study: { trials } }) => trials[0]?.state === 'complete');
    await run('starTrial', { journal: entry.id, trial: 0 });
    await study(config, 'a star', ({ study: { trials } }) => trials[0]?.marks?.starred === true);
    await stopAll(config);
  });
});

describe('a study as a thing', () => {
  it('is renamed, duplicated, merged, archived and shown again', async () => {
    const first = await finishedStudy('thing');
    const second = await again(first);
    const config = first.configFile;
    await answering('showInputBox', 'first try', () => run('renameStudy', { journal: first.id }));
    assert.deepEqual(await names(config), ['thing-2', 'first try']);
    await run('duplicateStudy', { journal: second.id });
    assert.deepEqual(new Set(await names(config)), new Set(['thing-2', 'thing-3', 'first try']));

    const { studies } = await sweetspot();
    const nodes = studies
      .of(config)
      .filter(({ name }) => name !== 'thing-3')
      .map(({ id }) => ({ kind: 'study', id: `study:${id}`, journal: id }));
    const shown = await messagesOf(() => run('mergeStudies', nodes[0], nodes));
    assert.match(shown.join(), /thing-4 holds 6 of 6 trials/);
    await run('compareStudies', nodes[0], nodes);
    await eventually(
      'the results',
      () => vscode.window.tabGroups.activeTabGroup.activeTab?.label === 'thing-2',
    );
    const merged = await eventually('the merged study', () =>
      studies.of(config).find(({ name }) => name === 'thing-4'),
    );
    assert.equal(merged.study.trials.length, 6);

    await run('archiveStudy', { journal: second.id });
    const labels = async () => (await itemsOf(config)).map(({ label }) => label);
    await eventually('it is out of sight', async () => !(await labels()).includes('thing-2'));
    await run('showArchived');
    assert.ok((await labels()).includes('thing-2'));
    await run('unarchiveStudy', { journal: second.id });
    await run('hideArchived');
    await eventually('it is back', async () => (await labels()).includes('thing-2'));
  });

  it('is left alone while it runs', async () => {
    const config = await addConfig('busy', configText({ trials: 400, epochs: 40 }));
    await run('startSweep', vscode.Uri.file(config));
    const entry = await study(config, 'it runs', ({ phase }) => phase.kind === 'running');
    const shown = await messagesOf(() => run('renameStudy', { journal: entry.id }));
    assert.match(shown.join(), /busy is running\. Stop it first\./);
    await stopAll(config);
  });
});

describe('environments', () => {
  it('are documents, and two of them a difference', async () => {
    const entry = await finishedStudy('surroundings');
    await run('showEnvironment', { journal: entry.id, trial: 0 });
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.match(text, /^cpu:$/m);
    assert.match(text, /^seed: \d+$/m);
    const node = (number: number) => ({
      kind: 'trial',
      id: `trial:${entry.id}#${number}`,
      journal: entry.id,
      number,
    });
    await run('compareEnvironments', node(0), [node(0), node(1)]);
    const compared = await eventually('the difference', () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputTextDiff ? input : undefined;
    });
    const after = await vscode.workspace.openTextDocument(compared.modified);
    assert.match(after.getText(), /from trial 0, the likeliest to matter first:\n# {3}likely {3}/);
  });
});

describe('a study that goes on in another environment', () => {
  it('says so, naming what differs, and says when the first one is back', async () => {
    const config = await addConfig('moved', configText({ trials: 400, epochs: 40 }));
    await run('startSweep', vscode.Uri.file(config));
    const entry = await study(config, 'a trial', ({ study: { trials } }) => trials[0]?.state === 'complete');
    await stopAll(config);
    const before = process.env.OMP_NUM_THREADS;
    process.env.OMP_NUM_THREADS = '3';
    try {
      const told = await messagesOf(async () => {
        await run('resume', { journal: entry.id });
        await study(
          config,
          'another environment',
          ({ study: { environments } }) => environments.length === 2,
        );
        await study(config, 'it runs', ({ phase }) => phase.kind === 'running');
      }, 'Show Difference');
      assert.match(
        told.join(),
        /moved: This study continues in another environment: variables\.OMP_NUM_THREADS/,
      );
      await eventually('the difference', () =>
        vscode.window.tabGroups.activeTabGroup.activeTab?.label.includes('environment 1 ↔ environment 2'),
      );
      const { length } = entry.study.trials;
      await study(config, 'a trial there', ({ study: { trials } }) => trials.length > length + 1);
      await stopAll(config);
    } finally {
      if (before === undefined) delete process.env.OMP_NUM_THREADS;
      else process.env.OMP_NUM_THREADS = before;
    }
    const back = await messagesOf(async () => {
      await run('resume', { journal: entry.id });
      await study(config, 'the first again', ({ study: now }) => now.environment === now.environments[0]?.id);
      await study(config, 'it runs', ({ phase }) => phase.kind === 'running');
    });
    await stopAll(config);
    assert.match(
      back.join(),
      /moved: This study continues again in the environment of trials? 0(–\d+)?\. That of trials? \d+(–\d+)? differed in variables\.OMP_NUM_THREADS\./,
    );
  });
});

describe('a damaged journal', () => {
  it('is shown without the damage, not resumed, and repaired on request', async () => {
    const entry = await finishedStudy('harmed');
    const sound = await readFile(entry.id);
    const harmed = Buffer.from(sound);
    const at = harmed.indexOf('"intermediate_value"') + 4;
    harmed[at] = (harmed[at] ?? 0) ^ 1;
    const journal = entry.id.replace('harmed.jsonl', 'harmed-2.jsonl');
    const told = await messagesOf(async () => {
      await writeFile(journal, harmed);
      await run('refresh');
    });
    assert.match(told.join(), /1 line of the journal of harmed-2 cannot be read/);
    const { studies } = await sweetspot();
    const damaged = () => studies.get(journal)?.damaged;
    assert.equal(damaged(), 1);
    const items = await itemsOf(entry.configFile);
    assert.ok(items.some(({ description }) => String(description).includes('damaged, read-only')));
    const refused = await messagesOf(() => run('resume', { journal }));
    assert.match(refused.join(), /cannot go on until it is repaired/);
    const repaired = await messagesOf(() => run('repairStudy', { journal }));
    assert.match(repaired.join(), /is repaired; as it was, it lies at/);
    await eventually('it is whole', () => damaged() === 0);
    assert.deepEqual(await readFile(journal), sound);
  });
});

describe('a journal of Optuna', () => {
  const worker = '"worker_id":"w"';
  const time = '"2026-01-01T00:00:00.000000+00:00"';
  const distribution = JSON.stringify(
    JSON.stringify({
      name: 'FloatDistribution',
      attributes: { step: null, low: 1e-4, high: 0.1, log: true },
    }),
  );
  const trial = (id: number, rate: number, value: number): string =>
    [
      `{"op_code":4,${worker},"study_id":0,"datetime_start":${time}}`,
      `{"op_code":5,${worker},"trial_id":${id},"param_name":"learningRate","param_value_internal":${rate},"distribution":${distribution}}`,
      `{"op_code":6,${worker},"trial_id":${id},"state":1,"values":[${value}],"datetime_complete":${time}}`,
    ].join('\n');
  const head = `{"op_code":0,${worker},"study_name":"theirs","directions":[1]}`;

  it('opens in every view, read-only, follows the file, and goes on as a study of ours', async () => {
    const file = inWorkspace('theirs-test.log');
    await writeFile(file, `${head}\n${trial(0, 0.001, 0.5)}\n${trial(1, 0.01, 0.25)}\n`);
    await run('openForeign', vscode.Uri.file(file));
    const entry = await study(file, 'it is shown', ({ study: { trials } }) => trials.length === 2);
    assert.equal(entry.best?.number, 1);
    const [item] = await itemsOf(file);
    assert.equal(item?.label, 'theirs');
    assert.match(item?.contextValue ?? '', /^foreignStudy\b/);
    await eventually(
      'its results',
      () => vscode.window.tabGroups.activeTabGroup.activeTab?.label === 'theirs',
    );

    const refused = await messagesOf(() => run('applyBest', { journal: entry.id }));
    assert.match(refused.join(), /file of another program, and is only looked at/);

    await writeFile(
      file,
      `${head}\n${trial(0, 0.001, 0.5)}\n${trial(1, 0.01, 0.25)}\n${trial(2, 0.02, 0.1)}\n`,
    );
    await study(file, 'it follows', ({ study: { trials } }) => trials.length === 3);

    const config = await addConfig('mine', ONE_RATE);
    await writeFile(join(dirname(config), 'train.js'), 'export default ({ learningRate }) => learningRate;');
    const told = await messagesOf(() =>
      answering(
        'showQuickPick',
        (items: readonly { path: string }[]) => items.find(({ path }) => path === config),
        () => run('continueForeign', { journal: entry.id }),
      ),
    );
    assert.match(told.join(), /begins with 3 of 3 trials/);
    const mine = await study(config, 'it begins', ({ study: { trials } }) => trials.length >= 3);
    await run('resume', { journal: mine.id });
    await study(config, 'it goes on', ({ phase }) => phase.kind === 'finished', 60_000);

    await run('closeForeign', { kind: 'foreign', id: `foreign:${file}`, path: file });
    assert.equal((await sweetspot()).studies.of(file).length, 0);
  });

  it('may be a database as well, of many studies', async () => {
    const extension = vscode.extensions.getExtension('sweetspot.sweetspot');
    const file = inWorkspace('theirs.db');
    await copyFile(join(extension?.extensionPath ?? '', 'test/fixtures/optuna/optuna-5.db'), file);
    await answering(
      'showQuickPick',
      ([first]: readonly { label: string }[]) => first,
      () => run('openForeign', vscode.Uri.file(file)),
    );
    const { studies } = await sweetspot();
    const theirs = studies.of(file);
    assert.ok(theirs.length > 1 && theirs.every(({ foreign }) => foreign), `${theirs.length} studies`);
    assert.ok(theirs.some(({ best }) => best !== undefined));
    assert.equal((await itemsOf(file)).length, theirs.length);
    await run('closeForeign', { kind: 'foreign', id: `foreign:${file}`, path: file });
  });

  it('says what is wrong with a file that is none', async () => {
    const file = inWorkspace('none.log');
    await writeFile(file, 'not a journal\n');
    const shown = await messagesOf(() => run('openForeign', vscode.Uri.file(file)));
    assert.match(shown.join(), /none\.log/);
  });
});

const ONE_RATE = `# @sweep
#   train: ./train.js
#   metric: {name: value, goal: minimize}
#   stop: {trials: 6}
learningRate: 1e-3    # @tune float(1e-4, 1e-1, log)
`;
