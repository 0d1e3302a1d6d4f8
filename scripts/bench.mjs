// Runs a benchmark: `node scripts/bench.mjs NAME [options]` bundles bench/NAME/main.ts into .cache and starts it.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleForNode } from './node-bundle.mjs';

const root = join(import.meta.dirname, '..');
const [name, ...options] = process.argv.slice(2);
// One file per process: a run may last hours, and another may start meanwhile.
const outfile = join(root, '.cache', 'bench', `${name}-${process.pid}.mjs`);
await mkdir(join(root, '.cache', 'bench'), { recursive: true });
await bundleForNode(join(root, 'bench', name, 'main.ts'), outfile);
process.argv = [process.argv[0], outfile, ...options];
await import(pathToFileURL(outfile).href);
