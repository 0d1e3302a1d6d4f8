// How code that runs in Node is bundled, TensorFlow.js, grammars and AssemblyScript included: for the build, for benchmarks,
// and for tests that need a process of their own. As a program: `node scripts/node-bundle.mjs ENTRY OUTFILE`.
import { pathToFileURL } from 'node:url';
import esbuild from 'esbuild';
import { assemblyPlugin } from './assembly-plugin.mjs';
import { peggyPlugin } from './peggy-plugin.mjs';

export const NODE_BUNDLE = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  logLevel: 'warning',
  // tfjs in its ES modules: taking `main` would bundle tfjs-core twice and throw at start.
  mainFields: ['module', 'main'],
  // What CommonJS dependencies take for granted: require() for Node's own modules, and where they are.
  banner: {
    js: [
      "import{createRequire as __createRequire}from'node:module';import{fileURLToPath as __fileURLToPath}from'node:url';",
      'const require=__createRequire(import.meta.url),__filename=__fileURLToPath(import.meta.url),',
      "__dirname=__fileURLToPath(new URL('.',import.meta.url));",
    ].join(''),
  },
  external: ['@tensorflow/tfjs-node'],
  plugins: [peggyPlugin.esbuild, assemblyPlugin.esbuild],
};

/** @param {string} entry @param {string} outfile in the project, from where packages' files are found */
export const bundleForNode = (entry, outfile) =>
  esbuild.build({
    ...NODE_BUNDLE,
    // A bundler does not survive being bundled.
    external: [...NODE_BUNDLE.external, 'esbuild'],
    entryPoints: [entry],
    outfile,
    loader: { '.json': 'json' },
  });

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [entry, outfile] = process.argv.slice(2);
  await bundleForNode(entry, outfile);
}
