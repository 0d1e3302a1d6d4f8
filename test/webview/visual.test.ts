/**
 * Every chart, a trial's page and what stands in place of them, in four themes and several widths, against pictures that
 * people have looked at (pictures/, one for each and theme). In the browser and with the font of an npm package, so that they are the same on every machine; that browser is
 * for Linux x64 alone. `npm run test:unit -- visual --update` takes them anew.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../../scripts/vscode/browser.mjs';
import { FakeHost } from './support/fake-host.js';
import {
  differenceOf,
  onOneSheet,
  PIXEL_TOLERANCE,
  type Picture,
  readPicture,
  writePicture,
} from './support/picture.js';
import { charts, NOW, type Pictured, statePages, trialPages, usual } from './support/pictured.js';
import { themes } from './support/themes.js';

const ROOT = join(import.meta.dirname, '../..');
const KEPT = join(import.meta.dirname, 'pictures');
const FAILED = join(ROOT, '.cache/pictures');
/** Installing the browser on demand is part of the first use. */
const START_TIMEOUT = 180_000;

/** A resize is seen in one frame, laid out in the next and painted after that. */
const settle = ({ page }: FakeHost): Promise<void> =>
  page.evaluate(async () => {
    for (let frame = 0; frame < 4; frame++) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  });

async function shoot(host: FakeHost, { element, widths }: Pictured): Promise<Picture> {
  const pictures: Picture[] = [];
  for (const width of widths) {
    // Narrow charts stand below one another, of fixed heights; wide ones have a share of the page's.
    await host.page.setViewportSize({ width, height: width < 720 ? 1000 : 800 });
    await settle(host);
    pictures.push(readPicture(await (element ? host.page.locator(element) : host.page).screenshot()));
  }
  return onOneSheet(pictures);
}

async function compare(name: string, actual: Picture): Promise<void> {
  const file = join(KEPT, `${name}.png`);
  const { snapshotUpdateState: update } = expect.getState().snapshotState;
  const kept = existsSync(file) ? readPicture(await readFile(file)) : undefined;
  const difference = kept && differenceOf(kept, actual);
  if (difference && difference.pixels <= PIXEL_TOLERANCE) return;
  if (update === 'all' || (update === 'new' && !kept)) {
    await mkdir(KEPT, { recursive: true });
    await writeFile(file, writePicture(actual));
    return;
  }
  await mkdir(FAILED, { recursive: true });
  const left = [{ name: `${name}.actual.png`, picture: actual }];
  if (difference) left.push({ name: `${name}.diff.png`, picture: difference.picture });
  for (const { name, picture } of left) await writeFile(join(FAILED, name), writePicture(picture));
  const what = !kept
    ? 'has no kept picture'
    : difference
      ? `differs from its kept picture in ${difference.pixels} pixels, of which ${PIXEL_TOLERANCE} may`
      : `has another size: ${actual.width} × ${actual.height}, not ${kept.width} × ${kept.height}`;
  throw new Error(
    `${name} ${what} (${relative(ROOT, file)}). Look at ${left.map(({ name }) => relative(ROOT, join(FAILED, name))).join(' and ')}; ` +
      'if it is meant to look so, take the pictures anew: npm run test:unit -- visual --update',
  );
}

/** A line one pixel high across a white picture, as an axis or a series is. */
function lined(y: number, colour: readonly [number, number, number], white = 255): Picture {
  const [width, height] = [100, 40];
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    data.set(Math.floor(pixel / width) === y ? colour : [white, white, white], pixel * 4);
  }
  return readPicture(writePicture({ width, height, data }));
}

describe('the comparison of two pictures', () => {
  const [blue, green] = [
    [0x1a, 0x85, 0xff],
    [0x38, 0x8a, 0x34],
  ] as const;
  const kept = lined(20, blue);
  const pixels = (actual: Picture): number => differenceOf(kept, actual)?.pixels ?? Number.NaN;

  it('sees a line go that hardly stood out', () => {
    const faint = differenceOf(lined(20, [243, 243, 243]), lined(-1, blue));
    expect(faint?.pixels).toBeGreaterThan(PIXEL_TOLERANCE);
  });
  it('lets pass what a processor rounds differently', () => {
    expect(pixels(lined(20, [0x1c, 0x83, 0xfd], 253))).toBe(0);
  });
  it.each([
    ['a line that moved by a pixel', lined(21, blue)],
    ['a line that is gone', lined(-1, blue)],
    ['a line of another colour', lined(20, green)],
    ['a line a little paler', lined(20, [0x3a, 0x9a, 0xff])],
  ])('sees %s', (_name, actual) => {
    expect(pixels(actual)).toBeGreaterThan(PIXEL_TOLERANCE);
  });
});

const elsewhere = process.platform !== 'linux' || process.arch !== 'x64';
if (elsewhere) console.warn('\n  NOT TESTED: pictures of the pages, which were taken on Linux x64.\n');

describe.skipIf(elsewhere)('the page looks as it did', () => {
  let browser: Browser;

  beforeAll(async () => {
    await rm(FAILED, { recursive: true, force: true });
    browser = await startBrowser({ pinned: true });
  }, START_TIMEOUT);

  const hosts = new Map<Pictured['options'], FakeHost>();

  /** Charts of one study share a page. */
  async function open(options: Pictured['options']): Promise<FakeHost> {
    const host =
      hosts.get(options) ??
      (await FakeHost.open(browser, { page: 'results', ...(options ?? usual), now: NOW }));
    hosts.set(options, host);
    await host.page.locator('[role=row][aria-rowindex="2"], .welcome').first().waitFor();
    return host;
  }

  it.each([...charts, ...statePages, ...trialPages])('$name at $widths pixels', async (pictured) => {
    const host = await open(pictured.options);
    await pictured.act?.(host);
    const differing: string[] = [];
    for (const { name } of themes) {
      await host.setTheme(name);
      const picture = await shoot(host, pictured);
      await compare(`${pictured.name}-${name}`, picture).catch((error) => differing.push(error.message));
    }
    expect(differing.join('\n')).toBe('');
  });

  afterAll(async () => {
    const complaints = [...hosts.values()].flatMap((host) => host.complaints);
    await Promise.all([...hosts.values()].map((host) => host.close()));
    await browser?.close();
    expect(complaints).toEqual([]);
  });
});
