/** Coming nearer to a part of a chart: the same gestures on every one, seen in the picture itself. */
import { createHash } from 'node:crypto';
import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { useBrowser } from './support/browser.js';
import type { FakeHost, FakeHostOptions } from './support/fake-host.js';
import { samplePeers } from './support/sample-peers.js';
import { sampleJournal } from './support/sample-study.js';
import { sampleResiduals } from './support/sample-validation.js';

const open = useBrowser();
const idle = { engine: undefined } as never;
const status = { kind: 'finished', reason: '60 trials are done' } as const;
const one = sampleJournal({ trials: 60, status });
const several = sampleJournal({ trials: 60, status, objectives: 2 });

interface Chart {
  readonly tab: string;
  readonly element?: string;
  readonly options?: Partial<FakeHostOptions>;
  /** Where on the plot something is to be seen, as shares of its width and height; else the middle. */
  readonly at?: readonly [number, number];
}

const charts: readonly (readonly [string, Chart])[] = [
  ['optimization history', { tab: 'overview', element: 'sweet-history' }],
  ['learning curves', { tab: 'overview', element: 'sweet-curves' }],
  // Over the axis of the metric, which stands last.
  ['parallel coordinates', { tab: 'parallel', at: [0.94, 0.5] }],
  ['slice', { tab: 'slice', at: [0.1, 0.25] }],
  ['contour', { tab: 'contour' }],
  ['rank plot', { tab: 'rank' }],
  ['timeline', { tab: 'timeline' }],
  ['distribution', { tab: 'edf' }],
  ['Pareto front', { tab: 'pareto', options: { lines: several }, at: [0.3, 0.5] }],
  ['calibration', { tab: 'calibration', at: [0.3, 0.5] }],
  ['comparison of studies', { tab: 'studies', options: { peers: samplePeers }, at: [0.25, 0.6] }],
  ['residuals', { tab: 'errors', options: { validation: sampleResiduals }, at: [0.25, 0.5] }],
];

async function shown({ tab, element = 'sweet-explorer', options }: Chart): Promise<[FakeHost, Locator]> {
  const host = await open({ page: 'results', lines: one, state: idle, ...options });
  await host.page.locator(`#tab-${tab}`).click();
  // Two numbers, so that both directions can be zoomed.
  if (tab === 'contour' || tab === 'rank') {
    for (const [label, name] of [
      ['Horizontal axis', 'dropout'],
      ['Vertical axis', 'learningRate'],
    ] as const) {
      await host.page.getByLabel(label).click();
      await host.page.getByRole('option', { name, exact: true }).click();
    }
  }
  const plot = host.page.locator(`${element} .plot`);
  await plot.locator('canvas').first().waitFor();
  return [host, plot];
}

/** What is on the plot's canvas, in short, once two looks at it are the same; the pointer is kept away. */
async function picture(host: FakeHost, plot: Locator): Promise<string> {
  await host.page.mouse.move(2, 2);
  const take = async (): Promise<string> => {
    const canvas = plot.locator('canvas').first();
    const pixels = await canvas.evaluate(async (element: HTMLCanvasElement) => {
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      return element.toDataURL();
    });
    return createHash('sha1').update(pixels).digest('hex');
  };
  let before = await take();
  for (;;) {
    const now = await take();
    if (now === before) return now;
    before = now;
  }
}

describe.each(charts)('the %s', (_name, chart) => {
  it('comes nearer by the wheel, a box and the keys, moves, and shows the whole again', async () => {
    const [host, plot] = await shown(chart);
    const { page } = host;
    const reset = page.getByRole('button', { name: 'Reset zoom' });
    const [across, down] = chart.at ?? [0.5, 0.5];
    const box = (await plot.boundingBox())!;
    const place = (dx: number, dy: number) =>
      [box.x + box.width * across + dx, box.y + box.height * down + dy] as const;
    const drag = async (key: string, [x, y]: readonly [number, number]): Promise<void> => {
      await page.mouse.move(...place(-10, -10));
      await page.keyboard.down(key);
      await page.mouse.down();
      await page.mouse.move(...place(x, y), { steps: 3 });
      await page.mouse.up();
      await page.keyboard.up(key);
    };
    const whole = await picture(host, plot);
    expect(await reset.count()).toBe(0);

    await page.mouse.move(...place(0, 0));
    await page.keyboard.down('Control');
    for (let i = 0; i < 3; i++) await page.mouse.wheel(0, -100);
    await page.keyboard.up('Control');
    await reset.waitFor();
    const wheeled = await picture(host, plot);
    expect(wheeled).not.toBe(whole);
    await drag('Alt', [12, 14]);
    expect(await picture(host, plot)).not.toBe(wheeled);
    await reset.click();
    expect(await picture(host, plot)).toBe(whole);
    expect(await reset.count()).toBe(0);

    await drag('Shift', [20, 20]);
    await reset.waitFor();
    expect(await picture(host, plot)).not.toBe(whole);
    expect(await page.locator('[role=row][aria-selected=true]').count()).toBe(0);
    await page.keyboard.press('Escape');
    expect(await picture(host, plot)).toBe(whole);

    await plot.focus();
    await page.keyboard.press('+');
    expect(await picture(host, plot)).not.toBe(whole);
    await page.keyboard.press('-');
    await page.keyboard.press('0');
    expect(await picture(host, plot)).toBe(whole);
  }, 30_000);
});

describe('a chart that is zoomed', () => {
  it('is saved as it is seen', async () => {
    const [host, plot] = await shown({ tab: 'slice' });
    const marks = async (): Promise<number> => {
      await host.page.getByTitle('Save the chart as SVG').click();
      await expect.poll(() => host.files.length).toBeGreaterThan(0);
      const svg = Buffer.from(host.files.pop()?.base64 ?? '', 'base64').toString();
      return svg.match(/<circle/g)?.length ?? 0;
    };
    const all = await marks();
    await plot.focus();
    for (let i = 0; i < 5; i++) await host.page.keyboard.press('+');
    expect(await marks()).toBeLessThan(all);
  });

  it('shows the whole again where another takes its place', async () => {
    const [host, plot] = await shown({ tab: 'edf' });
    await plot.focus();
    await host.page.keyboard.press('+');
    await host.page.getByRole('button', { name: 'Reset zoom' }).waitFor();
    await host.page.locator('#tab-timeline').click();
    await expect.poll(() => host.page.getByRole('button', { name: 'Reset zoom' }).count()).toBe(0);
  });
});
