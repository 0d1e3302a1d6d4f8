import { describe, expect, it, vi } from 'vitest';
import { useBrowser } from './support/browser.js';
import { sampleJournal } from './support/sample-study.js';

const open = useBrowser();
const lines = sampleJournal({ trials: 20, status: { kind: 'finished', reason: '20 trials are done' } });
const idle = { engine: undefined } as never;

describe('what the pages of a study share', () => {
  it('is the trial pointed at, told and taken', async () => {
    const host = await open({ page: 'results', lines, state: idle });
    const row = host.page.locator('[role=row][aria-rowindex="3"]');
    await row.hover();
    await vi.waitFor(() => expect(host.pointings).toHaveLength(1));
    await host.page.mouse.move(5, 5);
    await vi.waitFor(() => expect(host.pointings.at(-1)).toBeNull());
    await host.pointElsewhere(host.pointings[0]!);
    await host.page.locator('[role=row][aria-rowindex="3"].pointed').waitFor();
    await host.page.locator('sweet-history .ring:not([hidden])').waitFor();
    expect(host.pointings).toHaveLength(2);
  });

  it('is the filter, told once it rests, and not told back', async () => {
    const host = await open({ page: 'results', lines, state: idle });
    await host.page.getByRole('textbox', { name: 'Filter the trials' }).fill('model.dropout < 0.2');
    await vi.waitFor(() => expect(host.filters.map(({ text }) => text)).toEqual(['model.dropout < 0.2']));
    await host.filterElsewhere('trial < 5');
    await vi.waitFor(async () =>
      expect(await host.page.locator('[role=grid]').getAttribute('aria-rowcount')).toBe('6'),
    );
    expect(host.filters).toHaveLength(1);
  });

  it('is the filter that is in force when a page comes up', async () => {
    const filter = { text: 'trial < 3', brushes: [] };
    const host = await open({ page: 'results', lines, state: { engine: undefined, filter } as never });
    await vi.waitFor(async () =>
      expect(await host.page.locator('[role=grid]').getAttribute('aria-rowcount')).toBe('4'),
    );
    expect(host.filters).toEqual([]);
  });

  it('is said in the side bar, where one click takes it away', async () => {
    const host = await open({ page: 'table', lines, state: idle, size: { width: 300, height: 600 } });
    await host.page.locator('[role=row][aria-rowindex="3"]').waitFor();
    await host.filterElsewhere('state = failed');
    await host.page.getByText('1 of 20 pass the filter').waitFor();
    await host.page.getByRole('button', { name: 'Clear filter' }).click();
    await vi.waitFor(() => expect(host.filters.at(-1)?.text).toBe(''));
  });
});
