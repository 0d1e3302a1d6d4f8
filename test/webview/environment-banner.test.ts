/** The line at the top of a study that goes on in another environment. */
import { describe, expect, it, vi } from 'vitest';
import { printLine } from '../../src/core/study/journal-line.js';
import { environmentRecord } from '../../src/core/study/write.js';
import { useBrowser } from './support/browser.js';
import { sampleJournal } from './support/sample-study.js';

const open = useBrowser();
const study = sampleJournal({ trials: 6, budget: 6, status: { kind: 'finished', reason: 'done' } });

const ran = (id: string, facts: Parameters<typeof environmentRecord>[1]['facts']): string =>
  printLine(environmentRecord('sweetspot-1', { id, at: '2026-01-01T00:00:00Z', facts }));
const HERE = { cpu: { model: 'A' }, packages: { numpy: '1.26' }, memoryGb: 8 };

describe('a study that goes on in another environment', () => {
  it('says at its top what differs, and what is likely to matter', async () => {
    const host = await open({ page: 'results', lines: [...study, ran('a', HERE)] });
    const banner = host.page.locator('sweet-header .banner');
    await host.page.locator('sweet-header h1').waitFor();
    expect(await banner.count()).toBe(0);
    await host.append([ran('b', { ...HERE, cpu: { model: 'B' }, packages: { numpy: '2.0' } })]);
    await vi.waitFor(async () =>
      expect(await banner.textContent()).toBe(
        "This study continues in another environment: packages.numpy (likely to matter), cpu.model differ from the earlier run's.",
      ),
    );
  });

  it('says nothing where only what does not matter differs', async () => {
    const lines = [...study, ran('a', HERE), ran('b', { ...HERE, memoryGb: 16 })];
    const host = await open({ page: 'results', lines });
    await host.page.locator('sweet-header h1').waitFor();
    expect(await host.page.locator('sweet-header .banner').count()).toBe(0);
  });
});
