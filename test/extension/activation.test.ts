// The extension as VS Code sees it: there, activated by itself, with everything its manifest promises registered.
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { sweetspot } from './support.js';

const ID = 'sweetspot.sweetspot';

describe('the extension', () => {
  it('is there and becomes active without being asked', async () => {
    const extension = vscode.extensions.getExtension(ID);
    assert.ok(extension, `${ID} is not among the extensions`);
    await until(() => extension.isActive, 'the extension did not activate within 15 s of start-up');
  });

  it('does little before it returns', async () => {
    const api = await sweetspot();
    console.log(`      activate() took ${api.activateMs.toFixed(1)} ms (goal: 40 ms with loading)`);
    assert.ok(api.activateMs >= 0);
  });

  it('registers every command that its manifest shows', async () => {
    const extension = vscode.extensions.getExtension(ID);
    assert.ok(extension);
    await extension.activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    const manifest: { contributes: { commands: readonly { command: string }[] } } = extension.packageJSON;
    const missing = manifest.contributes.commands
      .map(({ command }) => command)
      .filter((id) => !registered.has(id));
    assert.deepEqual(missing, []);
  });
});

async function until(condition: () => boolean, otherwise: string): Promise<void> {
  for (const deadline = Date.now() + 15_000; !condition(); ) {
    assert.ok(Date.now() < deadline, otherwise);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
