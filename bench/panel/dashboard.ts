/**
 * The panel beside optuna-dashboard: both opened on the same Optuna journal in the same Chromium, in one run. The
 * dashboard is a running one, of any version and wherever it came from; nothing of it is here. Two things are measured
 * of each: how long until the history is painted with every completed trial, from the start of the navigation, and what
 * processor time the page's main thread took for it; and what it takes while trials are added to the journal one by one.
 */
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { type ForeignStudy, recordsOfForeign, viewForeign } from '../../src/core/exchange/foreign-study.js';
import { readOptunaJournal } from '../../src/core/exchange/optuna-journal.js';
import { foreignOfOptuna } from '../../src/core/exchange/optuna-study.js';
import { optunaJournal } from '../../src/core/exchange/to-optuna.js';
import { parseJson, printJson, printLine } from '../../src/core/study/journal/line.js';
import type { JournalRecord } from '../../src/core/study/journal/records.js';
import { StudyReducer } from '../../src/core/study/journal/reduce.js';
import { askRecords, reportRecord, tellRecords } from '../../src/core/study/journal/write.js';
import { plainTrial } from '../../src/core/study/packed/trials.js';
import type { Study } from '../../src/core/study/trial.js';
import { sampleJournal } from '../../test/webview/support/sample-study.js';

const WORKER = 'bench';
const OPENING_LIMIT = 120_000;

/**
 * Writes a study as an Optuna journal, for a dashboard to be started on. `reports`: with its learning curves, of which
 * the dashboard draws a line for each.
 */
export async function makeStudy(file: string, trials: number, reports: boolean): Promise<void> {
  const reducer = new StudyReducer();
  for (const line of sampleJournal({ trials, steps: 10 })) reducer.apply(parseJson(line) as JournalRecord);
  const { study } = reducer;
  const shown = reports
    ? study
    : { ...study, trials: study.trials.map((trial) => ({ ...plainTrial(trial), reports: [] })) };
  await writeFile(file, optunaJournal(shown, 'sample'));
}

/** Milliseconds: by the clock, and of the main thread's processor time. */
interface Opening {
  readonly elapsed: number;
  readonly busy: number;
}

export interface Comparison {
  readonly browser: Browser;
  /** A page with the extension's part in it, without the panel's script. */
  readonly openPanel: () => Promise<Page>;
  /** Of the dashboard. */
  readonly url: string;
  /** The journal that it shows. Trials are added to it. */
  readonly file: string;
  /** Times each is opened, by turns; the median counts. */
  readonly openings: number;
  /** Trials added, one a second. */
  readonly growth: number;
  readonly record: (name: string, ours: number, theirs: number, unit: string) => void;
}

export async function compareWithDashboard(comparison: Comparison): Promise<void> {
  const { url, file, openings, growth, record, openPanel, browser } = comparison;
  const foreign = await studyOf(file);
  const { study } = viewForeign(foreign);
  const complete = study.trials.filter(({ state }) => state === 'complete').length;
  const id = await dashboardStudy(url, foreign.name, study.trials.length);
  const theirs = `${url}/dashboard/studies/${id}`;
  console.log(
    `${study.trials.length} trials, ${complete} of them complete, in both; each opened ${openings} times`,
  );

  const ours = recordsOfForeign(foreign).map(printLine).join('');
  const opened: Record<'ours' | 'theirs', Opening[]> = { ours: [], theirs: [] };
  let panel: Page | undefined;
  let dashboard: Page | undefined;
  for (let round = 0; round < openings; round++) {
    await dashboard?.context().close();
    dashboard = await newPage(browser);
    opened.theirs.push(await openDashboard(dashboard, theirs, complete));
    await panel?.context().close();
    panel = await openPanel();
    opened.ours.push(await openOurs(panel, ours, study.trials.length));
  }
  if (!panel || !dashboard) return;
  for (const [name, what] of [
    ['first useful picture: history with all trials', 'elapsed'],
    ['main thread until then', 'busy'],
  ] as const) {
    const of = (all: readonly Opening[]): number => median(all.map((one) => one[what]));
    record(name, of(opened.ours), of(opened.theirs), 'ms');
  }

  // The same trials to both, one after the other, so that neither disturbs the other.
  const added = furtherTrials(study, growth);
  const seen = requestsOf(dashboard, `/api/studies/${id}?`);
  await settled(dashboard);
  const asked = seen.count;
  const theirTime = await busyTime(dashboard, () => arrive(added, (text) => appendFile(file, text), 22_000));
  const updates = seen.count - asked;
  await dashboard.context().close();
  await settled(panel);
  const page = panel;
  const ourTime = await busyTime(page, () =>
    arrive(added, (text) => page.evaluate(`bench.append(${JSON.stringify(text)})`), 2000),
  );
  await panel.context().close();
  console.log(
    `${growth} trials came, one a second; the dashboard asked ${updates} times, the panel was told ${growth} times`,
  );
  record('main thread for one update of the page', ourTime / growth, theirTime / Math.max(1, updates), 'ms');
  record('main thread for one new trial, one a second', ourTime / growth, theirTime / growth, 'ms');
}

async function studyOf(file: string): Promise<ForeignStudy> {
  const studies = readOptunaJournal(await readFile(file, 'utf8'));
  if (typeof studies === 'string') throw new Error(`${file}: ${studies}`);
  if (studies.length !== 1 || !studies[0])
    throw new Error(`${file} holds ${studies.length} studies; give one with one.`);
  return foreignOfOptuna(studies[0]);
}

/** The id of the study on the server, which has read all of it afterwards: what is measured are two warm ones. */
async function dashboardStudy(url: string, name: string, trials: number): Promise<number> {
  const get = async (path: string): Promise<Record<string, unknown>> => {
    const answer = await fetch(url + path);
    if (!answer.ok)
      throw new Error(`${url}${path} answers ${answer.status}. Is optuna-dashboard running there?`);
    return (await answer.json()) as Record<string, unknown>;
  };
  const { study_summaries: all } = (await get('/api/studies')) as {
    study_summaries: readonly { study_id: number; study_name: string }[];
  };
  const id = all.find(({ study_name }) => study_name === name)?.study_id;
  if (id === undefined) throw new Error(`The dashboard at ${url} has no study "${name}".`);
  const { trials: there } = (await get(`/api/studies/${id}?after=0`)) as { trials: readonly unknown[] };
  if (there.length !== trials) {
    throw new Error(
      `The dashboard has ${there.length} trials of "${name}", the file ${trials}. Start it on this file.`,
    );
  }
  // Its first answer costs the server more than any later one.
  await fetch(`${url}/api/studies/${id}/param_importances`);
  return id;
}

async function newPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  return context.newPage();
}

/** Time until Plotly's history has a mark for every completed trial and two frames were drawn since. */
async function openDashboard(page: Page, url: string, complete: number): Promise<Opening> {
  await page.addInitScript(`window.painted = new Promise((done) => {
    const look = () => {
      const plot = [...document.querySelectorAll('.js-plotly-plot')].find((one) =>
        (one.data ?? []).some(({ mode, x }) => mode === 'markers' && (x?.length ?? 0) >= ${complete}));
      if (plot && plot.querySelectorAll('.points path').length >= ${complete})
        requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())));
      else requestAnimationFrame(look);
    };
    look();
  })`);
  const thread = await mainThread(page);
  const before = await thread();
  await page.goto(url, { waitUntil: 'commit', timeout: OPENING_LIMIT });
  const elapsed = await page.evaluate<number>('painted');
  return { elapsed, busy: (await thread()) - before };
}

/**
 * The same for the panel. The extension's part, which has read the study as the server has, is made ready in the page
 * beforehand and not counted; the document's own way here is.
 */
async function openOurs(page: Page, journal: string, trials: number): Promise<Opening> {
  await page.evaluate(`bench.load(${JSON.stringify(journal)})`);
  const thread = await mainThread(page);
  const before = await thread();
  const elapsed = await page.evaluate<number>(`(async () => {
    const script = document.createElement('script');
    script.src = '/webview.js';
    const began = performance.now();
    document.body.append(script);
    await until(() => deep('sweet-history')?.shadowRoot.querySelector('.plot')?.ariaLabel?.includes(': ${trials} trials,')
      && !deep('sweet-history').shadowRoot.querySelector('canvas').hidden);
    await painted();
    return performance.getEntriesByType('navigation')[0].responseEnd + performance.now() - began;
  })()`);
  return { elapsed, busy: (await thread()) - before };
}

/** Further trials like those that there are, each as the lines that any reader of Optuna's journals takes. */
function furtherTrials(study: Study, count: number): readonly string[] {
  const models = study.trials.filter(({ state }) => state === 'complete');
  const metric = study.objectives[0]?.metric ?? 'value';
  return Array.from({ length: count }, (_, index) => {
    const { params, reports, objectives = [], values } = models[(index * 37) % models.length]!;
    const number = study.trials.length + index;
    const now = new Date().toISOString().replace('Z', '000+00:00');
    return [
      ...askRecords(WORKER, study.space, { params, sampler: 'bench', reason: 'once more' }, 0, now),
      ...reports.map(({ step, metrics }) => reportRecord(WORKER, number, step, metrics, metric)),
      ...tellRecords(WORKER, number, { state: 'complete', objectives, values }, now),
    ]
      .map((record) => `${printJson(record)}\n`)
      .join('');
  });
}

/** One a second, and some time for the last to be seen. */
async function arrive(
  trials: readonly string[],
  add: (lines: string) => Promise<unknown>,
  after: number,
): Promise<void> {
  for (const lines of trials) {
    await add(lines);
    await sleep(1000);
  }
  await sleep(after);
}

/** Asks for the processor time that the page's main thread has had so far, in milliseconds. */
async function mainThread(page: Page): Promise<() => Promise<number>> {
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await client.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  };
}

/** What the main thread took while the work was done. */
async function busyTime(page: Page, work: () => Promise<void>): Promise<number> {
  const thread = await mainThread(page);
  const before = await thread();
  await work();
  return (await thread()) - before;
}

/** Waits until the page has nothing left to do for having been opened. */
async function settled(page: Page): Promise<void> {
  const thread = await mainThread(page);
  for (let round = 0; round < 60; round++) {
    const before = await thread();
    await sleep(1000);
    if ((await thread()) - before < 50) return;
  }
}

function requestsOf(page: Page, path: string): { readonly count: number } {
  const seen = { count: 0 };
  page.on('response', (response) => {
    if (response.url().includes(path)) seen.count++;
  });
  return seen;
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
