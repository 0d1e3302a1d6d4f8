/**
 * Compiles a user's training module, with the files it imports, to one ES module that Node can load. esbuild runs as
 * WebAssembly in this process: no binary per platform, no `node` on the PATH. Packages stay imports, `paths` of the
 * user's tsconfig.json count; TensorFlow.js by any of its names becomes the active backend. Types are dropped, not checked.
 */
import { readFile, stat } from 'node:fs/promises';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, extname, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Loader, Message, Plugin, TsconfigRaw } from 'esbuild-wasm';
import { createPathsMatcher, getTsconfig, type TsConfigResult } from 'get-tsconfig';

/** Where the compiled module finds the active backend. */
export const TENSORFLOW = Symbol.for('sweetspot.tensorflow');

export type Compiled =
  | { readonly kind: 'compiled'; readonly code: string; readonly inputs: readonly string[] }
  /** `message` names file, line and column of each error. */
  | { readonly kind: 'failed'; readonly message: string };

const LOADERS: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
  '.jsx': 'jsx',
  '.json': 'json',
};

/** `./model.js` may stand for model.ts, `./model` for any of these, `./parts` for parts/index.ts. */
function candidates(path: string): readonly string[] {
  const extension = extname(path);
  const typed =
    { '.js': ['.ts', '.tsx'], '.mjs': ['.mts'], '.cjs': ['.cts'], '.jsx': ['.tsx'] }[extension] ?? [];
  const stem = path.slice(0, path.length - extension.length);
  const known = Object.keys(LOADERS);
  return [
    path,
    ...typed.map((other) => stem + other),
    ...known.map((other) => path + other),
    ...known.map((other) => resolve(path, `index${other}`)),
  ];
}

async function firstFile(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile()) return path;
  }
  return undefined;
}

/** esbuild in the browser form knows no file system; paths are told apart from its own by this prefix. */
const NAMESPACE = 'user';
const slashed = (path: string): string => path.replaceAll('\\', '/');
const unprefixed = (path: string): string => path.replace(`${NAMESPACE}:`, '');

/** The module's own place, since the compiled file lies elsewhere. */
const META = { url: '__sweetspot_url', dirname: '__sweetspot_dirname', filename: '__sweetspot_filename' };

/** What CommonJS takes for granted, unless the file declares it itself. */
const COMMON_JS = { __dirname: META.dirname, __filename: META.filename };

/** esbuild's stand-in for `require` looks for a global one, which ES modules do not have. */
const REQUIRE = '__sweetspot_require';
const SHIM = 'typeof require !== "undefined" ? require :';

function requireFrom(file: string): string {
  const from = JSON.stringify(pathToFileURL(file).href);
  return `import{createRequire as ${REQUIRE}From}from"node:module";const ${REQUIRE}=${REQUIRE}From(${from});`;
}

function withMeta(source: string, path: string): string {
  if (!/import\.meta|__dirname|__filename/.test(source)) return source;
  const values = { url: pathToFileURL(path).href, dirname: dirname(path), filename: path };
  const names = Object.entries(META).map(
    ([key, name]) => `${name} = ${JSON.stringify(values[key as keyof typeof META])}`,
  );
  return `const ${names.join(', ')};${source}`;
}

type Tsconfig = TsConfigResult & { readonly matches: (specifier: string) => readonly string[] };

/** The tsconfig.json that rules each file: the nearest one above it, or none. Its mistakes are TypeScript's to tell. */
class Tsconfigs {
  readonly #byFolder = new Map<string, Tsconfig | undefined>();
  /** Of the files read so far. */
  readonly paths = new Set<string>();

  of(file: string): Tsconfig | undefined {
    const folder = dirname(file);
    if (!this.#byFolder.has(folder)) this.#byFolder.set(folder, this.#read(folder));
    return this.#byFolder.get(folder);
  }

  #read(folder: string): Tsconfig | undefined {
    try {
      const found = getTsconfig(folder);
      if (!found) return undefined;
      this.paths.add(found.path);
      return { ...found, matches: createPathsMatcher(found) ?? (() => []) };
    } catch {
      return undefined;
    }
  }
}

type CompilerOptions = NonNullable<(TsconfigRaw & object)['compilerOptions']>;

/** What changes the meaning of the code, and no more: how it is bundled is ours to say. */
const MEANINGFUL = [
  'experimentalDecorators',
  'useDefineForClassFields',
  'jsx',
  'jsxFactory',
  'jsxFragmentFactory',
  'jsxImportSource',
] as const satisfies readonly (keyof CompilerOptions)[];

function compilerOptions(tsconfig: Tsconfig | undefined): CompilerOptions {
  const given = (tsconfig?.config.compilerOptions ?? {}) as CompilerOptions;
  return Object.fromEntries(MEANINGFUL.filter((name) => name in given).map((name) => [name, given[name]]));
}

const userFiles = (tsconfigs: Tsconfigs): Plugin => ({
  name: 'user-files',
  setup(build) {
    build.onResolve({ filter: /^@tensorflow\/tfjs(-|$|\/)/ }, () => ({
      path: 'tf',
      namespace: 'tensorflow',
    }));
    build.onLoad({ filter: /.*/, namespace: 'tensorflow' }, () => ({
      contents: `module.exports = globalThis[Symbol.for(${JSON.stringify(TENSORFLOW.description)})];`,
      loader: 'js',
    }));
    build.onResolve({ filter: /.*/ }, async ({ path, importer, kind }) => {
      const isFile = kind === 'entry-point' || /^\.{0,2}[\\/]|^\.\.?$|^[a-z]:[\\/]|^file:/i.test(path);
      if (isBuiltin(path)) return { path, external: true };
      if (!isFile) {
        // `paths` and `baseUrl` of the tsconfig; what they do not know is a package.
        const places = tsconfigs.of(importer)?.matches(path) ?? [];
        const mapped = await firstFile(places.flatMap((place) => candidates(resolve(place))));
        return mapped === undefined
          ? { path, external: true }
          : { path: slashed(mapped), namespace: NAMESPACE };
      }
      const wanted = path.startsWith('file:') ? fileURLToPath(path) : resolve(dirname(importer), path);
      const found = await firstFile(candidates(wanted));
      if (found === undefined) return { errors: [{ text: `There is no file "${path}"` }] };
      return { path: slashed(found), namespace: NAMESPACE };
    });
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, async ({ path }) => ({
      contents: withMeta(await readFile(path, 'utf8'), path),
      loader: LOADERS[extname(path)] ?? 'js',
    }));
  },
});

function describe({ text, location }: Message, folder: string): string {
  if (!location) return text;
  const file = slashed(relative(folder, unprefixed(location.file)));
  return `${file}:${location.line}:${location.column + 1}: ${text}\n    ${location.lineText.trim()}`;
}

/** Where esbuild's binary is: beside the bundle once built, in the package while running from source. */
async function readBinary(): Promise<Buffer> {
  try {
    return await readFile(fileURLToPath(new URL('./esbuild.wasm', import.meta.url)));
  } catch {
    return readFile(createRequire(import.meta.url).resolve('esbuild-wasm/esbuild.wasm'));
  }
}

type WasmModule = NonNullable<Parameters<typeof import('esbuild-wasm')['initialize']>[0]['wasmModule']>;
/** Node has it; the types of Node 20 do not. */
const { WebAssembly: webAssembly } = globalThis as unknown as {
  WebAssembly: { compile(bytes: Uint8Array): Promise<WasmModule> };
};

let started: Promise<typeof import('esbuild-wasm')> | undefined;

async function start(): Promise<typeof import('esbuild-wasm')> {
  // The browser form looks for the global object under its browser name.
  Object.assign(globalThis, { self: globalThis });
  const esbuild = (await import('esbuild-wasm/esm/browser.js')) as typeof import('esbuild-wasm');
  const wasmModule = await webAssembly.compile(await readBinary());
  await esbuild.initialize({ wasmModule, worker: false });
  return esbuild;
}

/** The map with its sources as file URLs, so that stack traces name the user's files wherever the output lies. */
function inlineMap(map: string): string {
  const parsed = JSON.parse(map) as { sources: string[] };
  const sources = parsed.sources.map((source) => {
    const at = source.indexOf(`${NAMESPACE}:`);
    return at < 0 ? source : pathToFileURL(source.slice(at + NAMESPACE.length + 1)).href;
  });
  const text = JSON.stringify({ ...parsed, sources });
  return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(text).toString('base64')}\n`;
}

/**
 * Takes about half a second and 150 MB, which the process keeps: meant for a process of its own.
 * @param file absolute path of the module
 * @param folder what paths in error messages are relative to
 */
export async function compile(file: string, folder: string): Promise<Compiled> {
  started ??= start();
  const esbuild = await started;
  const tsconfigs = new Tsconfigs();
  try {
    const result = await esbuild.build({
      entryPoints: [slashed(file)],
      outdir: '/out',
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'neutral',
      target: 'node20',
      sourcemap: 'external',
      sourcesContent: false,
      keepNames: true,
      logLevel: 'silent',
      banner: { js: requireFrom(file) },
      define: {
        ...Object.fromEntries(Object.entries(META).map(([key, name]) => [`import.meta.${key}`, name])),
        ...COMMON_JS,
      },
      plugins: [userFiles(tsconfigs)],
      tsconfigRaw: { compilerOptions: compilerOptions(tsconfigs.of(file)) },
    });
    const map = result.outputFiles.find(({ path }) => path.endsWith('.map'));
    const code = result.outputFiles.find(({ path }) => !path.endsWith('.map'));
    if (!map || !code) throw new Error('esbuild gave no output.');
    const inputs = Object.keys(result.metafile.inputs).filter((path) => path.startsWith(`${NAMESPACE}:`));
    return {
      kind: 'compiled',
      code: code.text.replace(SHIM, `true ? ${REQUIRE} :`) + inlineMap(map.text),
      inputs: [...inputs.map(unprefixed), ...tsconfigs.paths],
    };
  } catch (error) {
    const { errors } = error as { errors?: readonly Message[] };
    if (!errors) throw error;
    return { kind: 'failed', message: errors.map((message) => describe(message, folder)).join('\n') };
  }
}
