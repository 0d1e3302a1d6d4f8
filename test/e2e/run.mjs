// Runs test/e2e: the extension packaged as users get it, installed in a real VS Code server, driven by clicks in a
// headless browser. What a failing test saw goes to .cache/e2e-failures.
// Options: --no-build (dist/ is up to date), --grep <title>, names of files.
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import Mocha from 'mocha';
import { bundleTests } from '../../scripts/bundle-tests.mjs';
import { showWindow, startBrowser } from '../../scripts/vscode/browser.mjs';
import { buildExtension, packageExtension } from '../../scripts/vscode/extension-package.mjs';
import { CACHE, ROOT } from '../../scripts/vscode/on-demand.mjs';
import { onInterrupt } from '../../scripts/vscode/processes.mjs';
import { QUIET_SETTINGS, startServer, workbenchUrl } from '../../scripts/vscode/server.mjs';

const FAILURES = join(CACHE, 'e2e-failures');
const TEST_LIMIT_MS = 120_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'no-build': { type: 'boolean' }, grep: { type: 'string' } },
});

const started = Date.now();
const windows = new Set();
const temporary = new Set();
let server;
let browser;
let session;
onInterrupt(cleanUp);

let outcome = { passed: 0, failed: 0, pending: 0 };
try {
  const files = await bundleTests('test/e2e', await chosenTests(), 'esm');
  if (!values['no-build']) await buildExtension();
  server = await startServer({ vsix: [await packageExtension()] });
  browser = await startBrowser();
  session = {
    root: ROOT,
    browser,
    settingsFile: join(server.profile, 'data', 'User', 'settings.json'),
    defaultSettings: QUIET_SETTINGS,
    show: (page, folder) => showWindow(page, workbenchUrl(server, { folder })),
    windows,
    temporary,
    evidence: undefined,
  };
  // Read by support/session.ts.
  globalThis[Symbol.for('sweetspot.e2e.session')] = session;
  await rm(FAILURES, { recursive: true, force: true });
  outcome = await runMocha(files);
  if (outcome.failed > 0) outcome = await onceMore(outcome);
} catch (error) {
  console.error(`\nThe clicking tests could not be run: ${error.stack}`);
  outcome.failed += 1;
} finally {
  await cleanUp();
}
const { passed, failed, pending } = outcome;
console.log(
  `test:e2e: ${passed} passed, ${failed} failed, ${pending} pending in ${((Date.now() - started) / 1000).toFixed(1)} s` +
    (passed + failed === 0 ? ' - NO TEST RAN' : ''),
);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

async function chosenTests() {
  const all = (await readdir(new URL('.', import.meta.url)))
    // The tour takes the README's pictures and runs only when it is named.
    .filter((name) => name.endsWith('.test.ts') || positionals.includes(name))
    .sort();
  return all.filter((name) => positionals.length === 0 || positionals.some((part) => name.includes(part)));
}

/** Each file by itself: Mocha skips what bails out (`this.bail`) once anything anywhere has failed. */
async function runMocha(files) {
  // `sound`: of the passed ones those in files without a failure.
  const sum = { passed: 0, sound: 0, failed: 0, pending: 0, failedFiles: [] };
  for (const file of files) {
    const { passed, failed, pending } = await runFile(file);
    sum.passed += passed;
    sum.failed += failed;
    sum.pending += pending;
    if (failed > 0) sum.failedFiles.push(file);
    else sum.sound += passed;
  }
  return sum;
}

async function runFile(file) {
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: TEST_LIMIT_MS,
    slow: 20_000,
    forbidOnly: true,
    forbidPending: true,
    rootHooks: {
      async afterEach() {
        if (this.currentTest.state === 'failed') await keepEvidence(this.currentTest.fullTitle());
      },
    },
  });
  if (values.grep) mocha.grep(values.grep);
  mocha.addFile(file);
  await mocha.loadFilesAsync();
  return new Promise((resolve) => {
    const runner = mocha.run((failed) => {
      resolve({ passed: runner.stats.passes, failed, pending: runner.stats.pending });
    });
    // A test's own hook can fail before any window was looked at.
    runner.on('fail', (failure) => {
      if (failure.type === 'hook') session.evidence = keepEvidence(failure.fullTitle());
    });
  });
}

/**
 * A window of somebody else's making under a busy machine fails now and then for reasons of its own: the files that
 * failed get a second go from their start, in fresh windows. What fails twice has failed, and what did not is said.
 */
async function onceMore(first) {
  const again = [];
  for (const file of first.failedFiles) {
    // Under another name, since a module is loaded once.
    const copy = file.replace(/\.mjs$/, '-again.mjs');
    await copyFile(file, copy);
    again.push(copy);
  }
  for (const { page } of [...windows]) await page.context().close();
  windows.clear();
  const names = first.failedFiles.map((file) => basename(file));
  console.error(`\nFAILED AT THE FIRST GO, once more from the start: ${names.join(', ')}`);
  const second = await runMocha(again);
  if (second.failed === 0) console.error(`\nFLAKY: ${names.join(', ')} passed only at the second go.`);
  return { ...second, passed: first.sound + second.passed };
}

/** Of every open window: a picture, the documents of all its frames, and its console. */
async function keepEvidence(title) {
  const folder = join(FAILURES, title.replace(/[^\w-]+/g, '-').slice(0, 100));
  await mkdir(folder, { recursive: true });
  let number = 0;
  for (const { page, messages } of windows) {
    const name = join(folder, `window-${++number}`);
    await page.screenshot({ path: `${name}.png`, timeout: 5000 }).catch(() => {});
    const documents = await Promise.all(
      page.frames().map(async (frame) => `<!-- ${frame.url()} -->\n${await frame.content().catch(String)}`),
    );
    await writeFile(`${name}.html`, documents.join('\n\n'));
    await writeFile(`${name}.log`, messages.join('\n'));
  }
  console.error(`      what was on screen: ${folder}`);
}

async function cleanUp() {
  await browser?.close().catch(() => {});
  await server?.stop();
  for (const folder of temporary) {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
