/**
 * What is to be looked at, and looks as it did: every chart, a trial's page, and what stands in place of them while there
 * is nothing to show. Each is a study, perhaps other circumstances and a few movements; themes and widths come on top.
 */
import type { FakeHost, FakeHostOptions } from './fake-host.js';
import { samplePeers } from './sample-peers.js';
import { sampleJournal, sampleRef } from './sample-study.js';
import { sampleConfusion, sampleResiduals } from './sample-validation.js';

export interface Pictured {
  readonly name: string;
  /** Left out: the finished study on the results page. Those that are the same object share a page. */
  readonly options?: Partial<FakeHostOptions>;
  /** What is seen of the page; left out: all of it. */
  readonly element?: string;
  readonly act?: (host: FakeHost) => Promise<void>;
  readonly widths: readonly number[];
}

/** When the samples begin, and when the page’s clock stands still. */
const START = Date.UTC(2026, 0, 5, 9);
export const NOW = START + 600_000;

export const idle = { engine: undefined } as unknown as FakeHostOptions['state'] & object;
const choices = { trials: 40, budget: 40, start: START } as const;
const status = { kind: 'finished', reason: '40 trials are done' } as const;

const done = sampleJournal({ ...choices, status });
const finished: Partial<FakeHostOptions> = {
  lines: done,
  state: idle,
  peers: samplePeers,
  validation: sampleConfusion,
};
const regression: Partial<FakeHostOptions> = { ...finished, validation: sampleResiduals };
const several: Partial<FakeHostOptions> = {
  lines: sampleJournal({ ...choices, status, objectives: 2 }),
  state: idle,
};

export const usual = finished;

const WIDTHS = [300, 700, 1400] as const;
const NARROW = [300, 700] as const;

const openTab =
  (tab: string) =>
  async ({ page }: FakeHost): Promise<void> => {
    await page.locator(`#tab-${tab}`).click();
    await page.mouse.move(0, 0);
  };

/** A focus ring comes and goes with how a control was used. */
const loseFocus = ({ page }: FakeHost): Promise<void> =>
  page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    (element as HTMLElement | null)?.blur();
  });

async function chooseFanova({ page }: FakeHost): Promise<void> {
  await page.getByLabel('Method').click();
  await page.getByRole('option', { name: 'fANOVA', exact: true }).click();
  await page.mouse.move(0, 0);
}

const explored = (tab: string): Pictured => ({
  name: tab,
  element: 'sweet-explorer',
  act: openTab(tab),
  widths: WIDTHS,
});

export const charts: readonly Pictured[] = [
  { name: 'history', element: 'sweet-history', act: openTab('overview'), widths: WIDTHS },
  { name: 'curves', element: 'sweet-curves', act: openTab('overview'), widths: WIDTHS },
  ...[
    'parallel',
    'slice',
    'contour',
    'rank',
    'timeline',
    'edf',
    'correlation',
    'calibration',
    'importance',
  ].map(explored),
  {
    ...explored('importance'),
    name: 'fanova',
    act: async (host) => {
      await openTab('importance')(host);
      await chooseFanova(host);
      await loseFocus(host);
    },
  },
  { ...explored('pareto'), options: several },
  explored('studies'),
  { ...explored('errors'), name: 'confusion' },
  { ...explored('errors'), name: 'residuals', options: regression },
];

/** Opens the page of the trial in a row of the table. */
const openTrial =
  (row: number) =>
  async (host: FakeHost): Promise<void> => {
    await host.page.locator(`[role=row][aria-rowindex="${row}"]`).click();
    await host.page.getByRole('button', { name: 'Details' }).click();
    await host.page.locator('sweet-trial').waitFor();
    await host.page.mouse.move(0, 0);
    await loseFocus(host);
  };

export const trialPages: readonly Pictured[] = [
  { name: 'trial', element: 'sweet-trial', act: openTrial(4), widths: NARROW },
];

const running = sampleJournal({ ...choices, trials: 27, running: 2 });
const over = { kind: 'finished', reason: '6 trials are done' } as const;
const failed = sampleJournal({ ...choices, trials: 6, budget: 6, allFail: true, status: over });
const broken = { kind: 'error', reason: 'out of disk space (ENOSPC) while writing iris.jsonl' } as const;
const foreign = sampleJournal({ ...choices, trials: 27, running: 2, foreign: true });

const partShown = async ({ page }: FakeHost): Promise<void> =>
  page.getByText('Reading the study: 16 of 40 trials').waitFor();

const states: readonly (readonly [string, Partial<FakeHostOptions>, Pictured['act']?])[] = [
  ['no-study', {}],
  ['untrusted', { lines: done, state: { ...idle, trusted: false } }],
  ['crashed', { lines: running, state: idle }],
  ['error', { lines: sampleJournal({ ...choices, trials: 27, status: broken }), state: idle }],
  ['one-trial', { lines: sampleJournal({ ...choices, trials: 1 }) }],
  ['all-failed', { lines: failed, state: idle }],
  ['half-read', { lines: done, state: idle, whole: true, partial: true }, partShown],
  ['unfinished-import', { lines: foreign, state: { ...idle, study: { ...sampleRef, foreign: true } } }],
];

/** Each beside the sidebar's table in the same state. */
export const statePages: readonly Pictured[] = states.flatMap(([name, options, act]): Pictured[] => [
  { name: `state-${name}`, options, ...(act && { act }), widths: NARROW },
  { name: `state-${name}-table`, options: { ...options, page: 'table' }, ...(act && { act }), widths: [300] },
]);
