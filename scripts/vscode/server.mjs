// The VS Code server on loopback: start it on a profile, know its address, end it with everything it started.
// The browser that shows it is in browser.mjs.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { installVsCodeServer } from './install.mjs';
import { startOwned } from './processes.mjs';

const run = promisify(execFile);

/** Nothing that moves, phones home or covers what a test looks at. */
export const QUIET_SETTINGS = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  // Every folder is trusted, but where a test sets this otherwise.
  'security.workspace.trust.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'editor.minimap.enabled': false,
  // In a browser the default saves by itself; tests want the desktop's behaviour.
  'files.autoSave': 'off',
};

/**
 * @typedef {object} ServerOptions
 * @property {string} [profile] folder for settings, state and extensions; a new one, removed at the end, if left out
 * @property {Record<string, unknown>} [settings] user settings on top of `QUIET_SETTINGS`
 * @property {string} [colorTheme] such as 'Dark Modern', 'Light Modern', 'Default High Contrast'
 * @property {readonly string[]} [vsix] packaged extensions to install first
 * @property {boolean} [development] lets a page load extensions and test suites from a folder (`workbenchUrl`)
 * @property {NodeJS.ProcessEnv} [env] added to the environment of the extension host
 * @property {number} [port] a free one if left out
 *
 * @typedef {object} Server
 * @property {string} origin such as 'http://127.0.0.1:41234'
 * @property {string} authority the same without the scheme
 * @property {string} token what a page must show to be let in
 * @property {string} profile
 * @property {string} log file with the server's output
 * @property {import('node:child_process').ChildProcess} child
 * @property {() => Promise<void>} stop ends it and what it started
 */

/** Starts the server and waits until it answers. @param {ServerOptions} [options] @returns {Promise<Server>} */
export async function startServer(options = {}) {
  const { node, serverMain } = await installVsCodeServer();
  const profile = options.profile ?? (await mkdtemp(join(tmpdir(), 'sweetspot-vscode-')));
  const env = serverEnvironment(options.env);
  const folders = [
    ...['--server-data-dir', join(profile, 'server')],
    ...['--user-data-dir', join(profile, 'data')],
    ...['--extensions-dir', join(profile, 'extensions')],
  ];
  await writeSettings(profile, options);
  const common = [serverMain, '--accept-server-license-terms', ...folders];
  for (const file of options.vsix ?? []) {
    await run(node, [...common, '--install-extension', file, '--force'], { env });
  }

  const port = options.port ?? (await freePort());
  const token = randomBytes(16).toString('hex');
  const args = [...common, '--host', '127.0.0.1', '--port', String(port), '--connection-token', token];
  args.push('--disable-telemetry');
  // Without it a built workbench ignores, in silence, extensions and suites that its address names.
  if (options.development) args.push('--enable-smoke-test-driver');
  const { child, stop: stopProcess } = startOwned(node, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const log = join(profile, 'server.log');
  const output = createWriteStream(log);
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });

  const stop = async () => {
    await stopProcess();
    output.end();
    if (options.profile === undefined) {
      await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    }
  };
  const origin = `http://127.0.0.1:${port}`;
  try {
    await waitUntilReady(origin, child, log);
  } catch (error) {
    await stop();
    throw error;
  }
  return { origin, authority: `127.0.0.1:${port}`, token, profile, log, child, stop };
}

/**
 * The address of a window.
 * @param {Pick<Server, 'origin' | 'authority' | 'token'>} server
 * @param {object} window
 * @param {string} [window.folder] absolute path of a folder or of a `.code-workspace`; an empty window if left out
 * @param {readonly string[]} [window.developmentPaths] folders of extensions (server option `development`)
 * @param {string} [window.testsPath] a module that exports `run`, for the extension host (the same option)
 */
export function workbenchUrl(server, { folder, developmentPaths = [], testsPath } = {}) {
  const remote = (path) => `vscode-remote://${server.authority}${encodeURI(path)}`;
  const payload = [
    ...developmentPaths.map((path) => ['extensionDevelopmentPath', remote(path)]),
    ...(testsPath === undefined ? [] : [['extensionTestsPath', remote(testsPath)]]),
  ];
  const query = new URLSearchParams({ tkn: server.token });
  if (folder === undefined) query.set('ew', 'true');
  else query.set(folder.endsWith('.code-workspace') ? 'workspace' : 'folder', folder);
  if (payload.length > 0) query.set('payload', JSON.stringify(payload));
  return `${server.origin}/?${query}`;
}

/** Settings that are there already (a profile kept between starts) win over ours. */
async function writeSettings(profile, { settings, colorTheme }) {
  const file = join(profile, 'data', 'User', 'settings.json');
  await mkdir(dirname(file), { recursive: true });
  await mkdir(join(profile, 'extensions'), { recursive: true });
  const wanted = {
    ...QUIET_SETTINGS,
    ...(colorTheme && { 'workbench.colorTheme': colorTheme }),
    ...settings,
  };
  await writeFile(file, JSON.stringify(wanted, null, 2), { flag: 'wx' }).catch((error) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** What an editor or a terminal of VS Code leaves in its environment would change how this one starts. */
function serverEnvironment(extra) {
  const foreign = /^(VSCODE_|ELECTRON_)|^(NODE_OPTIONS|PORT|PASSWORD)$/;
  const inherited = Object.entries(process.env).filter(([key]) => !foreign.test(key));
  return {
    ...Object.fromEntries(inherited),
    // An empty object: no marketplace is asked for anything.
    EXTENSIONS_GALLERY: '{}',
    ...extra,
  };
}

async function waitUntilReady(origin, child, log) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`The VS Code server ended at once:\n${await readFile(log, 'utf8')}`);
    }
    const answer = await fetch(`${origin}/version`).catch(() => undefined);
    if (answer?.ok) return;
    if (Date.now() > deadline)
      throw new Error(`The VS Code server did not answer within 60 s:\n${await readFile(log, 'utf8')}`);
    await sleep(50);
  }
}

/** @returns {Promise<number>} a port that was free a moment ago */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
