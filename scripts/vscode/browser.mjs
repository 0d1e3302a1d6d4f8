// A headless browser that shows VS Code's web workbench, driven by Playwright.
import { chromium } from 'playwright-core';
import { findChromium } from './chromium.mjs';

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

/** @returns {Promise<import('playwright-core').Browser>} ends with this process, however that ends */
export async function startBrowser() {
  const { executablePath, env } = await findChromium();
  return chromium.launch({
    executablePath,
    env,
    headless: true,
    args: FLAGS,
    handleSIGINT: false,
    handleSIGTERM: false,
  });
}
