/** The charts beyond the overview and the filter they share with the table, as people use them. */
import { describe, expect, it, vi } from 'vitest';
import { useBrowser } from './support/browser.js';
import type { FakeHost } from './support/fake-host.js';
import { sampleJournal } from './support/sample-study.js';

const open = useBrowser();
const idle = { engine: undefined } as never;
const study = sampleJournal({
  trials: 60,
  budget: 60,
  status: { kind: 'finished', reason: '60 trials are done' },
});
const results = () => open({ page: 'results', lines: study, state: idle });

const rows = async (host: FakeHost): Promise<number> =>
  Number(await host.page.locator('[role=grid]').getAttribute('aria-rowcount')) - 1;
const plot = (host: FakeHost) => host.page.locator('sweet-explorer .plot');
const tab = async (host: FakeHost, name: string): Promise<void> => {
  await host.page.locator(`#tab-${name}`).click();
  // Laid out, too: before that its keys lead nowhere.
  await host.page.locator('sweet-explorer .plot[aria-label*="Arrow keys walk along"]').waitFor();
};
const brush = async (host: FakeHost, axis: string, from: number, to: number): Promise<void> => {
  const box = (await plot(host).boundingBox())!;
  const name = (await host.page.getByRole('button', { name: `Axis ${axis}` }).boundingBox())!;
  const x = name.x + name.width / 2;
  const y = (share: number): number => box.y + 34 + share * (box.height - 60);
  await host.page.mouse.move(x, y(from));
  await host.page.mouse.down();
  await host.page.mouse.move(x, y((from + to) / 2));
  await host.page.mouse.move(x, y(to));
  await host.page.mouse.up();
};

describe('the Pareto front', () => {
  const several = sampleJournal({
    trials: 60,
    objectives: 2,
    status: { kind: 'finished', reason: '60 trials are done' },
  });

  it('is a tab of studies with several objectives only', async () => {
    const host = await results();
    await host.page.locator('#tab-parallel').waitFor();
    expect(await host.page.locator('#tab-pareto').count()).toBe(0);
  });

  it('is walked with the arrows, selects with Enter, and is in the header', async () => {
    const host = await open({ page: 'results', lines: several, state: idle });
    await tab(host, 'pareto');
    await vi.waitFor(async () =>
      expect(await plot(host).getAttribute('aria-label')).toMatch(/^Pareto front of val_loss, milliseconds/),
    );
    await plot(host).focus();
    await host.page.keyboard.press('Home');
    await vi.waitFor(async () =>
      expect(await host.page.locator('sweet-explorer .tip').innerText()).toContain('milliseconds'),
    );
    await host.page.keyboard.press('Enter');
    await host.page.locator('[role=row][aria-selected=true]').waitFor();
    await host.page.locator('sweet-header dt', { hasText: 'Pareto front' }).waitFor();
  });
});

describe('the tabs', () => {
  it('are walked with the arrows, and remembered', async () => {
    const host = await results();
    await host.page.locator('#tab-overview').focus();
    await host.page.keyboard.press('ArrowRight');
    await plot(host).waitFor();
    expect(await host.page.locator('#tab-parallel').getAttribute('aria-selected')).toBe('true');
    await vi.waitFor(() => expect(JSON.stringify(host.saved)).toContain('"tab":"parallel"'));
    const again = await open({ page: 'results', lines: study, state: idle, saved: host.saved });
    await plot(again).waitFor();
  });

  it.each([
    'parallel',
    'slice',
    'importance',
    'contour',
    'rank',
    'timeline',
    'edf',
    'correlation',
    'calibration',
  ])('the %s chart describes itself, is copied as a table and saved as PNG and SVG', async (name) => {
    const host = await results();
    await tab(host, name);
    await vi.waitFor(async () => expect(await plot(host).getAttribute('aria-label')).toMatch(/Arrow keys/));
    await host.page.getByTitle('Copy what the chart shows as a table').click();
    await host.page.getByTitle('Save the chart as PNG').click();
    await host.page.getByTitle('Save the chart as SVG').click();
    await vi.waitFor(() => expect(host.files).toHaveLength(2));
    expect(host.copied[0]?.split('\n').length).toBeGreaterThan(3);
    const [png, svg] = host.files.map(({ base64 }) => Buffer.from(base64, 'base64'));
    expect(host.files.map((file) => file.name)).toEqual([`iris-${name}.png`, `iris-${name}.svg`]);
    expect(png?.subarray(1, 4).toString()).toBe('PNG');
    expect(svg?.toString()).toMatch(/^<svg[\s\S]*<\/svg>\n$/);
  });
});

describe('parallel coordinates', () => {
  it('filter the table by several brushes, shown until one click takes them away', async () => {
    const host = await results();
    await tab(host, 'parallel');
    await brush(host, 'optimizer.learningRate', 0.1, 0.6);
    await vi.waitFor(async () => expect(await rows(host)).toBeLessThan(60));
    const first = await rows(host);
    await brush(host, 'model.dropout', 0.5, 1);
    await vi.waitFor(async () => expect(await rows(host)).toBeLessThan(first));
    expect(await host.page.locator('sweet-filter-bar .chip').count()).toBe(2);
    await host.page.getByText('Clear filter').click();
    await vi.waitFor(async () => expect(await rows(host)).toBe(60));
  });

  it('turn, move and hide an axis from the keyboard, and bring all back', async () => {
    const host = await results();
    await tab(host, 'parallel');
    const names = () =>
      host.page
        .locator('sweet-explorer .axis')
        .evaluateAll((list) => list.map((one) => one.textContent?.trim()));
    await vi.waitFor(async () => expect((await names())[0]).toBe('units'));
    await host.page.getByRole('button', { name: 'Axis model.units' }).focus();
    await host.page.keyboard.press('Enter');
    await host.page.getByRole('button', { name: 'Axis model.units, turned' }).waitFor();
    await host.page.keyboard.press('ArrowRight');
    await vi.waitFor(async () => expect((await names()).slice(0, 2)).toEqual(['activation', 'units']));
    await host.page.getByRole('button', { name: 'Axis model.activation' }).focus();
    await host.page.keyboard.press('Delete');
    await vi.waitFor(async () => expect(await names()).not.toContain('activation'));
    await host.page.getByText('Reset axes (1 hidden)').click();
    await vi.waitFor(async () => expect((await names()).slice(0, 2)).toEqual(['units', 'activation']));
  });
});

describe('a point of a chart', () => {
  it('is named and selected with the keys', async () => {
    const host = await results();
    await tab(host, 'edf');
    await plot(host).focus();
    await host.page.keyboard.press('ArrowRight');
    await vi.waitFor(async () =>
      expect(await host.page.locator('sweet-explorer .tip').textContent()).toContain('Trial 0'),
    );
    await host.page.keyboard.press('Enter');
    await vi.waitFor(() => expect(host.selections).toEqual([[0]]));
  });

  it('of a correlation leads to the contour of the pair', async () => {
    const host = await results();
    await tab(host, 'correlation');
    await plot(host).focus();
    for (let i = 0; i < 2; i++) await host.page.keyboard.press('ArrowRight');
    await host.page.keyboard.press('Enter');
    await vi.waitFor(async () =>
      expect(await plot(host).getAttribute('aria-label')).toMatch(/^Contour: val_loss over/),
    );
  });
});

describe('the filter', () => {
  it('reads an expression, says what is wrong with it, and is cleared with Escape', async () => {
    const host = await results();
    const box = host.page.getByRole('textbox', { name: 'Filter the trials' });
    await box.fill('optimizer.name = adam and val_loss < 0.3');
    await vi.waitFor(async () => expect(await rows(host)).toBeLessThan(40));
    await host.page.getByText(/^\d+ of 60/).waitFor();
    await box.fill('optimiser.name = adam');
    await host.page.getByRole('alert').filter({ hasText: 'Did you mean `optimizer.name`?' }).waitFor();
    await box.press('Escape');
    await vi.waitFor(async () => expect(await rows(host)).toBe(60));
  });
});

describe('the table', () => {
  it('sorts by a second column with Shift', async () => {
    const host = await results();
    const header = (name: string) => host.page.locator('[role=columnheader]', { hasText: name }).first();
    await header('State').click();
    await header('#').click({ modifiers: ['Shift'] });
    const cells = () =>
      host.page
        .locator('[role=row].row [role=gridcell]:first-child')
        .evaluateAll((list) => list.slice(0, 3).map((one) => Number(one.textContent?.replace(/\D/g, ''))));
    await vi.waitFor(async () => expect((await cells())[0]).toBe(0));
    expect(await cells()).toEqual([...(await cells())].sort((a, b) => a - b));
    expect(await header('State').getAttribute('aria-sort')).toBe('ascending');
  });

  it('groups by a parameter, the group with the best trial first', async () => {
    const host = await results();
    await host.page.locator('sweet-table-bar vscode-dropdown').evaluate((element) => {
      (element as HTMLSelectElement).value = 'param:model.activation';
      element.dispatchEvent(new Event('change'));
    });
    const group = host.page.locator('[role=row].group').first();
    await group.waitFor();
    expect(await group.textContent()).toMatch(/activation[\s\S]*trials[\s\S]*best 0\.0/);
    await vi.waitFor(async () => expect(await rows(host)).toBe(63));
  });

  it('copies the selected rows with Control and C', async () => {
    const host = await results();
    await host.page.locator('[role=row][aria-rowindex="2"]').click();
    await host.page.locator('[role=row][aria-rowindex="3"]').click({ modifiers: ['Control'] });
    await host.page.locator('[role=grid]').focus();
    await host.page.keyboard.press('Control+c');
    await vi.waitFor(() => expect(host.copied).toHaveLength(1));
    const [header = '', ...lines] = host.copied[0]?.split('\n') ?? [];
    expect(header).toMatch(/^Trial\tState\tval_loss\t/);
    expect(lines).toHaveLength(2);
  });

  it('hides columns in which all trials agree', async () => {
    const same = study.filter((line) => !line.includes('"model.activation"') || line.includes('"op_code":2'));
    const host = await open({ page: 'results', lines: same, state: idle });
    const header = host.page.locator('[role=columnheader]', { hasText: 'activation' });
    await header.waitFor();
    await host.page.getByRole('button', { name: 'Columns' }).click();
    await host.page.getByRole('checkbox', { name: 'Only what differs' }).click();
    await vi.waitFor(async () => expect(await header.count()).toBe(0));
  });
});

describe('the details of a trial', () => {
  it('put its values beside the best and the file’s, and say why and how it ended', async () => {
    const host = await results();
    await host.page.locator('[role=columnheader]', { hasText: '#' }).first().click();
    // Sorted by then: the row is that of the trial.
    const row = host.page.locator('[role=row][aria-rowindex="15"]');
    await row.filter({ has: host.page.getByRole('gridcell', { name: '13', exact: true }) }).dblclick();
    const details = host.page.getByRole('region', { name: 'Trial 13' });
    await details.waitFor();
    const text = ((await details.textContent()) ?? '').replace(/\s+/g, ' ');
    expect(text).toContain('Why it failed');
    expect(text).toContain('train.ts:14 threw TypeError');
    expect(text).toMatch(/Value this best, #\d+ file/);
    expect(text).toContain('Why these values');
    await details.getByRole('button', { name: 'Open the log' }).click();
    await vi.waitFor(() => expect(host.trialActions).toEqual([{ trial: 13, action: 'log' }]));
    await details.getByRole('button', { name: 'Close the details' }).click();
    await vi.waitFor(async () => expect(await details.count()).toBe(0));
  });
});
