// A workspace of several folders, as VS Code hands it to the extension.
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';

describe('a workspace of two folders', () => {
  it('activates the extension with both folders open', async () => {
    await vscode.extensions.getExtension('sweetspot.sweetspot')?.activate();
    const names = vscode.workspace.workspaceFolders?.map((folder) => folder.name);
    assert.deepEqual(names, ['workspace', 'second-workspace']);
  });
});
