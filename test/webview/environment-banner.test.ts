/** The line at the top of a study that goes on in another environment. */
import { describe, expect, it, vi } from 'vitest';
import { printLine } from '../../src/core/study/journal/line.js';
import { Attr } from '../../src/core/study/journal/records.js';
import { environmentRecord } from '../../src/core/study/journal/write.js';
import { useBrowser } from './support/browser.js';
import { sampleJournal } from './support/sample-study.js';

const open = useBrowser();
/** Without the sample's own environment. */
const study = sampleJournal({ trials: 6, budget: 6, status: { kind: 'finished', reason: 'done' } }).filter(
  (line) => !line.includes(Attr.environment),
);

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

  it('says when an earlier one is back, and which trials ran there', async () => {
    const half = study.length / 2;
    const other = { ...HERE, packages: { numpy: '2.0' } };
    const lines = [
      ...study.slice(0, 6),
      ran('a', HERE),
      ...study.slice(6, half),
      ran('b', other),
      ...study.slice(half),
      ran('a', HERE),
    ];
    const host = await open({ page: 'results', lines });
    const banner = host.page.locator('sweet-header .banner');
    await banner.waitFor();
    expect(await banner.textContent()).toMatch(
      /^This study continues again in the environment of trials 0–\d\. That of trials \d–5 differed in packages\.numpy/,
    );
  });

  it('says nothing where only what does not matter differs', async () => {
    const lines = [...study, ran('a', HERE), ran('b', { ...HERE, memoryGb: 16 })];
    const host = await open({ page: 'results', lines });
    await host.page.locator('sweet-header h1').waitFor();
    expect(await host.page.locator('sweet-header .banner').count()).toBe(0);
  });
});
