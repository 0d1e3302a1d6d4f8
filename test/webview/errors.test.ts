/** What the best trial got wrong, on the results page. */
import { describe, expect, it, vi } from 'vitest';
import { useBrowser } from './support/browser.js';
import { sampleJournal } from './support/sample-study.js';
import { sampleConfusion, sampleResiduals } from './support/sample-validation.js';

const open = useBrowser();
const idle = { engine: undefined } as never;
const lines = sampleJournal({ trials: 30, status: { kind: 'finished', reason: '30 trials are done' } });

describe('the errors of the best trial', () => {
  it('are no tab where its trainer does not say them', async () => {
    const host = await open({ page: 'results', lines, state: idle });
    await host.page.locator('#tab-calibration').waitFor();
    expect(await host.page.locator('#tab-errors').count()).toBe(0);
  });

  it.each([
    ['confusion matrix', sampleConfusion, /^Confusion matrix of trial \d+/, 'actual\tpredicted setosa'],
    ['residuals', sampleResiduals, /^Predicted against actual/, 'predicted\tactual\tresidual'],
  ])('are a chart with the %s', async (_, validation, description, header) => {
    const host = await open({ page: 'results', lines, validation, state: idle });
    await host.page.locator('#tab-errors').click();
    const plot = host.page.locator('sweet-explorer .plot');
    await vi.waitFor(async () => expect(await plot.getAttribute('aria-label')).toMatch(description));
    await plot.focus();
    await host.page.keyboard.press('Home');
    await host.page.locator('sweet-explorer .tip:not([hidden])').waitFor();
    await host.page.getByRole('button', { name: 'Data' }).click();
    await vi.waitFor(() => expect(host.copied[0]).toContain(header));
    expect(host.complaints).toEqual([]);
  });
});
