/** What the pictures show: each a page, a study and perhaps a few movements. */
import { FakeHost, type FakeHostOptions } from './fake-host.js';
import { samplePeers } from './sample-peers.js';
import { sampleJournal } from './sample-study.js';
import { sampleConfusion, sampleResiduals } from './sample-validation.js';
import { themes } from './themes.js';

export { FakeHost };

interface Scene {
  readonly name: string;
  readonly options: FakeHostOptions;
  readonly act?: (host: FakeHost) => Promise<void>;
}

const running = sampleJournal({ trials: 27, budget: 40, running: 2 });
const finished = sampleJournal({
  trials: 40,
  budget: 40,
  status: { kind: 'finished', reason: '40 trials are done' },
});
const many = sampleJournal({
  trials: 120,
  budget: 120,
  status: { kind: 'finished', reason: '120 trials are done' },
});
const several = sampleJournal({
  trials: 120,
  budget: 120,
  objectives: 2,
  status: { kind: 'finished', reason: '120 trials are done' },
});
const idle = { engine: undefined } as unknown as FakeHostOptions['state'] & object;

async function chooseFanova(host: FakeHost): Promise<void> {
  await host.page.getByLabel('Method').click();
  await host.page.getByRole('option', { name: 'fANOVA', exact: true }).click();
}

async function selectBest(host: FakeHost): Promise<void> {
  await host.page.locator('[role=row][aria-rowindex="4"]').click();
}

export const scenes: readonly Scene[] = [
  ...themes.flatMap(({ name: theme }): Scene[] => [
    {
      name: `results-running-${theme}`,
      options: { page: 'results', lines: running, theme },
      act: selectBest,
    },
    { name: `table-running-${theme}`, options: { page: 'table', lines: running, theme }, act: selectBest },
  ]),
  {
    name: 'results-finished',
    options: { page: 'results', lines: finished, state: idle, size: { width: 1500, height: 900 }, scale: 1 },
  },
  {
    name: 'results-hover',
    options: { page: 'results', lines: finished, state: idle, theme: 'light' },
    act: async (host) => {
      const plot = host.page.locator('sweet-history .plot');
      await plot.focus();
      for (let i = 0; i < 12; i++) await host.page.keyboard.press('ArrowRight');
      await host.page.locator('[role=row][aria-rowindex="3"]').hover();
    },
  },
  ...(
    [
      ['dark', 1400],
      ['high-contrast-light', 300],
    ] as const
  ).map(
    ([theme, width]): Scene => ({
      name: `overview-savers-${width}`,
      options: { page: 'results', lines: finished, state: idle, theme, size: { width, height: 900 } },
      act: async (host) => {
        await host.page.locator('sweet-history .save').first().focus();
        await host.page.locator('sweet-curves').hover();
      },
    }),
  ),
  {
    name: 'results-curve-hover',
    options: { page: 'results', lines: finished, state: idle },
    act: async (host) => {
      const box = (await host.page.locator('sweet-curves .u-over').boundingBox())!;
      await host.page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.75);
      await host.page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.8);
      await host.page.locator('sweet-table-bar button.icon').last().focus();
    },
  },
  {
    name: 'results-columns',
    options: { page: 'results', lines: finished, state: idle },
    act: async (host) => {
      await host.page.getByRole('button', { name: 'Columns' }).click();
    },
  },
  {
    name: 'results-log',
    options: { page: 'results', lines: finished, state: idle },
    act: async (host) => {
      await host.page.locator('sweet-history vscode-checkbox', { hasText: 'Log scale' }).click();
      await host.page.locator('sweet-curves vscode-checkbox', { hasText: 'Log scale' }).click();
      await host.page.locator('sweet-history vscode-checkbox', { hasText: 'Outliers' }).click();
    },
  },
  {
    name: 'results-narrow',
    options: { page: 'results', lines: running, size: { width: 560, height: 1000 } },
  },
  ...themes.flatMap(({ name: theme }): Scene[] =>
    (
      [
        'parallel',
        'slice',
        'importance',
        'contour',
        'rank',
        'timeline',
        'edf',
        'correlation',
        'calibration',
      ] as const
    ).map((tab) => ({
      name: `chart-${tab}-${theme}`,
      options: { page: 'results', lines: many, state: idle, theme },
      act: async (host) => {
        await host.page.locator(`#tab-${tab}`).click();
        await selectBest(host);
      },
    })),
  ),
  ...(['dark', 'high-contrast-light'] as const).flatMap((theme) =>
    ([300, 1400] as const).map(
      (width): Scene => ({
        name: `chart-errors-numbers-${theme}-${width}`,
        options: {
          page: 'results',
          lines: many,
          validation: sampleResiduals,
          state: idle,
          theme,
          size: { width, height: 800 },
        },
        act: async (host) => {
          await host.page.locator('#tab-errors').click();
        },
      }),
    ),
  ),
  ...(['dark', 'high-contrast-light'] as const).flatMap((theme) =>
    ([300, 1400] as const).map(
      (width): Scene => ({
        name: `chart-errors-classes-${theme}-${width}`,
        options: {
          page: 'results',
          lines: many,
          validation: sampleConfusion,
          state: idle,
          theme,
          size: { width, height: 800 },
        },
        act: async (host) => {
          await host.page.locator('#tab-errors').click();
        },
      }),
    ),
  ),
  ...(['dark', 'high-contrast-light'] as const).flatMap((theme) =>
    ([300, 1400] as const).map(
      (width): Scene => ({
        name: `chart-studies-${theme}-${width}`,
        options: {
          page: 'results',
          lines: many,
          peers: samplePeers,
          state: idle,
          theme,
          size: { width, height: 800 },
        },
        act: async (host) => {
          await host.page.locator('#tab-studies').click();
        },
      }),
    ),
  ),
  ...([300, 700, 1400] as const).map(
    (width): Scene => ({
      name: `chart-parallel-${width}`,
      options: { page: 'results', lines: many, state: idle, size: { width, height: 800 } },
      act: async (host) => {
        await host.page.locator('#tab-parallel').click();
      },
    }),
  ),
  ...themes.map(
    ({ name: theme }): Scene => ({
      name: `chart-fanova-${theme}`,
      options: { page: 'results', lines: many, state: idle, theme },
      act: async (host) => {
        await host.page.locator('#tab-importance').click();
        await chooseFanova(host);
      },
    }),
  ),
  ...([300, 700, 1400] as const).flatMap((width) =>
    (['slice', 'rank', 'calibration'] as const).map(
      (tab): Scene => ({
        name: `chart-${tab}-${width}`,
        options: { page: 'results', lines: many, state: idle, size: { width, height: 900 } },
        act: async (host) => {
          await host.page.locator(`#tab-${tab}`).click();
        },
      }),
    ),
  ),
  ...themes.map(
    ({ name: theme }): Scene => ({
      name: `chart-pareto-${theme}`,
      options: { page: 'results', lines: several, state: idle, theme },
      act: async (host) => {
        await host.page.locator('#tab-pareto').click();
        await selectBest(host);
      },
    }),
  ),
  ...([300, 700, 1400] as const).map(
    (width): Scene => ({
      name: `chart-pareto-${width}`,
      options: { page: 'results', lines: several, state: idle, size: { width, height: 800 } },
      act: async (host) => {
        await host.page.locator('#tab-pareto').click();
      },
    }),
  ),
  {
    name: 'results-filtered-grouped',
    options: { page: 'results', lines: many, state: idle, size: { width: 1400, height: 1000 } },
    act: async (host) => {
      await host.page.locator('#tab-parallel').click();
      await host.page
        .getByRole('textbox', { name: 'Filter the trials' })
        .fill('val_loss < 0.5 and optimizer.name in (adam, momentum)');
      await host.page.waitForTimeout(300);
      const box = (await host.page.locator('sweet-explorer .plot').boundingBox())!;
      const name = (await host.page.locator('sweet-explorer .axis').nth(4).boundingBox())!;
      const x = name.x + name.width / 2;
      await host.page.mouse.move(x, box.y + box.height * 0.3);
      await host.page.mouse.down();
      await host.page.mouse.move(x, box.y + box.height * 0.75, { steps: 3 });
      await host.page.mouse.up();
      await host.page.locator('sweet-table-bar vscode-dropdown').evaluate((element) => {
        (element as HTMLSelectElement).value = 'param:model.activation';
        element.dispatchEvent(new Event('change'));
      });
      await selectBest(host);
      await host.page.getByRole('button', { name: 'Details' }).click();
    },
  },
  {
    name: 'results-marks',
    options: {
      page: 'results',
      lines: sampleJournal({
        trials: 40,
        status: { kind: 'finished', reason: '40 trials are done' },
        marks: {
          32: { starred: true, note: 'Same on the old data', tags: ['candidate'] },
          16: { excluded: 'ran with the wrong seed' },
          10: { tags: ['candidate', 'small'] },
        },
      }),
      state: idle,
      size: { width: 1400, height: 1000 },
    },
    act: async (host) => {
      await selectBest(host);
      await host.page.getByRole('button', { name: 'Details' }).click();
      const head = host.page.locator('[role=columnheader]', { hasText: 'activation' });
      await head.hover();
      await head.locator('.funnel').click();
    },
  },
  { name: 'results-welcome', options: { page: 'results' } },
  { name: 'results-starting', options: { page: 'results', lines: sampleJournal({ trials: 0, budget: 40 }) } },
  { name: 'results-one', options: { page: 'results', lines: sampleJournal({ trials: 1, budget: 40 }) } },
  {
    name: 'results-failed',
    options: {
      page: 'results',
      lines: sampleJournal({
        trials: 6,
        budget: 6,
        allFail: true,
        status: { kind: 'finished', reason: '6 trials are done' },
      }),
      state: idle,
    },
  },
  {
    name: 'results-file-wins',
    options: {
      page: 'results',
      lines: sampleJournal({
        trials: 30,
        fileWins: true,
        status: { kind: 'stopped', reason: 'stopped by you' },
      }),
      state: idle,
      theme: 'light',
    },
  },
  { name: 'results-lost', options: { page: 'results', lines: running, state: idle } },
  {
    name: 'results-10k',
    options: { page: 'results', lines: sampleJournal({ trials: 10_000, steps: 3 }) },
    act: async (host) => {
      await host.page.waitForTimeout(4000);
    },
  },
  { name: 'table-200', options: { page: 'table', lines: running, size: { width: 200, height: 500 } } },
  {
    name: 'table-600',
    options: { page: 'table', lines: finished, state: idle, size: { width: 600, height: 500 } },
  },
  { name: 'table-welcome', options: { page: 'table', theme: 'light' } },
  {
    name: 'table-failed',
    options: {
      page: 'table',
      lines: sampleJournal({
        trials: 6,
        allFail: true,
        status: { kind: 'finished', reason: '6 trials are done' },
      }),
      state: idle,
    },
  },
];
