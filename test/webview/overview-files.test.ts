/** What is taken along of the two charts of the overview. */
import { describe, expect, it, vi } from 'vitest';
import { useBrowser } from './support/browser.js';
import { sampleJournal } from './support/sample-study.js';

const open = useBrowser();
const idle = { engine: undefined } as never;
const lines = sampleJournal({ trials: 40, status: { kind: 'finished', reason: '40 trials are done' } });
/** The same study with a constraint on outcomes that no trial holds. */
const relation = { relation: '<=', left: { name: 'val_accuracy' }, right: { value: 0 } };
const outcomeConstraints = JSON.stringify([{ text: 'val_accuracy <= 0', expression: relation }]);
const bound = lines.map((line) =>
  line.replace('"pruner":"median"', `"pruner":"median","outcomeConstraints":${outcomeConstraints}`),
);

describe('the overview', () => {
  it.each([
    [
      'the optimization history',
      'history',
      'sweet-history',
      /^trial\tstate\tval_loss\tbest val_loss so far\n0\t/,
    ],
    ['the learning curves', 'curves', 'sweet-curves', /^step\tval_loss of trial \d+/],
  ])('hands out %s as a table, PNG and SVG', async (what, name, element, table) => {
    const host = await open({ page: 'results', lines, state: idle });
    const chart = host.page.locator(element);
    await chart.hover();
    await chart.getByRole('button', { name: `Copy what ${what}` }).click();
    await vi.waitFor(() => expect(host.copied[0]).toMatch(table));
    await chart.getByRole('button', { name: `Save ${what} as PNG` }).click();
    await chart.getByRole('button', { name: `Save ${what} as SVG` }).click();
    await vi.waitFor(() =>
      expect(host.files.map((file) => file.name)).toEqual([`iris-${name}.png`, `iris-${name}.svg`]),
    );
    const [png, svg] = host.files.map(({ base64 }) => Buffer.from(base64, 'base64'));
    expect(png!.subarray(1, 4).toString()).toBe('PNG');
    expect(svg!.toString()).toMatch(/^<svg [\s\S]*val_loss[\s\S]*<\/svg>\n$/);
    expect(host.complaints).toEqual([]);
  });

  it('counts no trial as the best so far that breaks a constraint on outcomes', async () => {
    const host = await open({ page: 'results', lines: bound, state: idle });
    const chart = host.page.locator('sweet-history');
    await chart.hover();
    await chart.getByRole('button', { name: 'Copy what the optimization history' }).click();
    await vi.waitFor(() => expect(host.copied).toHaveLength(1));
    const [, ...rows] = host.copied[0]!.split('\n');
    expect(rows.map((row) => row.split('\t')[3])).toEqual(rows.map(() => ''));
  });

  it('says in every view why a trial that breaks a constraint is not the best', async () => {
    const words = 'breaks val_accuracy <= 0';
    const results = await open({ page: 'results', lines: bound, state: idle });
    const first = results.page.locator('[role=row][aria-rowindex="2"]');
    expect(await first.innerText()).toContain(words);
    await first.dblclick();
    const part = results.page.locator('sweet-trial .part', { hasText: 'Why it cannot be the best' });
    expect(await part.innerText()).toContain(words);
    const table = await open({ page: 'table', lines: bound, state: idle });
    const row = table.page.locator('[role=row][aria-rowindex="2"]');
    expect(await row.innerText()).toContain(words);
  });

  it('shows its buttons to the keyboard, too, and takes no room for them', async () => {
    const host = await open({ page: 'results', lines, state: idle });
    const savers = host.page.locator('sweet-history .savers');
    const opacity = () => savers.evaluate((element) => getComputedStyle(element).opacity);
    await savers.waitFor({ state: 'attached' });
    expect([await opacity(), await savers.evaluate((element) => element.clientHeight)]).toEqual(['0', 0]);
    await savers.getByRole('button').first().focus();
    expect(await opacity()).toBe('1');
  });
});
