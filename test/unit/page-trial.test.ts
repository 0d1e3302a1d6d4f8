import { describe, expect, it } from 'vitest';
import type { Trial } from '../../src/core/study/trial.js';
import { apartFrom, peakOf, ranIn } from '../../webview-ui/src/page/trial-ran.js';
import { sampleStudy } from '../webview/support/chart-input.js';

const study = sampleStudy({ trials: 5 });
const [first, second] = study.trials as readonly [Trial, Trial];
const changed = (attributes: Trial['attributes']): Trial => ({ ...first, attributes });

describe('what a trial ran in', () => {
  it('is said in the order in which it matters', () => {
    expect(ranIn(study, first)).toEqual([
      ['Computer', 'Debian GNU/Linux 12, AMD EPYC'],
      ['Runtime', 'Node 20.20.2'],
      ['Backend', 'embedded, tfjs 4.22.0'],
      ['Data', 'iris.csv, 150 rows'],
      ['Seed', '100'],
    ]);
  });

  it('has what users’ own programs said of it, and leaves out what nobody reads', () => {
    const lines = ranIn(study, changed({ pid: 17, commandPid: 18, command: 'python a.py', cluster: 'blue' }));
    expect(lines).toContainEqual(['Command', 'python a.py']);
    expect(lines).toContainEqual(['cluster', 'blue']);
    expect(lines.flat().join(' ')).not.toMatch(/pid|17|18/i);
  });

  it('is compared with the best trial’s', () => {
    expect(apartFrom(study, first, second)).toBe('Nothing that matters differs from trial 1, the best.');
    const other = { ...second, attributes: { ...second.attributes, versions: { tfjs: '4.21.0' } } };
    expect(apartFrom(study, first, other)).toContain('versions.tfjs (likely to matter)');
    const silent = { ...study, environments: [] };
    expect(apartFrom(silent, changed({}), first)).toBeUndefined();
  });

  it('says its peak memory where that was measured', () => {
    expect(peakOf(first)).toBe('92 MB');
    expect(peakOf(changed({}))).toBeUndefined();
  });
});
