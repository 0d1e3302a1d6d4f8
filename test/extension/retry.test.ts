// A trial tried again with other values, and what is said of old trials when the space has changed.
import { strict as assert } from 'node:assert';
import { writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { addConfig, answering, configText, messagesOf, run, study } from './support.js';

describe('a trial that is tried again with edits', () => {
  it('waits with the values typed, and runs when the study goes on', async () => {
    const config = await addConfig('retry', configText({ trials: 2 }));
    await run('startSweep', vscode.Uri.file(config));
    const entry = await study(
      config,
      'it finishes',
      ({ phase, engine }) => phase.kind === 'finished' && !engine,
      60_000,
    );
    const about = { journal: entry.id, trial: 0 };
    const said = await messagesOf(
      () => answering('showInputBox', 'units=[8] learningRate=0.05', () => run('retryTrial', about)),
      'Resume',
    );
    assert.deepEqual(said, ['Trial 2 of retry waits until the study goes on.']);
    const after = await study(
      config,
      'the trial has run',
      ({ study: { trials } }) => trials[2]?.state === 'complete',
      60_000,
    );
    assert.deepEqual(after.study.trials[2]?.params, {
      'model.units': [8],
      'optimizer.name': 'adam',
      'optimizer.learningRate': 0.05,
    });
    const refused = await messagesOf(() =>
      answering('showInputBox', 'learningRate=5', () => run('retryTrial', about)),
    );
    assert.match(refused.join(), /cannot be 5: it is a number from 0\.0001 to 0\.1/);
  });

  it('is told of trials that a changed space leaves behind', async () => {
    const text = configText({ trials: 3 });
    const config = await addConfig('changed', text);
    await run('startSweep', vscode.Uri.file(config));
    await study(config, 'it finishes', ({ phase, engine }) => phase.kind === 'finished' && !engine, 60_000);
    await writeFile(config, text.replace('choice([4], [8])', 'choice([4], [6])'));
    const said = await messagesOf(async () => {
      await run('startSweep', vscode.Uri.file(config));
      await study(config, 'another one runs', ({ name }) => name === 'changed-2', 60_000);
    });
    assert.match(
      said.join('\n'),
      /changed\.yaml: \d of the 3 trials of "changed" (is|are) known to the sampler/,
    );
  });
});
