import type { Locator } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import { useBrowser } from './support/browser.js';
import type { FakeHost } from './support/fake-host.js';
import { sampleJournal } from './support/sample-study.js';

const open = useBrowser();
const idle = { engine: undefined } as never;
const lines = sampleJournal({
  trials: 20,
  status: { kind: 'finished', reason: '20 trials are done' },
  marks: { 4: { starred: true, tags: ['candidate'] }, 5: { excluded: 'wrong seed' } },
});

const heads = (host: FakeHost): Promise<readonly string[]> =>
  host.page
    .locator('[role=columnheader] .name')
    .evaluateAll((found) => found.map((one) => one.textContent ?? ''));
const head = (host: FakeHost, name: string): Locator =>
  host.page.locator('[role=columnheader]', { hasText: name }).first();
const widthOf = async (locator: Locator): Promise<number> => (await locator.boundingBox())?.width ?? 0;
const rowCount = (host: FakeHost) => host.page.locator('[role=grid]').getAttribute('aria-rowcount');

const openTable = async (saved?: unknown): Promise<FakeHost> => {
  const host = await open({ page: 'results', lines, state: idle, size: { width: 1400, height: 900 }, saved });
  await head(host, 'dropout').waitFor();
  return host;
};

const drag = async (host: FakeHost, from: readonly [number, number], to: number): Promise<void> => {
  await host.page.mouse.move(...from);
  await host.page.mouse.down();
  await host.page.mouse.move((from[0] + to) / 2, from[1], { steps: 2 });
  await host.page.mouse.move(to, from[1], { steps: 2 });
  await host.page.mouse.up();
};

describe('the columns of the wide table', () => {
  it('become wider at their edge, and are so again after a reload', async () => {
    const host = await openTable();
    const column = head(host, 'dropout');
    const before = await widthOf(column);
    const box = (await column.boundingBox())!;
    await drag(host, [box.x + box.width - 2, box.y + 10], box.x + box.width + 58);
    await vi.waitFor(async () => expect(await widthOf(column)).toBeCloseTo(before + 60, -1));
    const again = await openTable(host.saved);
    expect(await widthOf(head(again, 'dropout'))).toBeCloseTo(before + 60, -1);
  });

  it('move where their name is dragged, which does not sort', async () => {
    const host = await openTable();
    const sorted = await head(host, 'dropout').getAttribute('aria-sort');
    const box = (await head(host, 'dropout').boundingBox())!;
    const goal = (await head(host, 'State').boundingBox())!;
    await drag(host, [box.x + box.width / 2, box.y + 10], goal.x + 10);
    await vi.waitFor(async () => expect((await heads(host)).slice(0, 3)).toEqual(['#', 'dropout', 'State']));
    expect(await head(host, 'dropout').getAttribute('aria-sort')).toBe(sorted);
  });

  it('are resized and moved with the keys', async () => {
    const host = await openTable();
    await host.page.locator('[role=grid]').focus();
    for (const key of ['ArrowUp', 'ArrowRight']) await host.page.keyboard.press(key);
    const before = await widthOf(head(host, 'State'));
    await host.page.keyboard.press('Shift+ArrowRight');
    await vi.waitFor(async () => expect(await widthOf(head(host, 'State'))).toBeGreaterThan(before));
    await host.page.keyboard.press('Alt+ArrowRight');
    await vi.waitFor(async () => expect((await heads(host)).indexOf('State')).toBe(2));
  });

  it('filter by the values ticked under their head; one click takes it away', async () => {
    const host = await openTable();
    await head(host, 'activation').hover();
    await head(host, 'activation').locator('.funnel').click();
    await host.page.locator('sweet-column-filter vscode-checkbox', { hasText: 'relu' }).click();
    await vi.waitFor(async () => expect(Number(await rowCount(host))).toBeLessThan(21));
    await host.page.getByRole('button', { name: 'Clear filter' }).click();
    await vi.waitFor(async () => expect(await rowCount(host)).toBe('21'));
  });

  it('filter between two ends where they hold numbers', async () => {
    const host = await openTable();
    await head(host, 'dropout').hover();
    await head(host, 'dropout').locator('.funnel').click();
    await host.page.getByLabel('At most').fill('0.1');
    await host.page.getByLabel('At most').press('Enter');
    await host.page.getByText('dropout ≤ 0.1').waitFor();
    expect(Number(await rowCount(host))).toBeLessThan(21);
  });
});

describe('marks of trials', () => {
  it('stand in a column of their own, and can be filtered by', async () => {
    const host = await openTable();
    expect(await host.page.locator('[role=row].row', { hasText: '★ · candidate' }).count()).toBe(1);
    expect(await host.page.locator('.row.excluded', { hasText: 'excluded: wrong seed' }).count()).toBe(1);
    await host.page.getByRole('textbox', { name: 'Filter the trials' }).fill('starred = true');
    await vi.waitFor(async () => expect(await rowCount(host)).toBe('2'));
  });

  it("are changed on the trial's page", async () => {
    const host = await openTable();
    await host.page.locator('[role=row].row', { hasText: 'wrong seed' }).dblclick();
    await host.page.getByRole('button', { name: 'Include again' }).click();
    await host.page.getByRole('button', { name: 'Star', exact: true }).click();
    await vi.waitFor(() =>
      expect(host.trialActions).toEqual([
        { trial: 5, action: 'include' },
        { trial: 5, action: 'star' },
      ]),
    );
  });
});

describe('the page of a trial', () => {
  it('lists its files with their sizes, and finds lines of its log', async () => {
    const host = await openTable();
    await host.page.locator('[role=row].row').first().dblclick();
    await host.page.getByText('checkpoint/weights.bin').waitFor();
    await host.page.getByRole('textbox', { name: 'Search the log' }).fill('warning');
    await host.page.getByText('1 of 4 lines').waitFor();
    expect(await host.page.locator('sweet-trial-left pre').textContent()).toBe(
      'warning: 3 rows without a label',
    );
  });
});
