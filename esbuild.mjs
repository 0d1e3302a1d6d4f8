// Builds every bundle into dist/: the extension, the engine, a worker's child, the command line, the library with its
// types, and the page. Also gathers the licences of what the bundles contain. `--watch` rebuilds on change; names of
// bundles (`node esbuild.mjs engine trial`) build those alone.
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import esbuild from 'esbuild';
import { NODE_BUNDLE } from './scripts/node-bundle.mjs';
import { thirdPartyNotices } from './scripts/notices.mjs';
import { peggyPlugin } from './scripts/peggy-plugin.mjs';

const watch = process.argv.includes('--watch');
const only = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const require = createRequire(import.meta.url);
const { version } = require('./package.json');

const common = {
  bundle: true,
  metafile: true,
  sourcemap: watch,
  minify: !watch,
  keepNames: true,
  logLevel: 'warning',
  legalComments: 'none',
  define: { SWEETSPOT_VERSION: JSON.stringify(version) },
  plugins: [peggyPlugin.esbuild],
};

const node = { ...common, ...NODE_BUNDLE };

const bundles = [
  { ...node, entryPoints: { engine: 'src/engine/main.ts' } },
  { ...node, entryPoints: { ask: 'src/engine/ask/worker.ts' } },
  { ...node, entryPoints: { trial: 'src/engine/trial/main.ts' } },
  {
    ...node,
    entryPoints: { cli: 'src/cli/main.ts' },
    banner: { js: `#!/usr/bin/env node\n${node.banner.js}` },
  },
  { ...node, entryPoints: { index: 'src/index.ts' } },
  {
    ...common,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    entryPoints: { extension: 'src/extension/extension.ts' },
    outExtension: { '.js': '.cjs' },
    external: ['vscode'],
  },
  {
    ...common,
    keepNames: false,
    platform: 'browser',
    target: 'chrome120',
    format: 'iife',
    entryPoints: { webview: 'webview-ui/src/main.ts' },
  },
]
  .filter(
    ({ entryPoints }) => only.length === 0 || Object.keys(entryPoints).some((name) => only.includes(name)),
  )
  .map((options) => ({ ...options, outdir: 'dist' }));

/** Types of the library: one small file that points at the declarations `tsc` wrote beside it. */
function buildTypes() {
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  execFileSync(process.execPath, [tsc, '-b', 'src'], { stdio: 'inherit' });
  return writeFile('dist/index.d.ts', "export * from './types/index.js';\n");
}

/** Files that are read at run time beside the bundles. */
async function copyAssets() {
  await copyFile(
    require.resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm'),
    'dist/tfjs-backend-wasm-simd.wasm',
  );
  await copyFile(require.resolve('esbuild-wasm/esbuild.wasm'), 'dist/esbuild.wasm');
  await copyFile(require.resolve('sql.js/dist/sql-wasm.wasm'), 'dist/sql-wasm.wasm');
}

await mkdir('dist', { recursive: true });
if (watch) {
  await copyAssets();
  for (const options of bundles) await (await esbuild.context(options)).watch();
} else {
  const results = await Promise.all(bundles.map((options) => esbuild.build(options)));
  await copyAssets();
  if (only.length > 0) process.exit();
  await writeFile('dist/THIRD-PARTY-NOTICES.txt', await thirdPartyNotices(results.map((r) => r.metafile)));
  await buildTypes();
}
