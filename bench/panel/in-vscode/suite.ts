/**
 * Runs inside the extension host of a real VS Code: how busy that process is while a long study is read, shown in the
 * tree and opened in the panel, and while a sweep that reports very often is watched. Writes what it measured to a file.
 */
import { strict as assert } from 'node:assert';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { BLOCK_ROWS } from '../../../src/core/study/packed/trials.js';
import type { SweetspotApi } from '../../../src/extension/extension.js';
import type { StudyEntry } from '../../../src/extension/study-entry.js';
import type { HostFigures, HostTask } from '../vscode.js';
import { HostLoad, whileDoing } from './host-load.js';

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

async function eventually<T>(what: string, probe: () => T | undefined, patience = 120_000): Promise<T> {
  for (const deadline = Date.now() + patience; ; ) {
    const found = probe();
    if (found !== undefined) return found;
    assert.ok(Date.now() < deadline, `not within ${patience / 1000} s: ${what}`);
    await pause(20);
  }
}

/** Messages to the panels, as they are handed to VS Code. */
const sent = { blocks: 0, lines: 0, last: 0 };

function watchPanels(): void {
  const create = vscode.window.createWebviewPanel.bind(vscode.window);
  Reflect.set(vscode.window, 'createWebviewPanel', (...args: Parameters<typeof create>) => {
    const panel = create(...args);
    const post = panel.webview.postMessage.bind(panel.webview);
    Reflect.set(
      panel.webview,
      'postMessage',
      (message: { result?: { numbers?: unknown; lines?: string } }) => {
        if (message.result?.numbers !== undefined) sent.blocks++;
        if (message.result?.lines) sent.lines += message.result.lines.length;
        sent.last = performance.now();
        return post(message);
      },
    );
    return panel;
  });
}

async function activated(): Promise<SweetspotApi> {
  const extension = vscode.extensions.getExtension<SweetspotApi>('sweetspot.sweetspot');
  assert.ok(extension);
  const api = await extension.activate();
  await api.ready;
  return api;
}

/** A study of very many trials appears, is shown in the tree and opened in the panel. */
async function longStudy(api: SweetspotApi, { trials, folder, hidden }: HostTask) {
  const config = join(folder, 'long', 'iris.yaml');
  const reading = await whileDoing(async () => {
    await rename(hidden, join(folder, 'long'));
    return eventually('the long study is read', () =>
      api.studies.of(config).find(({ study }) => study.trials.length === trials),
    );
  });
  const entry = reading.result;
  const tree = await whileDoing(async () => {
    const node = { kind: 'study', id: `study:${entry.id}`, journal: entry.id } as const;
    const children = (await api.tree.getChildren(node)) ?? [];
    for (const child of children) api.tree.getTreeItem(child);
    return children.length;
  });
  const began = performance.now();
  const opening = await whileDoing(async () => {
    await vscode.commands.executeCommand('sweetspot.openResults', { journal: entry.id });
    await eventually('the panel has all blocks', () =>
      sent.blocks >= trials / BLOCK_ROWS ? true : undefined,
    );
    return sent.last - began;
  });
  return {
    readMs: reading.load.ms,
    readLongest: reading.load.longest,
    treeMs: tree.load.ms,
    treeNodes: tree.result,
    openMs: opening.result,
    openLongest: opening.load.longest,
  };
}

/** Processor time in seconds that a process has used, where /proc says so. */
async function processorTime(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields && (Number(fields[11]) + Number(fields[12])) / 100;
}

/** A sweep is watched in its panel from the first report to the last. */
async function streaming(api: SweetspotApi, { folder, curves, epochs }: HostTask) {
  const config = join(folder, 'live', 'live.yaml');
  const all = curves * epochs;
  const reports = (entry: StudyEntry): number =>
    entry.study.trials.reduce((sum, trial) => sum + trial.reports.length, 0);
  await vscode.commands.executeCommand('sweetspot.startSweep', vscode.Uri.file(config));
  const first = await eventually('a first report', () =>
    api.studies
      .of(config)
      .find((entry) => entry.engine && entry.study.trials.some((one) => one.reports.length > 0)),
  );
  await vscode.commands.executeCommand('sweetspot.openResults', { journal: first.id });
  await pause(3_000);
  const { pid } = JSON.parse(await readFile(first.id.replace(/\.jsonl$/, '.lock'), 'utf8')) as {
    pid: number;
  };
  const engineBefore = await processorTime(pid);
  const before = reports(api.studies.get(first.id) ?? first);
  const lines = sent.lines;
  const load = new HostLoad();
  const began = performance.now();
  // The last seconds are left out: the engine is then gone, and its figures with it.
  await eventually('nearly all reports', () => {
    const entry = api.studies.get(first.id);
    return entry && entry.study.seq > 0.95 * all ? true : undefined;
  });
  const seconds = (performance.now() - began) / 1000;
  const host = load.stop();
  const engineAfter = await processorTime(pid);
  const during = reports(api.studies.get(first.id) ?? first) - before;
  const end = await eventually('the end', () => {
    const entry = api.studies.get(first.id);
    return entry?.phase.kind === 'finished' && !entry.engine ? entry : undefined;
  });
  return {
    perSecond: during / seconds,
    hostCores: host.cores,
    hostLongest: host.longest,
    engineCores:
      engineBefore === undefined || engineAfter === undefined ? null : (engineAfter - engineBefore) / seconds,
    lost: all - reports(end),
    toPanel: sent.lines - lines,
  };
}

/** Called by VS Code. */
export async function run(): Promise<void> {
  const task = JSON.parse(await readFile(process.env.SWEETSPOT_BENCH_TASK ?? '', 'utf8')) as HostTask;
  watchPanels();
  const api = await activated();
  const figures: HostFigures = {
    activateMs: api.activateMs,
    long: await longStudy(api, task),
    live: await streaming(api, task),
  };
  await writeFile(process.env.SWEETSPOT_TEST_RESULT ?? '', JSON.stringify({ passed: 1, failed: 0, figures }));
}
