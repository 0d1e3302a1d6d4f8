// Compiles AssemblyScript at build and test time: importing `x.wasm` gives the bytes of `x.ts` beside it and what
// that imports from its folder, compiled for a memory that the importer provides. No compiled module is kept in the repository; .cache remembers what was compiled.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const { version } = createRequire(import.meta.url)('assemblyscript/package.json');

const OPTIONS = [
  '--optimizeLevel=3',
  '--noAssert',
  '--runtime=stub',
  '--importMemory',
  '--enable=simd',
  '--enable=bulk-memory',
  // Nothing here can abort, so nothing needs to be imported for it.
  '--use=abort=',
];

const CACHE = fileURLToPath(new URL('../.cache/assembly', import.meta.url));

/** @param {string} file path of the AssemblyScript file @returns {Promise<Uint8Array>} */
async function compile(file) {
  const folder = dirname(file);
  const sources = new Map();
  for (const name of (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort()) {
    sources.set(name, await readFile(join(folder, name), 'utf8'));
  }
  const key = createHash('sha256').update(JSON.stringify([version, OPTIONS, basename(file), ...sources]));
  const kept = join(CACHE, `${key.digest('hex')}.wasm`);
  const known = await readFile(kept).catch(() => undefined);
  if (known) return known;

  // Takes a second to load, so only where there is something to compile.
  const { default: asc } = await import('assemblyscript/asc');
  let compiled;
  let text = '';
  const { error, stderr } = await asc.main(
    [basename(file), '--outFile=out.wasm', '--textFile=out.wat', ...OPTIONS],
    {
      readFile: (name) => sources.get(name) ?? null,
      writeFile: (name, contents) => {
        if (name === 'out.wasm') compiled = contents;
        else text = contents;
      },
      listFiles: () => [],
    },
  );
  if (error || !compiled) throw new Error(`${file} does not compile:\n${stderr}\n${error?.message ?? ''}`);
  if (text.includes('(data ')) throw new Error(`${file} keeps data in the memory, which is another's.`);
  await mkdir(CACHE, { recursive: true });
  await writeFile(`${kept}.${process.pid}`, compiled);
  await rename(`${kept}.${process.pid}`, kept);
  return compiled;
}

async function moduleOf(path) {
  const bytes = await compile(path.replace(/\.wasm$/, '.ts'));
  const text = Buffer.from(bytes).toString('base64');
  return `export const bytes = new Uint8Array(Buffer.from('${text}', 'base64'));`;
}

export const assemblyPlugin = {
  esbuild: {
    name: 'assembly',
    setup(build) {
      build.onResolve({ filter: /^\.\.?\/.*\.wasm$/ }, ({ path, resolveDir }) => ({
        path: resolve(resolveDir, path),
        namespace: 'assembly',
      }));
      build.onLoad({ filter: /\.wasm$/, namespace: 'assembly' }, async ({ path }) => ({
        contents: await moduleOf(path),
        loader: 'js',
        watchDirs: [dirname(path)],
      }));
    },
  },
  vite: {
    name: 'assembly',
    enforce: 'pre',
    resolveId(source, importer) {
      if (!/^\.\.?\/.*\.wasm$/.test(source) || !importer) return undefined;
      // A name of its own, since the bundler has its own idea of what .wasm is.
      return `\0assembly:${resolve(dirname(importer), source)}`;
    },
    async load(id) {
      return id.startsWith('\0assembly:') ? moduleOf(id.slice('\0assembly:'.length)) : undefined;
    },
  },
};
