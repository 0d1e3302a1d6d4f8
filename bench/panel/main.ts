/**
 * How fast the results panel is: `npm run bench:panel -- [--quick] [--json FILE] [--trials N]`. The built page in
 * headless Chromium, with the extension's part played in a worker; then the extension in a real VS Code. Needs
 * `npm run build` first. Compared with what issue 6 asks for; with `--dashboard URL --study FILE` instead with a running
 * optuna-dashboard, started on what `--make-study FILE` wrote.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import esbuild from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { themes } from '../../test/webview/support/themes.js';
import { loadTime } from './activation.js';
import { compareWithDashboard, makeStudy, median } from './dashboard.js';
import { measureHost } from './vscode.js';

interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly versus: string | null;
  readonly ratio: number | null;
}

const ROOT = process.cwd();
const ORIGIN = 'http://panel.bench';
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    trials: { type: 'string' },
    dashboard: { type: 'string' },
    study: { type: 'string' },
    'make-study': { type: 'string' },
    reports: { type: 'boolean', default: false },
  },
});
const trials = Number(options.trials ?? (options.quick ? 10_000 : 100_000));
const results: Result[] = [];

/** `goal`: what the value should stay below. */
function record(name: string, value: number, unit: string, goal: number | null): void {
  results.push({
    name,
    value,
    unit,
    versus: goal === null ? null : `goal ${goal} ${unit}`,
    ratio: goal === null ? null : value / goal,
  });
  const verdict = goal === null ? '' : `  (goal ${goal} ${unit}: ${value <= goal ? 'reached' : 'missed'})`;
  console.log(`${name.padEnd(46)} ${value.toFixed(value < 10 ? 2 : 0).padStart(8)} ${unit}${verdict}`);
}

/** Ties the page to the worker that plays the extension, and the benchmark, too. */
const STAND_IN = `
  const worker = new Worker('/host.js');
  const waiting = [];
  worker.addEventListener('message', ({ data }) => {
    if ('bench' in data) waiting.shift()(data.bench);
    else window.dispatchEvent(new MessageEvent('message', { data }));
  });
  const ask = (bench) => (...args) => new Promise((done) => { waiting.push(done); worker.postMessage({ bench, args }); });
  window.bench = { prepare: ask('prepare'), load: ask('load'), append: ask('append'), stream: ask('stream') };
  window.acquireVsCodeApi = () => ({
    getState: () => undefined,
    setState: () => undefined,
    postMessage: (message) => worker.postMessage(message),
  });
`;

async function hostScript(): Promise<string> {
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(ROOT, 'bench/panel/host.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'chrome120',
  });
  return outputFiles[0]?.text ?? '';
}

async function openPanel(
  browser: Browser,
  host: string,
  shown: 'results' | 'table' = 'results',
): Promise<Page> {
  const width = shown === 'results' ? 1400 : 300;
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  const page = await context.newPage();
  const theme = themes[0]!;
  const css = Object.entries(theme.variables).map(([key, value]) => `--vscode-${key}: ${value};`);
  await page.route(`${ORIGIN}/**`, async (route) => {
    const url = route.request().url();
    if (url.endsWith('/webview.js')) {
      await route.fulfill({
        contentType: 'text/javascript',
        body: await readFile(join(ROOT, 'dist/webview.js')),
      });
    } else if (url.endsWith('/host.js')) await route.fulfill({ contentType: 'text/javascript', body: host });
    else {
      await route.fulfill({
        contentType: 'text/html',
        body: `<!DOCTYPE html><html lang="en"><head><title>bench</title><style>:root{${css.join('')}}</style></head><body class="${theme.bodyClass}" data-page="${shown}"><script>${STAND_IN}</script></body></html>`,
      });
    }
  });
  page.on('pageerror', (error) => console.error(String(error)));
  await page.goto(`${ORIGIN}/`);
  return page;
}

/** Helpers inside the page; evaluated once per page. */
const HELPERS = `(() => {
  const deep = (selector, root = document) => {
    const own = root.querySelector(selector);
    if (own) return own;
    for (const element of root.querySelectorAll('*')) {
      const found = element.shadowRoot && deep(selector, element.shadowRoot);
      if (found) return found;
    }
    return null;
  };
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const painted = async () => { await frame(); await frame(); };
  const until = async (test) => { while (!test()) await frame(); };
  const rows = () => Number(deep('[role=grid]')?.getAttribute('aria-rowcount') ?? 0) - 1;
  const timed = async (work, done) => { const t = performance.now(); work(); await until(done); await painted(); return performance.now() - t; };
  const frames = async (count, each) => {
    const times = []; let last = performance.now();
    for (let i = 0; i < count; i++) { each(i); await frame(); const now = performance.now(); times.push(now - last); last = now; }
    times.sort((a, b) => a - b);
    return times[Math.floor(times.length * 0.95)];
  };
  Object.assign(window, { deep, frame, painted, until, rows, timed, frames });
})()`;

async function longStudy(browser: Browser, host: string): Promise<void> {
  const page = await openPanel(browser, host);
  await page.evaluate(HELPERS);
  const bytes = await page.evaluate<number>(`bench.prepare(${trials}, 1, 0)`);
  console.log(`${trials} trials, a journal of ${(bytes / 1e6).toFixed(0)} MB`);
  const client = await page.context().newCDPSession(page);
  const heap = async (): Promise<number> => {
    await client.send('HeapProfiler.collectGarbage');
    const { usedSize, backingStorageSize = 0 } = (await client.send('Runtime.getHeapUsage')) as {
      usedSize: number;
      backingStorageSize?: number;
    };
    return (usedSize + backingStorageSize) / 1e6;
  };
  const before = await heap();
  const opened = await page.evaluate<{ script: number; first: number; all: number }>(`(async () => {
    const script = document.createElement('script');
    script.src = '/webview.js';
    const began = performance.now();
    const loaded = new Promise((done) => { script.onload = done; });
    document.body.append(script);
    await loaded;
    const ready = performance.now();
    await until(() => rows() > 0);
    await painted();
    const first = performance.now();
    await until(() => rows() >= ${trials});
    await painted();
    return { script: ready - began, first: first - began, all: performance.now() - began };
  })()`);
  const limit = trials >= 100_000 ? 1000 : null;
  record('script loaded and run', opened.script, 'ms', null);
  record('first picture, of what has arrived', opened.first, 'ms', limit);
  record(`all ${trials} trials in the table and the charts`, opened.all, 'ms', limit);
  await page.waitForTimeout(1500);
  record('memory for the study', (await heap()) - before, 'MB', 250);

  const sort = await page.evaluate<number>(
    `(() => { const heads = () => [...deep('sweet-wide-table').shadowRoot.querySelectorAll('[role=columnheader]')];
      const head = heads().find((one) => one.textContent.includes('dropout'));
      return timed(() => head.click(), () => head.getAttribute('aria-sort') !== 'none'); })()`,
  );
  record('sort by a parameter', sort, 'ms', 150);
  const filter = (most: number): Promise<number> =>
    page.evaluate<number>(
      `(() => { const input = deep('sweet-filter-bar').shadowRoot.querySelector('input');
      const all = rows();
      return timed(() => { input.value = 'model.dropout < ${most} and state = complete'; input.dispatchEvent(new Event('change')); }, () => rows() < all); })()`,
    );
  const clear = (): Promise<number> =>
    page.evaluate<number>(
      `(() => { const some = rows(); return timed(() => deep('sweet-filter-bar').shadowRoot.querySelector('.clear').click(), () => rows() > some); })()`,
    );
  record('filter by an expression, the first time', await filter(0.1), 'ms', 100);
  record('clear the filter, the first time', await clear(), 'ms', 100);
  const again: (readonly [number, number])[] = [];
  for (const most of [0.15, 0.2, 0.25, 0.3, 0.35]) again.push([await filter(most), await clear()]);
  record('filter by another, median of five', median(again.map(([to]) => to)), 'ms', 100);
  record('clear it, median of five', median(again.map(([, back]) => back)), 'ms', 100);
  const scroll = await page.evaluate<number>(
    `(() => { const scroller = deep('sweet-wide-table').shadowRoot.querySelector('.scroller');
      return frames(90, (i) => { scroller.scrollTop = i * 1700; }); })()`,
  );
  record('scrolling, frame at the 95th percentile', scroll, 'ms', 33);
  await page.evaluate(`(async () => { deep('#tab-parallel').click(); await painted(); await painted(); })()`);
  const brush = await page.evaluate<number>(`(async () => {
    const plot = deep('sweet-explorer').shadowRoot.querySelector('.plot');
    const axis = plot.querySelectorAll('.axis')[2].getBoundingClientRect();
    const box = plot.getBoundingClientRect();
    const x = axis.left + axis.width / 2;
    const send = (kind, y) => plot.dispatchEvent(new PointerEvent(kind, { clientX: x, clientY: y, button: 0, pointerId: 1, bubbles: true }));
    plot.setPointerCapture = () => {};
    send('pointerdown', box.top + 60);
    const p95 = await frames(40, (i) => send('pointermove', box.top + 66 + i * 4));
    send('pointerup', box.top + 66 + 160);
    return p95;
  })()`);
  record('brushing an axis, frame at the 95th percentile', brush, 'ms', 33);
  for (const tab of ['slice', 'importance', 'contour', 'timeline', 'edf', 'correlation']) {
    const drawn = await page.evaluate<number>(
      `(async () => { deep('sweet-filter-bar').shadowRoot.querySelector('.clear')?.click(); await painted();
        return timed(() => deep('#tab-${tab}').click(), () => deep('#tab-${tab}').getAttribute('aria-selected') === 'true'); })()`,
    );
    record(`chart: ${tab}`, drawn, 'ms', null);
  }
  await page.context().close();
}

/** The table of the side bar. */
async function sideBar(browser: Browser, host: string): Promise<void> {
  const page = await openPanel(browser, host, 'table');
  await page.evaluate(HELPERS);
  await page.evaluate(`bench.prepare(${trials}, 1, 0)`);
  const { all, scroll } = await page.evaluate<{ all: number; scroll: number }>(`(async () => {
    const script = document.createElement('script');
    script.src = '/webview.js';
    const began = performance.now();
    document.body.append(script);
    await until(() => rows() >= ${trials});
    await painted();
    const all = performance.now() - began;
    await new Promise((done) => setTimeout(done, 1500));
    const scroller = deep('sweet-compact-table').shadowRoot.querySelector('.scroller');
    return { all, scroll: await frames(90, (i) => { scroller.scrollTop = i * 1700; }) };
  })()`);
  record(`side bar: all ${trials} trials`, all, 'ms', trials >= 100_000 ? 1000 : null);
  record('side bar: scrolling, frame at the 95th percentile', scroll, 'ms', 33);
  await page.context().close();
}

async function streaming(browser: Browser, host: string): Promise<void> {
  const page = await openPanel(browser, host);
  await page.evaluate(HELPERS);
  const [curves, steps, rate] = options.quick ? [1000, 10, 1000] : [1000, 100, 1000];
  await page.evaluate(`bench.prepare(${Math.ceil(curves * 1.1) + 1}, 5, ${Math.ceil(curves * 1.1)})`);
  const outcome = await page.evaluate<{ p95: number; said: number; seen: number }>(`(async () => {
    const script = document.createElement('script');
    script.src = '/webview.js';
    document.body.append(script);
    await until(() => rows() >= ${curves});
    await painted();
    let over = false;
    const talking = bench.stream(${curves}, ${steps}, ${rate}).then(() => { over = true; });
    const times = []; let last = performance.now();
    while (!over) { await frame(); const now = performance.now(); times.push(now - last); last = now; }
    await talking;
    await new Promise((done) => setTimeout(done, 1500));
    times.sort((a, b) => a - b);
    const app = document.querySelector('sweet-results').app;
    const seen = app.feed.view.value.trials.reduce((sum, trial) => sum + trial.reports.filter((one) => one.step >= 1000).length, 0);
    return { p95: times[Math.floor(times.length * 0.95)], said: ${curves * steps}, seen };
  })()`);
  record(`${curves} curves at ${rate} reports/s, frame at the 95th percentile`, outcome.p95, 'ms', 33);
  record('reports lost', outcome.said - outcome.seen, 'reports', 0);
  await page.context().close();
}

async function alone(browser: Browser, host: string): Promise<void> {
  record(
    'extension: loading its script, processor time',
    loadTime(join(ROOT, 'dist/extension.cjs'), 9),
    'ms',
    40,
  );
  record(
    'page: its script, compressed',
    gzipSync(await readFile(join(ROOT, 'dist/webview.js'))).length / 1000,
    'kB',
    350,
  );
  await longStudy(browser, host);
  await sideBar(browser, host);
  await streaming(browser, host);
}

/** In a real VS Code: the process that runs the extension, and with it all others. */
async function inVsCode(): Promise<void> {
  const curves = options.quick ? 100 : 1000;
  const { activateMs, long, live } = await measureHost(ROOT, {
    trials,
    curves,
    epochs: 100,
    perSecond: 1000,
  });
  const said = `in VS Code, ${trials} trials:`;
  record('in VS Code: activation', activateMs, 'ms', 40);
  record(`${said} read from disk`, long.readMs, 'ms', null);
  record(`${said} longest hold-up while reading`, long.readLongest, 'ms', 100);
  record(`${said} the tree's ${long.treeNodes} rows`, long.treeMs, 'ms', 100);
  record(`${said} given to the panel`, long.openMs, 'ms', null);
  record(`${said} longest hold-up meanwhile`, long.openLongest, 'ms', 100);
  const sweep = `in VS Code, a sweep of ${curves} trials:`;
  record(`${sweep} reports a second`, live.perSecond, '', null);
  record(`${sweep} extension host`, live.hostCores * 100, '% of a core', 25);
  if (live.engineCores !== null) record(`${sweep} engine`, live.engineCores * 100, '% of a core', null);
  record(`${sweep} longest hold-up`, live.hostLongest, 'ms', 100);
  record(`${sweep} reports lost`, live.lost, 'reports', 0);
}

async function beside(browser: Browser, host: string, dashboard: string): Promise<void> {
  if (options.study === undefined)
    throw new Error('--dashboard needs --study FILE, the journal that it was started on.');
  await compareWithDashboard({
    browser,
    openPanel: async () => {
      const page = await openPanel(browser, host);
      await page.evaluate(HELPERS);
      return page;
    },
    url: dashboard.replace(/\/+$/, ''),
    file: options.study,
    openings: options.quick ? 1 : 5,
    growth: options.quick ? 20 : 60,
    record: (name, ours, theirs, unit) => {
      const versus = `optuna-dashboard ${theirs.toPrecision(3)} ${unit}`;
      results.push({ name, value: ours, unit, versus, ratio: ours / theirs });
      console.log(
        `${name.padEnd(58)} ${ours.toPrecision(3)} ${unit} beside ${theirs.toPrecision(3)}: 1/${(theirs / ours).toFixed(1)} (goal 1/10)`,
      );
    },
  });
}

async function measure(): Promise<void> {
  const host = await hostScript();
  // Loaded where it lies: the driver of the browser finds its own files beside it.
  const { startBrowser } = (await import(
    pathToFileURL(join(ROOT, 'scripts/vscode/browser.mjs')).href
  )) as typeof import('../../scripts/vscode/browser.mjs');
  const browser = await startBrowser();
  try {
    if (options.dashboard === undefined) await alone(browser, host);
    else await beside(browser, host, options.dashboard);
  } finally {
    await browser.close();
  }
  if (options.dashboard === undefined) await inVsCode();
  if (options.json) await writeFile(options.json, `${JSON.stringify(results, null, 2)}\n`);
}

if (options['make-study'] === undefined) await measure();
else await makeStudy(options['make-study'], Number(options.trials ?? 10_000), options.reports);
