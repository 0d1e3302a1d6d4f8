// `npm run sweep`: builds, then tunes examples/iris/iris.yaml, or the config and options given after `--`.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const options = process.argv.slice(2);
// Only to see whether a config was named; the command line checks the options themselves.
const { positionals } = parseArgs({
  args: options,
  allowPositionals: true,
  strict: false,
  options: Object.fromEntries(
    ['trials', 'seed', 'workers', 'sampler', 'pruner', 'backend', 'study'].map((name) => [
      name,
      { type: 'string' },
    ]),
  ),
});
const config = positionals.length > 0 ? [] : [path('examples/iris/iris.yaml')];

const run = (args) => spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
const built = run([path('esbuild.mjs')]);
process.exit(built === 0 ? run([path('dist/cli.js'), 'run', ...config, ...options]) : built);
