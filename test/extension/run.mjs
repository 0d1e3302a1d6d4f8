// Runs test/extension inside the extension host of a real VS Code: a desktop one where there is one (VSCODE_EXECUTABLE,
// or a download with SWEETSPOT_VSCODE_DOWNLOAD=1), else the VS Code server from npm behind code-shim.mjs.
// Files named *.multiroot.test.ts run in a workspace of two folders, all others in one folder.
// Options: --no-build (dist/ is up to date), --grep <title>, names of files.
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runTests } from '@vscode/test-electron';
import { bundleTests } from '../../scripts/bundle-tests.mjs';
import { buildExtension } from '../../scripts/vscode/extension-package.mjs';
import { installVsCodeServer } from '../../scripts/vscode/install.mjs';
import { ROOT } from '../../scripts/vscode/on-demand.mjs';

const FIXTURES = join(ROOT, 'test', 'fixtures');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'no-build': { type: 'boolean' }, grep: { type: 'string' } },
});

const started = Date.now();
const total = { passed: 0, failed: 0, pending: 0 };
try {
  if (!values['no-build']) await buildExtension();
  const vscode = await chooseVsCode();
  console.log(`VS Code: ${vscode.title}`);
  for (const run of await plan()) await runIn(run, vscode.options);
} catch (error) {
  console.error(`\nThe tests inside VS Code could not be run: ${error.message}`);
  total.failed += 1;
}
const { passed, failed, pending } = total;
const ok = failed === 0 && passed > 0;
console.log(
  `\ntest:extension: ${passed} passed, ${failed} failed, ${pending} pending in ${((Date.now() - started) / 1000).toFixed(1)} s` +
    (passed + failed === 0 ? ' - NO TEST RAN' : ''),
);
process.exit(ok ? 0 : 1);

async function chooseVsCode() {
  const executable = process.env.VSCODE_EXECUTABLE;
  if (executable && !existsSync(executable)) {
    throw new Error(`VSCODE_EXECUTABLE names ${executable}, which does not exist.`);
  }
  if (executable) return { title: `desktop, ${executable}`, options: { vscodeExecutablePath: executable } };
  if (process.env.SWEETSPOT_VSCODE_DOWNLOAD === '1') {
    return {
      title: 'desktop, downloaded',
      options: { version: 'stable', cachePath: join(ROOT, '.vscode-test') },
    };
  }
  await installVsCodeServer();
  const shim = fileURLToPath(new URL('../../scripts/vscode/code-shim.mjs', import.meta.url));
  return { title: 'server from npm, in a headless browser', options: { vscodeExecutablePath: shim } };
}

/** One run per kind of workspace that has tests. */
async function plan() {
  const all = (await readdir(new URL('.', import.meta.url)))
    .filter((name) => name.endsWith('.test.ts'))
    .sort();
  const chosen = all.filter(
    (name) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
  );
  const [, ...bundles] = await bundleTests('test/extension', ['suite.ts', ...chosen], 'cjs');
  const isMultiRoot = (file) => file.includes('.multiroot.test.');
  return [
    { title: 'one folder', multiRoot: false, files: bundles.filter((file) => !isMultiRoot(file)) },
    { title: 'two folders', multiRoot: true, files: bundles.filter(isMultiRoot) },
  ].filter(({ files }) => files.length > 0);
}

async function runIn({ title, multiRoot, files }, options) {
  console.log(`\nIn a workspace of ${title}`);
  const folder = await mkdtemp(join(tmpdir(), 'sweetspot-test-'));
  const result = join(folder, 'result.json');
  let problem;
  try {
    await runTests({
      ...options,
      extensionDevelopmentPath: ROOT,
      extensionTestsPath: join(ROOT, 'out', 'test', 'extension', 'suite.cjs'),
      extensionTestsEnv: {
        SWEETSPOT_TEST_RESULT: result,
        SWEETSPOT_TEST_FILES: JSON.stringify(files),
        ...(values.grep && { SWEETSPOT_TEST_GREP: values.grep }),
      },
      launchArgs: [
        await makeWorkspace(folder, multiRoot),
        `--user-data-dir=${join(folder, 'data')}`,
        `--extensions-dir=${join(folder, 'extensions')}`,
      ],
    });
  } catch (error) {
    problem = error.message;
  }
  const report = JSON.parse(await readFile(result, 'utf8').catch(() => 'null'));
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  if (report === null) {
    console.error(`The suite in ${title} left no result: it crashed, hung or never started (${problem}).`);
    total.failed += 1;
    return;
  }
  total.passed += report.passed;
  total.pending += report.pending;
  total.failed += report.failed > 0 ? report.failed : problem === undefined ? 0 : 1;
}

/** A fresh copy, since tests write. @returns {Promise<string>} what VS Code opens */
async function makeWorkspace(folder, multiRoot) {
  await cp(join(FIXTURES, 'workspace'), join(folder, 'workspace'), { recursive: true });
  if (!multiRoot) return join(folder, 'workspace');
  await cp(join(FIXTURES, 'second-workspace'), join(folder, 'second-workspace'), { recursive: true });
  const file = join(folder, 'two.code-workspace');
  const folders = [{ path: 'workspace' }, { path: 'second-workspace' }];
  await mkdir(folder, { recursive: true });
  await writeFile(file, JSON.stringify({ folders }));
  return file;
}
