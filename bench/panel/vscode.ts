/**
 * What the extension costs the process that VS Code runs it in, measured in a real VS Code (the server from npm, in a
 * headless browser): a workspace with a study of very many trials and one whose trials report very often.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runTests } from '@vscode/test-electron';
import { sampleJournal } from '../../test/webview/support/sample-study.js';

/** What in-vscode/suite.ts is to do. */
export interface HostTask {
  /** The workspace. */
  readonly folder: string;
  /** Trials of the long study, and where its folder lies before it appears in the workspace. */
  readonly trials: number;
  readonly hidden: string;
  /** Of the sweep: trials, and reports of each. */
  readonly curves: number;
  readonly epochs: number;
}

/** Times in milliseconds. `Longest`: the longest stretch in which the process heard nobody else. */
export interface HostFigures {
  readonly activateMs: number;
  readonly long: {
    readonly readMs: number;
    readonly readLongest: number;
    readonly treeMs: number;
    readonly treeNodes: number;
    /** From the command to the last block that was handed over. */
    readonly openMs: number;
    readonly openLongest: number;
  };
  readonly live: {
    readonly perSecond: number;
    readonly hostCores: number;
    readonly hostLongest: number;
    /** null where the system does not tell. */
    readonly engineCores: number | null;
    readonly lost: number;
    /** Characters of journal that the panel was sent. */
    readonly toPanel: number;
  };
}

const WORKERS = 4;

const CONFIG = `# @sweep
#   metric: val_loss
#   goal: minimize
model:
  dropout: 0.1 # @tune float(0, 0.5)
`;
const liveConfig = (trials: number): string => `# @sweep
#   train: ./train.mjs
#   metric: val_loss
#   goal: minimize
#   sampler: random
#   stop: {trials: ${trials}}
#   workers: ${WORKERS}
lr: 0.1 # @tune float(0.001, 1)
`;
/** Reports at an even pace; what was late is made up for. */
const liveTraining = (epochs: number, perSecond: number): string => `
let next = Date.now();
export default async function train(config, trial) {
  next = Math.max(next, Date.now() - 1000);
  for (let step = 1; step <= ${epochs}; step++) {
    next += ${(1000 * WORKERS) / perSecond};
    const wait = next - Date.now();
    if (wait > 0) await new Promise((done) => setTimeout(done, wait));
    await trial.report(step, Math.exp(-step / 30) + config.lr * 0.1);
  }
}
`;

/** `root`: the project, built. @throws Error when VS Code could not be run. */
export async function measureHost(
  root: string,
  {
    trials,
    curves,
    epochs,
    perSecond,
  }: { trials: number; curves: number; epochs: number; perSecond: number },
): Promise<HostFigures> {
  // Loaded where they lie: they find their own files beside them.
  const load = (file: string): Promise<unknown> => import(pathToFileURL(join(root, 'scripts', file)).href);
  const { bundleTests } = (await load('bundle-tests.mjs')) as {
    bundleTests(folder: string, entries: readonly string[], format: 'cjs'): Promise<string[]>;
  };
  const { installVsCodeServer } = (await load('vscode/install.mjs')) as {
    installVsCodeServer(): Promise<unknown>;
  };
  await installVsCodeServer();
  const [suite] = await bundleTests('bench/panel/in-vscode', ['suite.ts'], 'cjs');
  if (suite === undefined) throw new Error('The suite was not bundled.');
  const home = await mkdtemp(join(tmpdir(), 'sweetspot-bench-'));
  const task: HostTask = {
    folder: join(home, 'workspace'),
    hidden: join(home, 'long'),
    trials,
    curves,
    epochs,
  };
  const result = join(home, 'result.json');
  try {
    await writeWorkspace(task, perSecond);
    await writeFile(join(home, 'task.json'), JSON.stringify(task));
    await runTests({
      vscodeExecutablePath: join(root, 'scripts', 'vscode', 'code-shim.mjs'),
      extensionDevelopmentPath: root,
      extensionTestsPath: suite,
      extensionTestsEnv: { SWEETSPOT_TEST_RESULT: result, SWEETSPOT_BENCH_TASK: join(home, 'task.json') },
      launchArgs: [
        task.folder,
        `--user-data-dir=${join(home, 'data')}`,
        `--extensions-dir=${join(home, 'extensions')}`,
      ],
    });
    return (JSON.parse(await readFile(result, 'utf8')) as { figures: HostFigures }).figures;
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function writeWorkspace({ folder, hidden, trials, curves, epochs }: HostTask, perSecond: number) {
  const store = join(hidden, '.sweetspot', 'iris.yaml');
  await mkdir(store, { recursive: true });
  await writeFile(join(hidden, 'iris.yaml'), CONFIG);
  const status = { kind: 'finished', reason: 'for the benchmark' } as const;
  await writeFile(join(store, 'iris.jsonl'), sampleJournal({ trials, steps: 1, status }).join(''));
  await mkdir(join(folder, 'live'), { recursive: true });
  await writeFile(join(folder, 'live', 'live.yaml'), liveConfig(curves));
  await writeFile(join(folder, 'live', 'train.mjs'), liveTraining(epochs, perSecond));
}
