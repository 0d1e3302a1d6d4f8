import type { Locator } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import { useBrowser } from './support/browser.js';
import type { FakeHost } from './support/fake-host.js';
import { sampleJournal, sampleRef } from './support/sample-study.js';

const open = useBrowser();

const idle = { engine: undefined } as never;
const finished = { kind: 'finished', reason: '40 trials are done' } as const;
const study = sampleJournal({ trials: 40, budget: 40, status: finished });

const textOf = async (locator: Locator) => ((await locator.textContent()) ?? '').replace(/\s+/g, ' ').trim();
const row = (host: FakeHost, index: number) => host.page.locator(`[role=row][aria-rowindex="${index + 2}"]`);
const cell = (host: FakeHost, index: number, column: number) =>
  row(host, index).locator('[role=gridcell]').nth(column);
const numbers = async (host: FakeHost, count: number): Promise<number[]> => {
  const found: number[] = [];
  for (let index = 0; index < count; index++) {
    found.push(Number((await textOf(cell(host, index, 0))).replace(/\D/g, '')));
  }
  return found;
};
const rowCount = (host: FakeHost) => host.page.locator('[role=grid]').getAttribute('aria-rowcount');
const headerText = (host: FakeHost) =>
  host.page
    .locator('sweet-header')
    .evaluate((element) => (element.shadowRoot?.textContent ?? '').replace(/\s+/g, ' '));
const header = (host: FakeHost, name: string) =>
  host.page.locator('[role=columnheader]', { hasText: name }).first();

describe('a file of another program', () => {
  it('is given no running time, which it does not tell', async () => {
    const ref = { ...sampleRef, foreign: true };
    const lines = sampleJournal({ trials: 5, foreign: true });
    const host = await open({ page: 'results', lines, state: { engine: undefined, study: ref } as never });
    await row(host, 0).waitFor();
    const text = await headerText(host);
    expect(text).toContain('opened from a file of another program');
    expect(text).not.toContain('Elapsed');
  });
});

describe('a study that grows', () => {
  it('shows every record as it arrives', async () => {
    const first = 60;
    const host = await open({ page: 'results', lines: study.slice(0, first) });
    await vi.waitFor(async () => expect(await rowCount(host)).toBe('3'));
    await host.append(study.slice(first));
    await vi.waitFor(async () => expect(await rowCount(host)).toBe('41'));
    expect(await headerText(host)).toContain('40/40');
  });

  it('is asked for from the record the page lacks, after it was hidden', async () => {
    const first = study.length - 100;
    const host = await open({ page: 'results', lines: study.slice(0, first) });
    await row(host, 0).waitFor();
    await host.append(study.slice(first), true);
    expect(host.asked.at(-1)).toBe(0);
    await host.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await vi.waitFor(async () => expect(await rowCount(host)).toBe('41'));
    expect(host.asked.at(-1)).toBe(first);
  });

  it('comes in blocks where it is long, and grows from there', async () => {
    const first = study.length - 100;
    const host = await open({ page: 'results', lines: study.slice(0, first), whole: true });
    await row(host, 0).waitFor();
    await host.append(study.slice(first));
    await vi.waitFor(async () => expect(await rowCount(host)).toBe('41'));
    expect(host.asked.filter((seq) => seq === 0)).toHaveLength(1);
    expect(await headerText(host)).toContain('40/40');
    expect(await row(host, 0).locator('.spark').count()).toBe(1);
  });

  it('is asked for anew where one of its blocks is no longer to be had', async () => {
    const host = await open({ page: 'results', lines: study, whole: true, missing: 1 });
    await vi.waitFor(async () => expect(await rowCount(host)).toBe('41'), { timeout: 20_000 });
    expect(host.asked.filter((seq) => seq === 0)).toHaveLength(2);
    expect(await headerText(host)).toContain('40/40');
  });

  it('is read anew when the journal was replaced', async () => {
    const host = await open({ page: 'results', lines: study });
    await vi.waitFor(async () => expect(await rowCount(host)).toBe('41'));
    await host.replace(sampleJournal({ trials: 3, seed: 2 }));
    await vi.waitFor(async () => expect(await rowCount(host)).toBe('4'));
  });

  it('says what it has won over the file, and offers to use it', async () => {
    const host = await open({ page: 'results', lines: study, state: idle });
    await vi.waitFor(async () => expect(await headerText(host)).toMatch(/Finished – 40 trials are done/));
    expect(await headerText(host)).toMatch(/−[\d.]+ \(−[\d.]+ %\)/);
    await host.page.locator('[data-action=compare-best]').click();
    await host.page.locator('[data-action=apply-best]').click();
    await vi.waitFor(() => expect(host.studyActions).toEqual(['compare-best', 'apply-best']));
  });

  it('can be stopped while it runs, and resumed after', async () => {
    const host = await open({ page: 'results', lines: sampleJournal({ trials: 9, running: 2 }) });
    await host.page.locator('[data-action=stop-finish]').click();
    await host.setState({ engine: { workers: 2, busy: 2, stopping: 'finish' } });
    await host.page.getByText('after the running trials').waitFor();
    await host.page.locator('[data-action=stop-now]').click();
    await host.setState(idle);
    await host.page.locator('[data-action=resume]').click();
    await vi.waitFor(() => expect(host.studyActions).toEqual(['stop-finish', 'stop-now', 'resume']));
  });

  it('is announced to screen readers when it ends', async () => {
    const host = await open({ page: 'results', lines: study, state: idle });
    const live = host.page.locator('sweet-announcer [aria-live=polite]');
    await vi.waitFor(async () =>
      expect(await live.textContent()).toMatch(/Finished.*Best val_loss 0\.\d+ in trial/),
    );
  });
});

describe('the table', () => {
  it('is best first, with the best starred', async () => {
    const host = await open({ page: 'results', lines: study });
    await row(host, 0).waitFor();
    expect(await cell(host, 0, 0).textContent()).toContain('best');
    const values = await Promise.all(
      [0, 1, 2].map(async (index) => Number(await cell(host, index, 2).textContent())),
    );
    expect(values).toEqual([...values].sort((a, b) => a - b));
  });

  it('sorts by any header, and back', async () => {
    const host = await open({ page: 'results', lines: study });
    await header(host, '#').click();
    expect(await numbers(host, 3)).toEqual([0, 1, 2]);
    await header(host, '#').click();
    expect(await numbers(host, 3)).toEqual([39, 38, 37]);
    expect(await header(host, '#').getAttribute('aria-sort')).toBe('descending');
  });

  it('marks what is inactive, and gives the reason of a failure', async () => {
    const host = await open({ page: 'results', lines: study });
    await header(host, '#').click();
    await row(host, 0).waitFor();
    const momentum = cell(host, 0, 9);
    expect(await textOf(momentum)).toBe('–');
    await momentum.hover();
    expect(await momentum.getAttribute('title')).toBe('Not active in this trial');
    expect(await row(host, 13).textContent()).toMatch(/Failed/);
    expect(await row(host, 13).textContent()).toContain('train.ts:14 threw TypeError');
  });

  it('is walked with the arrows; Space selects, Enter opens the details', async () => {
    const host = await open({ page: 'results', lines: study });
    await row(host, 0).waitFor();
    const [, second] = await numbers(host, 2);
    await host.page.locator('[role=grid]').focus();
    await host.page.keyboard.press('ArrowDown');
    await host.page.keyboard.press('Space');
    await vi.waitFor(async () => expect(await row(host, 1).getAttribute('aria-selected')).toBe('true'));
    await host.page.keyboard.press('Enter');
    await host.page.getByRole('region', { name: `Trial ${second}` }).waitFor();
    expect(host.selections).toEqual([[second]]);
  });

  it('sorts from the keyboard', async () => {
    const host = await open({ page: 'results', lines: study });
    await row(host, 0).waitFor();
    await host.page.locator('[role=grid]').focus();
    await host.page.keyboard.press('ArrowUp');
    await host.page.keyboard.press('Enter');
    await vi.waitFor(async () => expect(await numbers(host, 2)).toEqual([0, 1]));
  });

  it('offers to compare, apply and read the log of the row under the pointer', async () => {
    const host = await open({ page: 'results', lines: study });
    await header(host, '#').click();
    await row(host, 3).hover();
    for (const label of ['Compare values', 'Apply values', 'Open the log']) {
      await row(host, 3).getByRole('button', { name: label }).click();
    }
    await vi.waitFor(() =>
      expect(host.trialActions).toEqual([
        { trial: 3, action: 'compare' },
        { trial: 3, action: 'apply' },
        { trial: 3, action: 'log' },
      ]),
    );
    expect(host.selections).toEqual([]);
  });

  it('tells VS Code which trial a context menu is about', async () => {
    const host = await open({ page: 'results', lines: study });
    await header(host, '#').click();
    await row(host, 2).click({ button: 'right' });
    const context = await host.page.evaluate(() => document.body.dataset.vscodeContext);
    expect(JSON.parse(context ?? '{}')).toMatchObject({
      webviewSection: 'trial',
      trialExcluded: false,
      journal: sampleRef.id,
      trial: 2,
    });
    await host.page.locator('sweet-header').click({ button: 'right' });
    expect(await host.page.evaluate(() => document.body.dataset.vscodeContext)).toBeUndefined();
  });

  it('hides columns, and remembers them with the sort for the next time', async () => {
    const host = await open({ page: 'results', lines: study });
    await host.page.getByRole('button', { name: 'Columns' }).click();
    await host.page.getByRole('checkbox', { name: 'model.dropout' }).click();
    await header(host, '#').click();
    await vi.waitFor(async () => expect(await header(host, 'dropout').count()).toBe(0));
    await vi.waitFor(() => expect(host.saved).toMatchObject({ version: 1, study: { id: sampleRef.id } }));

    const again = await open({ page: 'results', lines: study, saved: host.saved });
    await row(again, 0).waitFor();
    expect(await header(again, 'dropout').count()).toBe(0);
    expect(await numbers(again, 2)).toEqual([0, 1]);
  });

  it('survives a state that another version has left', async () => {
    const host = await open({ page: 'results', lines: study, saved: { version: 99, studies: 'none' } });
    await row(host, 0).waitFor();
  });
});

describe('the selection', () => {
  it('made in another view shows here, and is not reported back', async () => {
    const host = await open({ page: 'results', lines: study });
    await row(host, 0).waitFor();
    await host.selectElsewhere([7]);
    await host.page.getByText('Trial 7', { exact: true }).waitFor();
    const selected = host.page.locator('[role=row][aria-selected=true] [role=gridcell]').first();
    expect((await textOf(selected)).replace(/\D/g, '')).toBe('7');
    expect(host.selections).toEqual([]);
  });

  it('is made from the history with the keyboard', async () => {
    const host = await open({ page: 'results', lines: study });
    await row(host, 0).waitFor();
    await host.page.locator('sweet-history .plot').focus();
    for (let i = 0; i < 3; i++) await host.page.keyboard.press('ArrowRight');
    expect(await host.page.locator('sweet-history .tip').textContent()).toContain('Trial 2');
    await host.page.keyboard.press('Enter');
    await vi.waitFor(() => expect(host.selections).toEqual([[2]]));
  });

  it('is made by clicking a curve, and drawn in the legend', async () => {
    const host = await open({ page: 'results', lines: study });
    await row(host, 0).waitFor();
    const box = (await host.page.locator('sweet-curves .u-over').boundingBox())!;
    await host.page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.5);
    await host.page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.8);
    await host.page.locator('sweet-curves .tip').waitFor();
    const named = /Trial (\d+)/.exec(await textOf(host.page.locator('sweet-curves .tip')))?.[1];
    await host.page.mouse.click(box.x + box.width * 0.5, box.y + box.height * 0.8);
    await vi.waitFor(() => expect(host.selections).toEqual([[Number(named)]]));
    await host.page.locator('sweet-curves .legend', { hasText: 'selected' }).waitFor();
  });

  it('takes a range of rows with Shift, and no text', async () => {
    const host = await open({ page: 'results', lines: study, state: idle });
    await cell(host, 1, 2).click();
    await cell(host, 3, 4).click({ modifiers: ['Shift'] });
    expect(await host.page.locator('[role=row][aria-selected=true]').count()).toBe(3);
    expect(await host.page.evaluate(() => String(getSelection()))).toBe('');
  });

  it('takes a range with Shift', async () => {
    const host = await open({ page: 'results', lines: study });
    await header(host, '#').click();
    await row(host, 1).click();
    await row(host, 3).click({ modifiers: ['Shift'] });
    await vi.waitFor(() => expect(host.selections.at(-1)).toEqual([1, 2, 3]));
    await host.page.getByText('3 selected').waitFor();
  });
});

describe('the charts', () => {
  const picture = (host: FakeHost, chart: string) =>
    host.page.locator(`${chart} canvas`).evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());

  it('are drawn anew when the colour theme changes', async () => {
    const host = await open({ page: 'results', lines: study });
    await row(host, 0).waitFor();
    const before = [await picture(host, 'sweet-history'), await picture(host, 'sweet-curves')];
    await host.setTheme('light');
    await vi.waitFor(async () => {
      expect(await picture(host, 'sweet-history')).not.toBe(before[0]);
      expect(await picture(host, 'sweet-curves')).not.toBe(before[1]);
    });
  });

  it('show another metric of the curves', async () => {
    const host = await open({ page: 'results', lines: study });
    await row(host, 0).waitFor();
    const before = await picture(host, 'sweet-curves');
    await host.page.locator('sweet-curves vscode-dropdown').click();
    await host.page.getByRole('option', { name: 'val_accuracy' }).click();
    await vi.waitFor(async () => expect(await picture(host, 'sweet-curves')).not.toBe(before));
    expect(await host.page.locator('sweet-curves .axis-name').textContent()).toBe('val_accuracy');
  });

  it('hide what is far out until asked to show it', async () => {
    const host = await open({ page: 'results', lines: study });
    const outliers = host.page.locator('sweet-history vscode-checkbox', { hasText: 'Outliers (2 hidden)' });
    await outliers.click();
    await host.page.locator('sweet-history vscode-checkbox', { hasText: /Outliers\s*$/ }).waitFor();
  });
});

describe('without a study to show', () => {
  it('says how to begin', async () => {
    const host = await open({ page: 'results' });
    await host.page.getByText('There is no study yet.').waitFor();
  });

  it('takes up the study as soon as there is one', async () => {
    const host = await open({ page: 'results' });
    await host.page.getByText('There is no study yet.').waitFor();
    await host.append(study, true);
    await host.setState({ study: sampleRef });
    await row(host, 0).waitFor();
  });
});
