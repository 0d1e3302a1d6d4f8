/** Both pages under axe-core, in each of the four kinds of themes, contrast of text included. */
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { describe, expect, it } from 'vitest';
import { useBrowser } from './support/browser.js';
import type { FakeHost, FakeHostOptions } from './support/fake-host.js';
import { charts, statePages, usual } from './support/pictured.js';
import { sampleJournal } from './support/sample-study.js';
import { themes } from './support/themes.js';

const open = useBrowser();
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const study = sampleJournal({ trials: 40, budget: 40, running: 2 });

/** Of the whole page, or, which is quicker, of its charts alone. */
async function violations(host: FakeHost, of: 'page' | 'charts' = 'page'): Promise<string[]> {
  // Evaluated by the driver, so the page's own policy stays as it is.
  const source = (await import('node:fs')).readFileSync(axe, 'utf8');
  const root =
    of === 'page'
      ? 'document'
      : "document.querySelector('sweet-results').shadowRoot.querySelector('sweet-chart-area')";
  await host.page.evaluate(`window.axe || (() => { ${source} })()`);
  const { violations } = (await host.page.evaluate(
    `(axe.run(${root}, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"] }))`,
  )) as AxeResults;
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary}`).join('\n')}`,
  );
}

const running = { page: 'results', lines: study } as const;
const pages: readonly (readonly [string, Omit<FakeHostOptions, 'theme'>])[] = [
  ['the results of a running study', running],
  ['the sidebar’s table', { page: 'table', lines: study }],
  ...statePages.map(({ name, options }) => [name, { page: 'results', ...options }] as const),
];

describe.each(themes.map(({ name }) => name))('in the %s theme', (theme) => {
  it.each(pages)('%s can be used by everyone', async (_name, options) => {
    const host = await open({ ...options, theme });
    await host.page.locator('[role=row][aria-rowindex="2"], .welcome').first().waitFor();
    if (options.lines === study) await host.page.locator('[role=row][aria-rowindex="3"]').click();
    await host.page.mouse.move(0, 0);
    expect(await violations(host)).toEqual([]);
  });
});

const studies = [...new Set(charts.map(({ options }) => options))].map((options) => {
  const own = charts.filter((chart) => chart.options === options);
  return { names: own.map(({ name }) => name).join(', '), options: options ?? usual, own };
});

describe.each(themes.map(({ name }) => name))('the charts in the %s theme', (theme) => {
  it.each(studies)(
    'can be used by everyone, with a filter and a trial in full: $names',
    async (one) => {
      const host = await open({ page: 'results', ...one.options, theme });
      await host.page.locator('[role=row][aria-rowindex="3"]').click();
      await host.page.getByRole('button', { name: 'Details' }).click();
      await host.page.getByRole('textbox', { name: 'Filter the trials' }).fill('val_loss < 0.4');
      await host.page.getByText('Clear filter').waitFor();
      expect(await violations(host)).toEqual([]);
      for (const { name, act } of one.own) {
        await act?.(host);
        expect([name, ...(await violations(host, 'charts'))]).toEqual([name]);
      }
    },
    240_000,
  );
});

describe.each(charts)('by the keys, $name', ({ options, element, act }) => {
  it('is read in one live region', async () => {
    const host = await open({ page: 'results', ...(options ?? usual) });
    await act?.(host);
    const chart = host.page.locator(element ?? 'main');
    const plot = chart.locator('.plot');
    await plot.focus();
    await host.page.keyboard.press('End');
    await host.page.keyboard.press('ArrowLeft');
    const regions = chart.locator('[role=status], [aria-live]');
    expect(await regions.count()).toBe(1);
    const said = await regions.innerText();
    expect(said).toMatch(/\d/);
    await host.page.keyboard.press('ArrowLeft');
    await expect.poll(() => regions.innerText()).not.toBe(said);
  });
});

describe('with reduced motion', () => {
  it('nothing turns', async () => {
    const host = await open({ page: 'results', lines: study });
    await host.page.emulateMedia({ reducedMotion: 'reduce' });
    const turning = host.page.locator('sweet-header .spin');
    expect(await turning.evaluate((element) => getComputedStyle(element).animationName)).toBe('none');
  });
});

describe('with the keyboard alone', () => {
  it('every control of the page is reached, and shows that it is', async () => {
    const host = await open({ page: 'results', lines: study });
    await host.page.locator('[role=row][aria-rowindex="2"]').click();
    await host.page.locator('sweet-header button.link').focus();
    const reached: string[] = [];
    for (let presses = 0; presses < 32; presses++) {
      reached.push(
        await host.page.evaluate(() => {
          let element = document.activeElement;
          while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
          return (element?.getAttribute('aria-label') ?? element?.textContent ?? '').trim().slice(0, 30);
        }),
      );
      await host.page.keyboard.press('Tab');
    }
    const expected = [
      'iris.yaml',
      'Optimization history',
      'Save the learning curves as',
      'Compare with File',
      'Columns',
      'Trials.',
    ];
    for (const name of expected) {
      expect(reached.join('\n')).toContain(name);
    }
  });
});
