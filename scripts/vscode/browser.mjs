// A headless browser that shows VS Code's web workbench, driven by Playwright.
import { chromium } from 'playwright-core';
import { findChromium, pinnedChromium } from './chromium.mjs';

const FLAGS = [
  // Containers and root cannot have the sandbox; only our own pages on loopback are opened.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Letters are drawn alike whatever the machine's screen is set to. */
const PINNED_FLAGS = ['--font-render-hinting=none', '--disable-lcd-text', '--force-device-scale-factor=1'];

/**
 * @param {{ pinned?: boolean }} [options] `pinned`: the browser and the font of the npm package, never the machine's own
 * @returns {Promise<import('playwright-core').Browser>} ends with this process, however that ends
 */
export async function startBrowser({ pinned = false } = {}) {
  const { executablePath, env } = await (pinned ? pinnedChromium() : findChromium());
  return chromium.launch({
    executablePath,
    env,
    headless: true,
    args: pinned ? [...FLAGS, ...PINNED_FLAGS] : FLAGS,
    handleSIGINT: false,
    handleSIGTERM: false,
  });
}

/**
 * Shows a window of the workbench for the first time in this page's browser context. A `.code-workspace` now and then
 * opens without its folders when nothing of it is cached yet (VS Code 1.139); a reload brings them.
 * @param {import('playwright-core').Page} page @param {string} url of `workbenchUrl`
 */
export async function showWindow(page, url) {
  await page.goto(url);
  if (!new URL(url).searchParams.has('workspace')) return;
  const folders = page.locator('.explorer-folders-view').getByRole('treeitem');
  for (let attempt = 1; ; attempt += 1) {
    const shown = await folders
      .first()
      .waitFor({ timeout: 4000 + 2000 * attempt })
      .then(
        () => true,
        () => false,
      );
    if (shown) return;
    if (attempt === 5) throw new Error(`The window shows no folder of ${url}.`);
    await page.reload();
  }
}
