/**
 * Installs @tensorflow/tfjs-node into a folder of our own by the user's npm, for `sweetspot install-native` and the command
 * of the extension. Its install script downloads some 200 MB from a bucket that many networks block: then it is said so,
 * with what can be done. Whether it works is proven by native.ts, not by its being there.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { killGroup } from '../processes/kill-group.js';
import { loadNative } from './native.js';

const VERSION = '4.22.0';
const PACKAGE = `@tensorflow/tfjs-node@${VERSION}`;
/** Lines of npm's that go into an error message. */
const LINES_KEPT = 12;

export type InstallResult =
  | {
      readonly kind: 'installed';
      readonly folder: string;
      readonly versions: Readonly<Record<string, string>>;
    }
  /** `remedies`: what the user can do, a sentence each. */
  | { readonly kind: 'failed'; readonly reason: string; readonly remedies: readonly string[] }
  | { readonly kind: 'cancelled' };

export interface InstallOptions {
  /** Aborting ends npm and all it started, and leaves the folder as it was. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of each line that npm prints. */
  readonly onProgress?: ((line: string) => void) | undefined;
}

const BLOCKED_CODE =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|status code (403|407|451)|SELF_SIGNED_CERT|unable to get local issuer/i;
const BLOCKED = new RegExp(`${BLOCKED_CODE.source}|socket hang up|storage\\.googleapis\\.com`, 'i');

/** What tfjs-node's install script and node-pre-gyp read (checked with 4.22.0). */
const MIRRORS: readonly string[] = [
  'Behind a proxy, set HTTPS_PROXY to its address.',
  'TFJS_NODE_CDN_STORAGE=https://mirror/ takes libtensorflow from https://mirror/tensorflow/libtensorflow/ instead of storage.googleapis.com.',
  'npm_config_tfjs_binding_binary_host_mirror=https://mirror/addon takes the binding from https://mirror/addon/napi-v8/4.22.0/.',
  'Or go on without it: the embedded backend needs no installation.',
];

function failure(code: number | null, lines: readonly string[]): InstallResult {
  const output = lines.join('\n');
  if (BLOCKED.test(output)) {
    const line =
      lines.find((text) => BLOCKED_CODE.test(text)) ?? lines.find((text) => BLOCKED.test(text)) ?? '';
    return {
      kind: 'failed',
      reason: `The download of ${PACKAGE} is blocked or the network is down: ${line.trim()}`,
      remedies: MIRRORS,
    };
  }
  if (/node-gyp|gyp ERR|not found: make|python/i.test(output)) {
    return {
      kind: 'failed',
      reason: `There is no ready-made binding of ${PACKAGE} for ${process.platform}-${process.arch}, and it could not be compiled: ${lines.at(-1)?.trim()}`,
      remedies: [
        'Install Python 3 and a C++ compiler, then try again.',
        'Or go on without it: the embedded backend needs no installation.',
      ],
    };
  }
  return {
    kind: 'failed',
    reason: `npm ended with ${code}:\n${lines.slice(-LINES_KEPT).join('\n')}`,
    remedies: ['Try again, or go on without it: the embedded backend needs no installation.'],
  };
}

/** npm itself, in a group of its own, so that it can be ended with the scripts it runs. */
function startNpm(folder: string): ChildProcess {
  const isWindows = process.platform === 'win32';
  const { ELECTRON_RUN_AS_NODE: _, ...environment } = process.env;
  return spawn('npm', ['install', PACKAGE, '--no-audit', '--no-fund', '--foreground-scripts'], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: !isWindows,
    windowsHide: true,
    // npm is a .cmd there, which needs a shell; every argument is a constant.
    shell: isWindows,
  });
}

type Ended = { readonly kind: 'ended'; readonly code: number | null } | { readonly kind: 'no npm' };

function ended(child: ChildProcess): Promise<Ended> {
  return new Promise((done, fail) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') done({ kind: 'no npm' });
      else fail(error);
    });
    child.once('close', (code) => done({ kind: 'ended', code }));
  });
}

async function installInto(
  folder: string,
  { signal, onProgress }: InstallOptions,
): Promise<InstallResult | undefined> {
  const child = startNpm(folder);
  const stop = (): void => {
    if (child.pid !== undefined) killGroup(child.pid);
  };
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      onProgress?.(line);
    });
  }
  signal?.addEventListener('abort', stop, { once: true });
  process.once('exit', stop);
  const end = await ended(child);
  signal?.removeEventListener('abort', stop);
  process.off('exit', stop);
  if (signal?.aborted) return { kind: 'cancelled' };
  if (end.kind === 'no npm') {
    return {
      kind: 'failed',
      reason: 'npm was not found.',
      remedies: [
        'Install Node.js, which brings npm, or make sure that npm is on the PATH.',
        'Or go on without it: the embedded backend needs no installation.',
      ],
    };
  }
  return end.code === 0 ? undefined : failure(end.code, lines);
}

/**
 * Installs into `folder`, which afterwards is one for `loadNative`; its node_modules is replaced once npm has ended well.
 * Never throws for what networks, npm or the package do.
 */
export async function installNative(folder: string, options: InstallOptions = {}): Promise<InstallResult> {
  if (options.signal?.aborted) return { kind: 'cancelled' };
  const partial = `${folder}.partial-${process.pid}`;
  await mkdir(partial, { recursive: true });
  try {
    await writeFile(
      join(partial, 'package.json'),
      JSON.stringify({ name: 'sweetspot-native', private: true }),
    );
    const failed = await installInto(partial, options);
    if (failed) return failed;
    await mkdir(folder, { recursive: true });
    const [installed, place] = [join(partial, 'node_modules'), join(folder, 'node_modules')];
    await rm(place, { recursive: true, force: true });
    await rename(installed, place);
    options.onProgress?.('Trying a training step …');
    const native = await loadNative([folder]);
    if (native.kind === 'loaded') return { kind: 'installed', folder, versions: native.backend.versions };
    await rm(place, { recursive: true, force: true });
    return { kind: 'failed', reason: native.reason, remedies: MIRRORS };
  } finally {
    await rm(partial, { recursive: true, force: true, maxRetries: 3 });
  }
}
