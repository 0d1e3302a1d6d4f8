import { describe, expect, it, vi } from 'vitest';
import { useBrowser } from './support/browser.js';
import type { FakeHost } from './support/fake-host.js';
import { sampleJournal } from './support/sample-study.js';

const open = useBrowser();
const study = sampleJournal({ trials: 40, budget: 40, running: 2 });

const row = (host: FakeHost, index: number) => host.page.locator(`[role=row][aria-rowindex="${index + 2}"]`);
const text = async (host: FakeHost, index: number) =>
  (await row(host, index).innerText()).replace(/\s+/g, ' ');
const header = (host: FakeHost, name: string) =>
  host.page.locator('[role=columnheader]', { hasText: name }).first();

describe('the sidebar’s table', () => {
  it('is best first, and says what a trial changes in the file', async () => {
    const host = await open({ page: 'table', lines: study });
    await row(host, 0).waitFor();
    expect(await text(host, 0)).toMatch(/^ ?Best \d+ 0\.\d+/);
    expect(await text(host, 0)).toMatch(/learningRate|dropout/);
  });

  it('gives pruned and failed trials their reason', async () => {
    const host = await open({ page: 'table', lines: study, size: { width: 300, height: 2000 } });
    await host.page
      .getByText(/Pruned: 0\.\d+ at step \d+ is worse than the median/)
      .first()
      .waitFor();
    await host.page.getByText('Failed: train.ts:14 threw TypeError').first().waitFor();
    expect(await host.page.locator('[role=row][title*="train.ts:14"]').count()).toBeGreaterThan(0);
  });

  it('sorts by number, and back to best first', async () => {
    const host = await open({ page: 'table', lines: study });
    await header(host, '#').click();
    expect(await text(host, 0)).toContain('the values in the file');
    await header(host, 'val_loss').click();
    await vi.waitFor(async () => expect(await text(host, 0)).toContain('Best'));
  });

  it('shares the selection with the other views', async () => {
    const host = await open({ page: 'table', lines: study });
    await row(host, 1).click();
    await vi.waitFor(() => expect(host.selections).toHaveLength(1));
    await host.selectElsewhere([0]);
    const selected = host.page.locator('[role=row][aria-selected=true]');
    await vi.waitFor(async () => expect(await selected.innerText()).toContain('the values in the file'));
  });

  it('opens the results', async () => {
    const host = await open({ page: 'table', lines: study });
    await host.page.getByRole('button', { name: 'Open the results' }).click();
    await vi.waitFor(() => expect(host.studyActions).toEqual(['open-panel']));
  });

  it('says how the study stands in one line of 300 pixels', async () => {
    const finished = sampleJournal({
      trials: 40,
      budget: 40,
      status: { kind: 'finished', reason: '40 trials are done' },
    });
    const state = { engine: undefined } as never;
    const host = await open({ page: 'table', lines: finished, state, size: { width: 300, height: 500 } });
    const summary = host.page.locator('.summary .text');
    expect((await summary.innerText()).replace(/\s+/g, ' ')).toMatch(
      /^Finished 40\/40 · best ?0\.\d+ [−+][\d.]+ %$/,
    );
    expect(await summary.evaluate((element) => element.clientHeight)).toBe(18);
  });

  it('shows by dots that the name of a metric goes on', async () => {
    const long = study.map((line) => line.replaceAll('val_loss', 'val_loss_averaged_over_all_the_folds'));
    const host = await open({ page: 'table', lines: long, size: { width: 300, height: 500 } });
    const name = header(host, 'val_loss_averaged').locator('.name');
    expect(await name.evaluate((element) => getComputedStyle(element).textOverflow)).toBe('ellipsis');
    expect(await name.evaluate((element) => element.clientWidth < element.scrollWidth)).toBe(true);
  });

  it.each([200, 300, 600])('keeps within %d pixels', async (width) => {
    const host = await open({ page: 'table', lines: study, size: { width, height: 500 } });
    await row(host, 0).waitFor();
    const overflow = await host.page
      .locator('.scroller')
      .evaluate((element) => element.scrollWidth - element.clientWidth);
    expect(overflow).toBe(0);
  });
});
