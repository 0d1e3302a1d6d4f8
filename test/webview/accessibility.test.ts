/** Both pages under axe-core, in each of the four kinds of themes, contrast of text included. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { describe, expect, it } from 'vitest';
import { useBrowser } from './support/browser.js';
import type { FakeHost, FakeHostOptions } from './support/fake-host.js';
import { charts, type Pictured, statePages, usual } from './support/pictured.js';
import { sampleJournal } from './support/sample-study.js';
import { themes } from './support/themes.js';

const open = useBrowser();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const study = sampleJournal({ trials: 40, budget: 40, running: 2 });

/** Rules whose verdict depends on the colours. */
const COLOURS = ['color-contrast', 'link-in-text-block'];
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'];
const first = 'dark';
const others = themes.map(({ name }) => name).filter((name) => name !== first);

/** Of the whole page, or, which is quicker, of its charts alone. */
async function violations(
  host: FakeHost,
  rules: readonly string[],
  of: 'page' | 'charts',
): Promise<string[]> {
  const root =
    of === 'page'
      ? 'document'
      : "document.querySelector('sweet-results').shadowRoot.querySelector('sweet-chart-area')";
  // Evaluated by the driver, so the page's own policy stays as it is.
  await host.page.evaluate(`window.axe || (() => { ${axe} })()`);
  const { violations } = (await host.page.evaluate(
    `(axe.run(${root}, { runOnly: ${JSON.stringify(rules)}, resultTypes: ['violations'] }))`,
  )) as AxeResults;
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary}`).join('\n')}`,
  );
}

/** Every rule in one theme, and in the others those that look at colours. */
async function expectAccess(host: FakeHost, name: string, of: 'page' | 'charts' = 'page'): Promise<void> {
  expect([name, first, ...(await violations(host, TAGS, of))]).toEqual([name, first]);
  for (const theme of others) {
    await host.setTheme(theme);
    expect([name, theme, ...(await violations(host, COLOURS, of))]).toEqual([name, theme]);
  }
  await host.setTheme(first);
}

const running = { page: 'results', lines: study } as const;
type Seen = Pick<Pictured, 'name' | 'act'> & { readonly options: FakeHostOptions };
const pages: readonly Seen[] = [
  { name: 'the results of a running study', options: running },
  { name: 'the sidebar’s table', options: { page: 'table', lines: study } },
  ...statePages.map(
    ({ options, ...state }) => ({ ...state, options: { page: 'results', ...options } }) as const,
  ),
];

describe('in every theme', () => {
  it.each(pages)('$name can be used by everyone', async ({ name, options, act }) => {
    const host = await open(options);
    await host.page.locator('[role=row][aria-rowindex="2"], .welcome').first().waitFor();
    if (options.lines === study) await host.page.locator('[role=row][aria-rowindex="3"]').click();
    await act?.(host);
    await host.page.mouse.move(0, 0);
    await expectAccess(host, name);
  });
});

const studies = [...new Set(charts.map(({ options }) => options))].map((options) => {
  const own = charts.filter((chart) => chart.options === options);
  return { names: own.map(({ name }) => name).join(', '), options: options ?? usual, own };
});

describe('the charts in every theme', () => {
  it.each(studies)(
    'can be used by everyone, with a filter and a trial in full: $names',
    async (one) => {
      const host = await open({ page: 'results', ...one.options });
      await host.page.locator('[role=row][aria-rowindex="3"]').click();
      await host.page.getByRole('button', { name: 'Details' }).click();
      await host.page.getByRole('textbox', { name: 'Filter the trials' }).fill('val_loss < 0.4');
      await host.page.getByText('Clear filter').waitFor();
      await expectAccess(host, 'the page');
      for (const { name, act } of one.own) {
        await act?.(host);
        await expectAccess(host, name, 'charts');
      }
    },
    240_000,
  );
});

describe('the charts by the keys', () => {
  it.each(studies)('are read in one live region: $names', async (one) => {
    const host = await open({ page: 'results', ...one.options });
    for (const { name, element, act } of one.own) {
      await act?.(host);
      const chart = host.page.locator(element ?? 'main');
      await chart.locator('.plot[aria-label*="walk along"]').focus();
      await host.page.keyboard.press('End');
      await host.page.keyboard.press('ArrowLeft');
      const regions = chart.locator('[role=status], [aria-live]');
      expect([name, await regions.count()]).toEqual([name, 1]);
      const said = await regions.innerText();
      expect(`${name}: ${said}`).toMatch(/: [\s\S]*\d/);
      await host.page.keyboard.press('ArrowLeft');
      await expect.poll(() => regions.innerText(), { message: name }).not.toBe(said);
    }
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

it.each(['complete', 'pruned', 'failed'])('marks of %s trials stand out in every theme', async (state) => {
  const host = await open({ page: 'table', lines: study, size: { width: 300, height: 2000 } });
  const icon = host.page.locator(`sweet-compact-table .state-${state}`).first();
  for (const { name } of themes) {
    await host.setTheme(name);
    const ratio = await icon.evaluate((element) => {
      const brush = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
      const light = () => {
        brush.fillRect(0, 0, 1, 1);
        const parts = [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3).map((byte) => byte / 255);
        const [r, g, b] = parts.map((part) =>
          part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
        );
        return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
      };
      brush.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(
        '--vscode-editor-background',
      );
      const ground = light();
      brush.fillStyle = getComputedStyle(element).color;
      const [low, high] = [ground, light()].sort((a, b) => a - b);
      return (high! + 0.05) / (low! + 0.05);
    });
    expect([name, ratio >= 3]).toEqual([name, true]);
  }
});
