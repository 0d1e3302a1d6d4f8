import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/** What takes too long for every change: `npm run test:long`. */
export default defineConfig({ ...base, test: { ...base.test, include: ['test/long/**/*.test.ts'] } });
