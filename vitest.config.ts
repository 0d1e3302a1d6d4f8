import { defineConfig } from 'vitest/config';
import { peggyPlugin } from './scripts/peggy-plugin.mjs';

export default defineConfig({
  plugins: [peggyPlugin.vite],
  test: {
    include: ['test/unit/**/*.test.ts', 'test/engine/**/*.test.ts', 'test/webview/**/*.test.ts'],
    testTimeout: 30_000,
  },
});
