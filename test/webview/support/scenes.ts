/**
 * What shots.mjs takes pictures of, for people to look at: what the visual test compares, each theme and width by
 * itself, and moments that it does not keep.
 */
import { FakeHost, type FakeHostOptions } from './fake-host.js';
import { charts, idle, type Pictured, statePages, trialPages, usual } from './pictured.js';
import { sampleJournal } from './sample-study.js';
import { themes } from './themes.js';

export { FakeHost };

interface Scene {
  readonly name: string;
  readonly options: FakeHostOptions;
  readonly act?: (host: FakeHost) => Promise<void>;
}

const scene = (
  name: string,
  options: Partial<FakeHostOptions>,
  act?: (host: FakeHost) => Promise<void>,
): Scene => ({ name, options: { page: 'results', ...options }, ...(act && { act }) });

const status = (trials: number) => ({ kind: 'finished', reason: `${trials} trials are done` }) as const;
const finished = sampleJournal({ trials: 40, budget: 40, status: status(40) });
const running = sampleJournal({ trials: 27, budget: 40, running: 2 });
const marked = sampleJournal({
  trials: 40,
  status: status(40),
  marks: {
    32: { starred: true, note: 'Same on the old data', tags: ['candidate'] },
    16: { excluded: 'ran with the wrong seed' },
    10: { tags: ['candidate', 'small'] },
  },
});

const selectBest = ({ page }: FakeHost): Promise<void> =>
  page.locator('[role=row][aria-rowindex="4"]').click();

async function showDetails(host: FakeHost): Promise<void> {
  await selectBest(host);
  await host.page.getByRole('button', { name: 'Details' }).click();
}

/** As wide as asked for, and as high as such a window is. */
const sized = (width: number) => ({ width, height: width < 720 ? 1000 : 800 });

const inEachTheme = ({ name, options, act, widths }: Pictured): readonly Scene[] =>
  themes.flatMap(({ name: theme }) =>
    widths.map((width) =>
      scene(`${name}-${theme}-${width}`, { ...(options ?? usual), theme, size: sized(width) }, act),
    ),
  );

export const scenes: readonly Scene[] = [
  ...[...charts, ...trialPages, ...statePages].flatMap(inEachTheme),
  ...themes.flatMap(({ name: theme }) => [
    scene(`results-running-${theme}`, { lines: running, theme }, selectBest),
    scene(`table-running-${theme}`, { page: 'table', lines: running, theme }, selectBest),
  ]),
  scene('results-finished', { lines: finished, state: idle, size: { width: 1500, height: 900 } }),
  scene('results-hover', { lines: finished, state: idle, theme: 'light' }, async ({ page }) => {
    await page.locator('sweet-history .plot').focus();
    for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowRight');
    await page.locator('[role=row][aria-rowindex="3"]').hover();
  }),
  ...([300, 1400] as const).map((width) =>
    scene(
      `overview-savers-${width}`,
      { lines: finished, state: idle, size: { width, height: 900 } },
      async ({ page }) => {
        await page.locator('sweet-history .save').first().focus();
        await page.locator('sweet-curves').hover();
      },
    ),
  ),
  scene('results-curve-hover', { lines: finished, state: idle }, async ({ page }) => {
    const box = (await page.locator('sweet-curves .u-over').boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.75);
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.8);
  }),
  scene('results-columns', { lines: finished, state: idle }, ({ page }) =>
    page.getByRole('button', { name: 'Columns' }).click(),
  ),
  scene('results-log', { lines: finished, state: idle }, async ({ page }) => {
    for (const chart of ['history', 'curves']) {
      await page.locator(`sweet-${chart} vscode-checkbox`, { hasText: 'Log scale' }).click();
    }
    await page.locator('sweet-history vscode-checkbox', { hasText: 'Outliers' }).click();
  }),
  scene('results-zoomed', { lines: finished, state: idle }, async ({ page }) => {
    for (const chart of ['history', 'curves']) {
      await page.locator(`sweet-${chart} .plot`).focus();
      for (let i = 0; i < 4; i++) await page.keyboard.press('+');
    }
  }),
  scene(
    'results-filtered-grouped',
    { lines: finished, state: idle, size: { width: 1400, height: 1000 } },
    async (host) => {
      const { page } = host;
      await page.locator('#tab-parallel').click();
      await page
        .getByRole('textbox', { name: 'Filter the trials' })
        .fill('val_loss < 0.5 and optimizer.name in (adam, momentum)');
      await page.locator('sweet-table-bar vscode-dropdown').evaluate((element) => {
        (element as HTMLSelectElement).value = 'param:model.activation';
        element.dispatchEvent(new Event('change'));
      });
      await showDetails(host);
    },
  ),
  scene(
    'results-marks',
    { lines: marked, state: idle, size: { width: 1400, height: 1000 } },
    async (host) => {
      await showDetails(host);
      const head = host.page.locator('[role=columnheader]', { hasText: 'activation' });
      await head.hover();
      await head.locator('.funnel').click();
    },
  ),
  scene('results-file-wins', {
    lines: sampleJournal({
      trials: 30,
      fileWins: true,
      status: { kind: 'stopped', reason: 'stopped by you' },
    }),
    state: idle,
    theme: 'light',
  }),
  scene('results-10k', { lines: sampleJournal({ trials: 10_000, steps: 3 }) }, ({ page }) =>
    page.waitForTimeout(4000),
  ),
  scene('table-200', { page: 'table', lines: running, size: { width: 200, height: 500 } }),
  scene('table-600', { page: 'table', lines: finished, state: idle, size: { width: 600, height: 500 } }),
];
