// Which files the extension knows: found in the background, kept true while files and documents change.
import { strict as assert } from 'node:assert';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { addConfig, configText, eventually, inWorkspace, sweetspot } from './support.js';

const listed = async (path: string) => (await sweetspot()).configs.all.some((config) => config.path === path);
const problems = (path: string) => vscode.languages.getDiagnostics(vscode.Uri.file(path));

async function write(path: string, text: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

describe('finding configs', () => {
  it('lists the annotated files that were never opened, and no others', async () => {
    const { configs } = await sweetspot();
    const names = configs.all.map(({ path }) => basename(path));
    assert.ok(names.includes('iris.yaml') && names.includes('flowers.yaml'), names.join());
    assert.ok(!names.includes('plain.yaml'), names.join());
  });

  it('lists them in the tree before any study exists', async () => {
    const { tree } = await sweetspot();
    const roots = (await tree.getChildren()) ?? [];
    const labels = roots.map((node) => tree.getTreeItem(node).label);
    assert.ok(labels.includes('iris.yaml'), labels.join());
  });

  it('finds a file that is written later, and drops it when it is deleted', async () => {
    const path = await addConfig('late', configText());
    await rm(path);
    await eventually('late.yaml is dropped', async () => !(await listed(path)));
  });

  it('finds the files of a folder that is moved into the workspace, and drops them with the folder', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'sweetspot-moved-'));
    await write(join(outside, 'project', 'deep', 'moved.yaml'), configText());
    await rename(join(outside, 'project'), inWorkspace('project'));
    const path = inWorkspace('project', 'deep', 'moved.yaml');
    await eventually('moved.yaml is listed', () => listed(path));
    await rm(inWorkspace('project'), { recursive: true });
    await eventually('moved.yaml is dropped', async () => !(await listed(path)));
    await rm(outside, { recursive: true });
  });

  it('drops a file whose annotations are gone', async () => {
    const path = await addConfig('once', configText());
    await writeFile(path, 'model: {units: 4}\n');
    await eventually('once.yaml is dropped', async () => !(await listed(path)));
  });

  it('follows an open document before it is saved', async () => {
    const path = await write(inWorkspace('typing', 'typed.yaml'), 'units: 4\n');
    const document = await vscode.workspace.openTextDocument(path);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), '# @sweep\n#   metric: loss\n');
    await vscode.workspace.applyEdit(edit);
    await eventually('typed.yaml is listed', () => listed(path));
    await document.save();
  });

  it('leaves out what search.exclude hides, and the copies in .sweetspot', async () => {
    await vscode.workspace.getConfiguration('search').update('exclude', { '**/hidden/*.{yaml,yml}': true });
    const hidden = await write(inWorkspace('hidden', 'a.yaml'), configText());
    const copy = await write(inWorkspace('.sweetspot', 'iris.yaml', 'x', '0', 'iris.yaml'), configText());
    await vscode.commands.executeCommand('sweetspot.refresh');
    await addConfig('beside', configText());
    assert.equal(await listed(hidden), false);
    assert.equal(await listed(copy), false);
  });
});

describe('problems of annotations', () => {
  it('are shown at their line, also in a file that was never opened', async () => {
    const text = configText().replace('float(1e-4, 1e-1, log)', 'float(0, 1e-1, log)');
    const path = await addConfig('wrong', text);
    const [problem] = await eventually('a problem is shown', () => {
      const found = problems(path);
      return found.length > 0 && found;
    });
    assert.equal(problem?.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(problem?.source, 'Sweetspot');
    assert.equal(
      problem?.range.start.line,
      text.split('\n').findIndex((line) => line.includes('float(0')),
    );
  });

  it('go away when they are solved', async () => {
    const path = await addConfig('healed', configText().replace('1e-4, 1e-1', '1, 1'));
    await eventually('a problem is shown', () => problems(path).length > 0);
    await writeFile(path, configText());
    await eventually('no problem is left', () => problems(path).length === 0);
  });

  it('tell the author of an open file with @tune that @sweep is missing', async () => {
    const path = await write(inWorkspace('half', 'half.yaml'), 'lr: 0.1 # @tune float(0, 1)\n');
    await vscode.workspace.openTextDocument(path);
    const [problem] = await eventually('a problem is shown', () => {
      const found = problems(path);
      return found.length > 0 && found;
    });
    assert.match(problem?.message ?? '', /@sweep/);
  });
});
