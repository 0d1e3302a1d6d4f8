/** The difference of two environments, and how it is ranked. */
import { describe, expect, it } from 'vitest';
import {
  environmentDifference,
  environmentNote,
  factText,
} from '../../src/core/analysis/environment-diff.js';

const facts = {
  os: { platform: 'linux', release: '6.1' },
  cpu: { model: 'A', flags: ['avx2', 'fma'] },
  memoryGb: 16,
  node: '20.1.0',
  packages: { numpy: '2.0.0', black: '24.1' },
  trainer: { kind: 'command', files: { 'train.py': 'sha256:1' } },
};

describe('environmentDifference', () => {
  it('is empty for equal facts, whatever the order of their keys and whoever ran', () => {
    const { os, ...rest } = facts;
    expect(environmentDifference({ ...facts, pid: 1 }, { ...rest, os, pid: 2 })).toEqual([]);
  });

  it('puts what is likely to matter first and what affects speed at most last', () => {
    const differences = environmentDifference(facts, {
      ...facts,
      memoryGb: 32,
      cpu: { model: 'A', flags: ['avx2'] },
      packages: { numpy: '2.1.0', black: '24.2' },
      trainer: { kind: 'command', files: { 'train.py': 'sha256:2' } },
    });
    expect(differences.map(({ path, weight }) => [path, weight])).toEqual([
      ['packages.numpy', 'likely'],
      ['trainer.files.train.py', 'likely'],
      ['cpu.flags', 'possible'],
      ['packages.black', 'possible'],
      ['memoryGb', 'unlikely'],
    ]);
    expect(differences[0]).toMatchObject({ before: '2.0.0', after: '2.1.0' });
  });

  it('names facts that only one side has', () => {
    const { packages: _, ...without } = facts;
    expect(environmentDifference(without, facts)[0]).toMatchObject({
      path: 'packages.numpy',
      before: undefined,
      after: '2.0.0',
    });
  });
});

describe('environmentNote', () => {
  it('says nothing where nothing that may matter differs', () => {
    expect(environmentNote(environmentDifference(facts, { ...facts, memoryGb: 8 }))).toBeUndefined();
  });

  it('names what differs and what of it is likely to matter', () => {
    const after = { ...facts, node: '24.0.0', packages: { numpy: '1.0', black: '24.1' } };
    expect(environmentNote(environmentDifference(facts, after))).toBe(
      "This study continues in another environment: packages.numpy (likely to matter), node differ from the earlier run's.",
    );
  });
});

describe('a fact as text', () => {
  it('has every digit of a number, and of a hash as many as tell two files apart', () => {
    expect(factText(885402008)).toBe('885402008');
    expect(factText(`sha256:${'2b34feb8f31d'.padEnd(64, '0')}`)).toBe('sha256:2b34feb8f31d…');
    expect(factText(undefined)).toBe('–');
  });
});
