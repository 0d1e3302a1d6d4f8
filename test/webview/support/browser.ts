/** One Chromium for a test file, and a page closed after each test. Fails, and says why, where there is none. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { startBrowser } from '../../../scripts/vscode/browser.mjs';
import { FakeHost, type FakeHostOptions } from './fake-host.js';

/** Installing the browser on demand is part of the first use. */
const START_TIMEOUT = 180_000;

export function useBrowser(): (options: FakeHostOptions) => Promise<FakeHost> {
  let browser: Browser | undefined;
  let open: FakeHost[] = [];

  beforeAll(async () => {
    if (!existsSync(join(import.meta.dirname, '../../../dist/webview.js'))) {
      throw new Error('dist/webview.js is missing: the page is tested as built. Run `npm run build` first.');
    }
    browser = await startBrowser();
  }, START_TIMEOUT);

  afterEach(async () => {
    const complaints = open.flatMap((host) => host.complaints);
    await Promise.all(open.map((host) => host.close()));
    open = [];
    if (complaints.length > 0) throw new Error(`The page complained:\n${complaints.join('\n')}`);
  });

  afterAll(() => browser?.close());

  return async (options) => {
    if (!browser) throw new Error('The browser has not started.');
    const host = await FakeHost.open(browser, options);
    open.push(host);
    return host;
  };
}
