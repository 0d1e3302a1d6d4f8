// `npm run sweep`: builds, then tunes examples/iris/iris.yaml, or the config and options given after `--`.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const options = process.argv.slice(2);
const config = options.some((option, i) => !option.startsWith('-') && !options[i - 1]?.startsWith('--'))
  ? []
  : [path('examples/iris/iris.yaml')];

const run = (args) => spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
const built = run([path('esbuild.mjs')]);
process.exit(built === 0 ? run([path('dist/cli.js'), 'run', ...config, ...options]) : built);
