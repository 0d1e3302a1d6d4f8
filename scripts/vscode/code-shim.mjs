#!/usr/bin/env node
// Takes the part of `code`'s command line that @vscode/test-electron uses, and runs the suite in the extension host of
// the real VS Code server with a headless browser as its window. So one runner serves desktop and server.
// Exit code 0 only if the suite says, in the file of SWEETSPOT_TEST_RESULT, that tests ran and none failed.
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { format, parseArgs } from 'node:util';
import { showWindow, startBrowser } from './browser.mjs';
import { CACHE } from './on-demand.mjs';
import { onInterrupt } from './processes.mjs';
import { startServer, workbenchUrl } from './server.mjs';

/** What the workbench itself says on the channel that also carries the suite's output. */
const NOISE =
  /^(Ignoring fetching additional|Creating a socket|Resolv(ing|ed) connection token|\[(reconnection-grace-time|AgentHost|AccountPolicyGate|Service Worker)|Updating additional builtin)/;

const LIMIT_MS = Number(process.env.SWEETSPOT_SUITE_TIMEOUT_MS ?? 480_000);

const { values, positionals } = parseArgs({
  options: {
    extensionTestsPath: { type: 'string' },
    extensionDevelopmentPath: { type: 'string', multiple: true, default: [] },
  },
  // test-electron adds switches that only a desktop knows.
  strict: false,
  allowPositionals: true,
});
if (typeof values.extensionTestsPath !== 'string') {
  console.error(
    'code-shim: --extensionTestsPath=<module> is required; this is not a general `code` command.',
  );
  process.exit(2);
}

const server = await startServer({ development: true });
/** @type {import('playwright-core').Browser | undefined} */
let browser;
const cleanUp = async () => {
  await browser?.close().catch(() => {});
  await server.stop();
};
onInterrupt(cleanUp);

let problem;
try {
  browser = await startBrowser();
  problem = (await runSuite(browser)) ?? (await verdict());
} catch (error) {
  problem = error.stack;
} finally {
  await cleanUp();
}
if (problem !== undefined) console.error(`VS Code: ${problem}`);
process.exit(problem === undefined ? 0 : 1);

/** @param {import('playwright-core').Browser} browser @returns {Promise<string | undefined>} what went wrong */
async function runSuite(browser) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  /** @type {(problem: string | undefined) => void} */
  let end;
  const ended = new Promise((resolve) => {
    end = resolve;
  });
  // The workbench calls these two when they exist; the host's console arrives as arguments of printf.
  await page.exposeFunction('codeAutomationLog', (type, args) => {
    const line = format(...(args ?? []));
    if (NOISE.test(line)) return;
    if (type === 'error') console.error(line);
    else console.log(line);
  });
  await page.exposeFunction('codeAutomationExit', (code) =>
    end(code === 0 ? undefined : `the suite ended with code ${code}`),
  );
  page.once('crash', () => end('the page crashed'));
  page.once('close', () => end('the page was closed'));
  server.child.once('exit', (code, signal) => end(`the server ended (${code ?? signal})`));
  const timer = setTimeout(() => end(`the suite did not end within ${LIMIT_MS / 1000} s`), LIMIT_MS);
  const folder = positionals.find((path) => existsSync(path));
  const where = folder === undefined ? {} : { folder: resolve(folder) };
  // Without the suite first: it must not start in a window that has no folders yet.
  if (folder?.endsWith('.code-workspace')) await showWindow(page, workbenchUrl(server, where));
  await page.goto(
    workbenchUrl(server, {
      ...where,
      developmentPaths: values.extensionDevelopmentPath.map((path) => resolve(path)),
      testsPath: resolve(values.extensionTestsPath),
    }),
  );
  const problem = await ended;
  clearTimeout(timer);
  if (problem !== undefined) {
    const shot = join(CACHE, 'extension-test-failures', 'window.png');
    await mkdir(join(CACHE, 'extension-test-failures'), { recursive: true });
    const taken = await page.screenshot({ path: shot, timeout: 5000 }).then(
      () => true,
      () => false,
    );
    if (taken) console.error(`The window as it was: ${shot}`);
  }
  return problem;
}

/** `process.exit(3)` in a test reaches the page as code 0: only the suite's own file tells that it got to its end. */
async function verdict() {
  const file = process.env.SWEETSPOT_TEST_RESULT;
  if (!file) return 'SWEETSPOT_TEST_RESULT is not set, so nothing can prove that the suite ran';
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return 'the extension host ended before the suite did';
  const { passed, failed } = JSON.parse(text);
  if (failed > 0) return `${failed} tests failed`;
  return passed > 0 ? undefined : 'no test ran';
}
