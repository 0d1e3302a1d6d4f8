/** Studies over one another on the results page, as people meet them. */
import { describe, expect, it, vi } from 'vitest';
import { useBrowser } from './support/browser.js';
import type { FakeHost } from './support/fake-host.js';
import { samplePeers } from './support/sample-peers.js';
import { sampleJournal } from './support/sample-study.js';

const open = useBrowser();
const idle = { engine: undefined } as never;
const lines = sampleJournal({ trials: 40, status: { kind: 'finished', reason: '40 trials are done' } });
const compared = () => open({ page: 'results', lines, peers: samplePeers, state: idle });
const label = (host: FakeHost) => host.page.locator('sweet-explorer .plot').getAttribute('aria-label');

describe('the comparison of studies', () => {
  it('is no tab of a study that stands alone', async () => {
    const host = await open({ page: 'results', lines, state: idle });
    await host.page.locator('#tab-calibration').waitFor();
    expect(await host.page.locator('#tab-studies').count()).toBe(0);
  });

  it('begins with the latest of the same config, and others are put in and taken out', async () => {
    const host = await compared();
    await host.page.locator('#tab-studies').click();
    await vi.waitFor(async () => expect(await label(host)).toContain('Comparison of 4 studies'));
    expect(await label(host)).not.toContain('wine');
    const pick = async (name: string): Promise<void> => {
      await host.page.getByLabel('Studies to compare with').click();
      await host.page.getByRole('option', { name }).click();
    };
    await pick('wine (wine.yaml)');
    await vi.waitFor(async () => expect(await label(host)).toContain('wine'));
    await pick('✓ iris-4');
    await vi.waitFor(async () => expect(await label(host)).not.toContain('iris-4'));
    expect(host.complaints).toEqual([]);
  });

  it('asks which studies there are when it opens, not whenever the state of the study changes', async () => {
    const host = await compared();
    await host.page.locator('#tab-studies').waitFor();
    const asked = host.peersAsked;
    for (const busy of [1, 2, 1]) await host.setState({ engine: { workers: 2, busy } });
    await host.page.locator('#tab-edf').click();
    await host.page.getByText('Log scale').click();
    await host.setState({ trusted: false });
    await host.page.getByText('This workspace is not trusted').waitFor();
    expect(host.peersAsked).toBe(asked);
  });

  it('comes up with the studies that were chosen outside the page', async () => {
    const host = await compared();
    await host.page.locator('#tab-studies').waitFor();
    await host.compareWith(samplePeers.slice(1, 2).map(({ ref }) => ref.id));
    await vi.waitFor(async () => expect(await label(host)).toContain('Comparison of 2 studies'));
    expect(await label(host)).toContain('iris-3');
  });

  it('is walked with the arrows, copied, and saved with its legend', async () => {
    const host = await compared();
    await host.page.locator('#tab-studies').click();
    await vi.waitFor(async () => expect(await label(host)).toContain('Comparison of'));
    await host.page.locator('sweet-explorer .plot').focus();
    await host.page.keyboard.press('Home');
    await vi.waitFor(async () =>
      expect(await host.page.locator('sweet-explorer .tip').innerText()).toContain('val_loss'),
    );
    await host.page.getByRole('button', { name: 'Data' }).click();
    await vi.waitFor(() => expect(host.copied[0]).toContain('iris-3\tbest so far'));
    await host.page.getByRole('button', { name: 'SVG' }).click();
    await vi.waitFor(() => expect(host.files[0]?.name).toBe('iris-studies.svg'));
    expect(Buffer.from(host.files[0]!.base64, 'base64').toString()).toContain('iris-random-2: ');
  });
});
