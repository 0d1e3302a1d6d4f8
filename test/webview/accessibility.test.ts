/** Both pages under axe-core, in each of the four kinds of themes, contrast of text included. */
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { describe, expect, it } from 'vitest';
import { useBrowser } from './support/browser.js';
import type { FakeHost, FakeHostOptions } from './support/fake-host.js';
import { sampleJournal } from './support/sample-study.js';
import { themes } from './support/themes.js';

const open = useBrowser();
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const study = sampleJournal({ trials: 40, budget: 40, running: 2 });
const failing = sampleJournal({
  trials: 5,
  allFail: true,
  status: { kind: 'finished', reason: '5 trials are done' },
});

async function violations(host: FakeHost): Promise<string[]> {
  // Evaluated by the driver, so the page's own policy stays as it is.
  const source = (await import('node:fs')).readFileSync(axe, 'utf8');
  await host.page.evaluate(source);
  const { violations } = (await host.page.evaluate(
    '(axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"] }))',
  )) as AxeResults;
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary}`).join('\n')}`,
  );
}

const scenes: readonly (readonly [string, Omit<FakeHostOptions, 'theme'>])[] = [
  ['the results of a running study', { page: 'results', lines: study }],
  [
    'the results of a study that failed',
    { page: 'results', lines: failing, state: { engine: undefined } as never },
  ],
  ['the results without a study', { page: 'results' }],
  ['the sidebar’s table', { page: 'table', lines: study }],
];

describe.each(themes.map(({ name }) => name))('in the %s theme', (theme) => {
  it.each(scenes)('%s can be used by everyone', async (_name, options) => {
    const host = await open({ ...options, theme });
    await host.page.locator(options.lines ? '[role=row][aria-rowindex="2"]' : '.welcome').waitFor();
    if (options.lines === study) await host.page.locator('[role=row][aria-rowindex="3"]').click();
    await host.page.mouse.move(0, 0);
    expect(await violations(host)).toEqual([]);
  });
});

describe.each(themes.map(({ name }) => name))('the charts in the %s theme', (theme) => {
  it('can be used by everyone, with a filter and a trial in full', async () => {
    const host = await open({ page: 'results', lines: study, theme });
    await host.page.locator('[role=row][aria-rowindex="3"]').click();
    await host.page.getByRole('button', { name: 'Details' }).click();
    await host.page.getByRole('textbox', { name: 'Filter the trials' }).fill('val_loss < 0.4');
    await host.page.getByText('Clear filter').waitFor();
    for (const tab of [
      'parallel',
      'slice',
      'importance',
      'contour',
      'rank',
      'timeline',
      'edf',
      'correlation',
      'calibration',
    ]) {
      await host.page.locator(`#tab-${tab}`).click();
      await host.page.mouse.move(0, 0);
      expect([tab, ...(await violations(host))]).toEqual([tab]);
    }
  }, 120_000);
});

describe.each(themes.map(({ name }) => name))('the Pareto front in the %s theme', (theme) => {
  it('can be used by everyone', async () => {
    const host = await open({ page: 'results', lines: sampleJournal({ trials: 40, objectives: 2 }), theme });
    await host.page.locator('#tab-pareto').click();
    await host.page.mouse.move(0, 0);
    expect(await violations(host)).toEqual([]);
  }, 60_000);
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
    for (let presses = 0; presses < 26; presses++) {
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
