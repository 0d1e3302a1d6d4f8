import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { assemblyPlugin } from './scripts/assembly-plugin.mjs';
import { peggyPlugin } from './scripts/peggy-plugin.mjs';

export default defineConfig({
  plugins: [peggyPlugin.vite, assemblyPlugin.vite],
  // As in the bundles: tfjs in its ES modules, in one copy. It works by side effects on shared classes.
  resolve: {
    alias: [
      {
        find: /^@tensorflow\/(tfjs-(core|layers|backend-wasm|backend-cpu))$/,
        replacement: `${import.meta.dirname}/node_modules/@tensorflow/$1/dist/index.js`,
      },
    ],
  },
  test: {
    include: ['test/unit/**/*.test.ts', 'test/engine/**/*.test.ts', 'test/webview/**/*.test.ts'],
    testTimeout: 30_000,
    // Tests wait for pages and processes more than they compute, so that two share even a single core well.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    server: { deps: { inline: [/@tensorflow\/tfjs-/] } },
  },
});
