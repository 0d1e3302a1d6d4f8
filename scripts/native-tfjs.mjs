// Real @tensorflow/tfjs-node 4.22.0 from the npm registry alone, for tests and benchmarks: its own install downloads
// libtensorflow from a bucket that many networks block. Its JavaScript is the published package; libtensorflow 1.15.0 and
// a Node-API binding that fits come out of a package that carries both for linux-x64. Not for users: they get the
// package's own install (`sweetspot install-native`). Run as a program it installs ahead of time and prints the folder.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { createBrotliDecompress } from 'node:zlib';
import { extract } from 'tar';
import { CACHE, installOnce, npm, unpackPackage } from './vscode/on-demand.mjs';

/** Holds a tar of a whole tfjs-node 2.7.0 with its binaries. Later versions of it are stubs. */
const BINARIES = {
  name: 'tfjs-node-lambda-releases',
  version: '1.6.1',
  integrity: 'D275PZpxsKenTuiPnvIE5T+D5JrT4aU9M3EDCedBQKlP0hUB7011Yzg8CAJ6MBIog9Lq90aaEair4yrBBlk61w==',
};
const ARCHIVE = 'nodejs12.x-tf2.7.0.br';
const PACKAGE = join('node_modules', '@tensorflow', 'tfjs-node');

const isSupported = process.platform === 'linux' && process.arch === 'x64';

/**
 * Installs it if it is not there yet.
 * @returns {Promise<string>} a folder whose node_modules holds the package
 * @throws {Error} on platforms other than linux-x64, and where the registry cannot be reached
 */
async function installNativeTfjs() {
  if (!isSupported) {
    throw new Error(
      `tfjs-node from npm alone exists for linux-x64 only; this is ${process.platform}-${process.arch}. ` +
        'Install @tensorflow/tfjs-node yourself and name its folder in SWEETSPOT_NATIVE_TFJS.',
    );
  }
  const manifests = await Promise.all(
    ['package.json', 'package-lock.json'].map((name) =>
      readFile(new URL(`./native-tfjs/${name}`, import.meta.url), 'utf8'),
    ),
  );
  return installOnce({
    folder: join(CACHE, 'tfjs-node'),
    title: 'tfjs-node 4.22.0 with libtensorflow 1.15.0 (195 MB)',
    stamp: {
      BINARIES,
      manifests: createHash('sha256').update(manifests.join()).digest('hex'),
    },
    build,
  });
}

/** @param {string} folder empty; becomes a project that has the package */
async function build(folder) {
  for (const name of ['package.json', 'package-lock.json']) {
    await copyFile(new URL(`./native-tfjs/${name}`, import.meta.url), join(folder, name));
  }
  const scratch = join(folder, 'scratch');
  await Promise.all([
    // No scripts: the package's own would try the blocked download, then a compiler.
    npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], folder),
    unpackBinaries(scratch),
  ]);
  const from = join(scratch, PACKAGE);
  const to = join(folder, PACKAGE);
  await rm(join(to, 'deps'), { recursive: true, force: true });
  await rename(join(from, 'deps'), join(to, 'deps'));
  await mkdir(join(to, 'lib', 'napi-v8'), { recursive: true });
  await rename(
    join(from, 'lib', 'napi-v6', 'tfjs_binding.node'),
    join(to, 'lib', 'napi-v8', 'tfjs_binding.node'),
  );
  await rm(scratch, { recursive: true });
  // The package's install script looks for this name: a later `npm rebuild` then does not download.
  await symlink('libtensorflow.so.1.15.0', join(to, 'deps', 'lib', 'libtensorflow.so.2.9.1'));
}

async function unpackBinaries(scratch) {
  await unpackPackage(BINARIES, scratch, (path) => path === ARCHIVE);
  const archive = join(scratch, ARCHIVE);
  const wanted = [`${PACKAGE}/deps/`, `${PACKAGE}/lib/`];
  await pipeline(
    createReadStream(archive),
    createBrotliDecompress(),
    extract({ cwd: scratch, filter: (path) => wanted.some((prefix) => path.startsWith(prefix)) }),
  );
  await rm(archive);
}

/** The folder named in SWEETSPOT_NATIVE_TFJS, else the one above. @returns {Promise<string>} */
async function findNativeTfjs() {
  return process.env.SWEETSPOT_NATIVE_TFJS || (await installNativeTfjs());
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(await findNativeTfjs());
