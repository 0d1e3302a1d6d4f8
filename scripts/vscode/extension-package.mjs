// The extension as a user gets it: bundles built, then a .vsix made by vsce.
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CACHE, ROOT } from './on-demand.mjs';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** Builds dist/. */
export async function buildExtension() {
  await runNode([join(ROOT, 'esbuild.mjs')], 'npm run build');
}

/** Packages dist/ as it is. @returns {Promise<string>} the .vsix */
export async function packageExtension() {
  await mkdir(CACHE, { recursive: true });
  const file = join(CACHE, 'sweetspot.vsix');
  await runNode(
    [
      require.resolve('@vscode/vsce/vsce'),
      'package',
      '--no-dependencies',
      '--allow-missing-repository',
      '--no-rewrite-relative-links',
      '--out',
      file,
    ],
    'vsce package',
  );
  return file;
}

async function runNode(args, title) {
  try {
    await run(process.execPath, args, { cwd: ROOT, maxBuffer: 64e6 });
  } catch (error) {
    throw new Error(`${title} failed:\n${error.stdout ?? ''}${error.stderr ?? error.message}`);
  }
}
