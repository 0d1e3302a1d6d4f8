// Bundles the tests that Mocha runs (those inside VS Code and those that click) into out/, one file per test.
// Vitest compiles its own tests and does not come here.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import esbuild from 'esbuild';
import { peggyPlugin } from './peggy-plugin.mjs';
import { ROOT } from './vscode/on-demand.mjs';

/**
 * @param {string} folder the tests' folder, relative to the project
 * @param {readonly string[]} entries file names in it
 * @param {'cjs' | 'esm'} format VS Code loads suites with require()
 * @returns {Promise<string[]>} the bundles, in the order of `entries`
 */
export async function bundleTests(folder, entries, format) {
  const outdir = join(ROOT, 'out', folder);
  await rm(outdir, { recursive: true, force: true });
  const extension = format === 'cjs' ? '.cjs' : '.mjs';
  await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: entries.map((entry) => join(ROOT, folder, entry)),
    outbase: join(ROOT, folder),
    outdir,
    outExtension: { '.js': extension },
    bundle: true,
    splitting: format === 'esm',
    platform: 'node',
    target: 'node20',
    format,
    sourcemap: 'inline',
    // Mocha and Playwright do not survive being bundled; the rest does, whatever kind of module it is.
    external: ['vscode', 'mocha', 'playwright-core'],
    mainFields: ['module', 'main'],
    plugins: [peggyPlugin.esbuild],
    logLevel: 'warning',
  });
  return entries.map((entry) => join(outdir, entry.replace(/\.ts$/, extension)));
}
