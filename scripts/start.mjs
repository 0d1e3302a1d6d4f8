// `npm start`: builds Sweetspot and opens VS Code with it on examples/. A desktop VS Code where there is one
// (VSCODE_EXECUTABLE, or `code` on PATH), else the real VS Code server on loopback, whose address it prints.
// Options: --no-build, --server (even where there is a desktop), --port <number>, or another folder to open.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildExtension, packageExtension } from './vscode/extension-package.mjs';
import { CACHE, ROOT } from './vscode/on-demand.mjs';
import { findOnPath, onInterrupt } from './vscode/processes.mjs';
import { startServer, workbenchUrl } from './vscode/server.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'no-build': { type: 'boolean' }, server: { type: 'boolean' }, port: { type: 'string' } },
});
const folder = resolve(positionals[0] ?? join(ROOT, 'examples'));

if (!existsSync(folder)) {
  console.error(`There is no ${folder}. Give a folder that exists, or none for the examples.`);
  process.exit(2);
}
if (!values['no-build']) {
  console.log('Building …');
  await buildExtension();
}
const desktop = values.server ? undefined : findDesktop();
if (desktop === undefined) await openServer();
else openDesktop(desktop);

/** A VS Code with windows of its own. @returns {string | undefined} its executable */
function findDesktop() {
  const given = process.env.VSCODE_EXECUTABLE;
  if (given) {
    if (existsSync(given)) return given;
    console.error(`VSCODE_EXECUTABLE names ${given}, which does not exist.`);
    process.exit(2);
  }
  // Nowhere to put a window.
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return undefined;
  // In a terminal of a remote window `code` only talks to that window and cannot load an extension from a folder.
  if (process.env.VSCODE_IPC_HOOK_CLI) return undefined;
  if (process.platform === 'win32') {
    const command = findOnPath('code.cmd');
    const executable = command && resolve(command, '..', '..', 'Code.exe');
    return executable && existsSync(executable) ? executable : undefined;
  }
  const command = findOnPath('code');
  if (command === undefined) return undefined;
  const real = realpathSync(command);
  return /remote-cli|code-server/.test(real) || /code-server/.test(firstBytes(real)) ? undefined : command;
}

function firstBytes(file) {
  return readFileSync(file).subarray(0, 4096).toString('latin1');
}

function openDesktop(executable) {
  console.log(`Opening ${folder} in ${executable}. Close its window, or press Ctrl+C here, to end.`);
  const child = spawn(
    executable,
    ['--new-window', '--wait', `--extensionDevelopmentPath=${ROOT}`, '--disable-workspace-trust', folder],
    { stdio: 'inherit' },
  );
  onInterrupt(async () => {
    child.kill();
  });
  child.once('error', (error) => {
    console.error(`${executable} could not be started: ${error.message}`);
    process.exit(1);
  });
  child.once('exit', (code) => process.exit(code ?? 1));
}

/** With a profile that is kept, so that the next start looks like the last end. */
async function openServer() {
  const server = await startServer({
    profile: join(CACHE, 'start-profile'),
    vsix: [await packageExtension()],
    ...(values.port !== undefined && { port: Number(values.port) }),
  });
  const onUnexpectedEnd = (code, signal) => {
    console.error(`The VS Code server ended (${code ?? signal}). Its output: ${server.log}`);
    process.exit(1);
  };
  server.child.once('exit', onUnexpectedEnd);
  onInterrupt(() => {
    server.child.off('exit', onUnexpectedEnd);
    return server.stop();
  });
  console.log(
    `\nVS Code with Sweetspot on ${folder}:\n\n    ${workbenchUrl(server, { folder })}\n\n` +
      'The address lets in whoever has it, from this machine only. Ctrl+C stops everything.',
  );
}
