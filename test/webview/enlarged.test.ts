/** A page at 200 %: by the browser's zoom, which halves the width there is, and by letters twice as large. */
import { describe, expect, it } from 'vitest';
import { useBrowser } from './support/browser.js';
import type { FakeHost } from './support/fake-host.js';
import { charts, type Pictured, statePages, trialPages, usual } from './support/pictured.js';

const open = useBrowser();

/**
 * What reaches beyond the page's sides, or is cut off within its own box. Lists and plots that scroll, and texts that
 * end in an ellipsis and are said in full elsewhere, are meant to.
 */
const cutOff = (host: FakeHost): Promise<string[]> =>
  host.page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame++) await new Promise((done) => requestAnimationFrame(done));
    const found: string[] = [];
    const wide = document.documentElement.clientWidth;
    const look = (root: ParentNode, scrolled: boolean): void => {
      for (const element of root.querySelectorAll<HTMLElement>('*')) {
        const style = getComputedStyle(element);
        if (style.display === 'none' || style.visibility === 'hidden' || style.opacity === '0') continue;
        const box = element.getBoundingClientRect();
        const name = `${element.tagName.toLowerCase()}.${element.className} ${(element.textContent ?? '').trim().slice(0, 30)}`;
        const scrolls = /auto|scroll/.test(`${style.overflowX}${style.overflowY}`);
        const within = scrolled || element.closest('.plot, .tabs, [role=grid], [role=table], pre') !== null;
        if (!within && box.width > 0 && (box.right > wide + 1 || box.left < -1))
          found.push(`beyond: ${name}`);
        if (element.matches('button, h2, h3, p, dd, dt, .count, .tool') && !within) {
          const clips = style.overflowY !== 'visible' && !scrolls && style.textOverflow !== 'ellipsis';
          const taller = element.scrollHeight > element.clientHeight + 2 && element.clientHeight > 0;
          if (clips && taller) found.push(`cut: ${name}`);
        }
        const page = element.matches('sweet-results, sweet-sidebar');
        if (page && element.scrollWidth > element.clientWidth + 1)
          found.push(`wider than the page: ${element.scrollWidth}`);
        if (element.shadowRoot) look(element.shadowRoot, within || (scrolls && !page));
      }
    };
    look(document, false);
    const { scrollWidth } = document.scrollingElement ?? document.documentElement;
    if (scrollWidth > wide + 1) found.push(`the page is ${scrollWidth} wide, not ${wide}`);
    return [...new Set(found)];
  });

const pages: readonly Pictured[] = [...charts, ...trialPages, ...statePages];
const studies = [...new Set(pages.map(({ options }) => options))].map((options) => {
  const own = pages.filter((page) => page.options === options);
  return { names: own.map(({ name }) => name).join(', '), options, own };
});

/** A browser's zoom of 200 % is half the width with two pixels for each; the letters' size is a setting of its own. */
const sizes = [
  ['a panel of 1200 pixels', 600, 1],
  ['a panel of 600 pixels', 300, 1],
  ['letters twice as large', 900, 2],
] as const;

describe('at 200 %', () => {
  it.each(studies)(
    'there is in full: $names',
    async ({ options, own }) => {
      const host = await open({ page: 'results', ...(options ?? usual), scale: 2 });
      const { page } = host;
      await page.locator('[role=row][aria-rowindex="2"], .welcome').first().waitFor();
      const sidebar = options?.page === 'table';
      for (const { name, act } of own) {
        await page.setViewportSize({ width: 1200, height: 800 });
        await act?.(host);
        for (const [how, width, letters] of sizes) {
          await page.setViewportSize({ width: sidebar ? width / 2 : width, height: 500 });
          await page.evaluate((size) => {
            document.documentElement.style.setProperty('--vscode-font-size', `${size}px`);
          }, 13 * letters);
          expect([name, how, ...(await cutOff(host))]).toEqual([name, how]);
        }
      }
    },
    60_000,
  );
});
