/** A study that goes on in another environment, or again in an earlier one. */
import { describe, expect, it } from 'vitest';
import { environmentChange, environmentTurn } from '../../src/core/analysis/environment-turn.js';
import type { RecordedEnvironment, Trial } from '../../src/core/study/trial.js';

const environment = (id: string, numpy: string): RecordedEnvironment => ({
  id,
  at: '2026-01-01T00:00:00Z',
  facts: { packages: { numpy }, memoryGb: id.length },
});
const A = environment('a', '1.26');
const B = environment('b', '2.0');

/** `aab`: trials 0 and 1 ran in environment a, trial 2 in b. */
const study = (ran: string, now: RecordedEnvironment) => ({
  environments: [A, B].filter(({ id }) => ran.includes(id) || id === now.id),
  environment: now.id,
  trials: [...ran].map(
    (id, number): Trial => ({
      id: number,
      number,
      state: 'complete',
      params: {},
      values: {},
      reports: [],
      attributes: {},
      environment: id,
    }),
  ),
});

describe('a study in one environment', () => {
  it('has nothing to tell', () => {
    expect(environmentChange(study('aaa', A))).toBeUndefined();
    expect(environmentTurn({ environments: [], trials: [] })).toBeUndefined();
  });
});

describe('a study that goes on in another environment', () => {
  it('is told so before and after its first trial there', () => {
    for (const ran of ['aaa', 'aaab']) {
      expect(environmentChange(study(ran, B))).toBe(
        "This study continues in another environment: packages.numpy (likely to matter) differs from the earlier run's.",
      );
    }
  });
});

describe('a study that goes on again in an earlier environment', () => {
  const BACK =
    'This study continues again in the environment of trials 0–2. That of trials 3–4 differed in packages.numpy (likely to matter).';

  it('names the trials that ran there and those that did not, also when more join them', () => {
    expect(environmentChange(study('aaabb', A))).toBe(BACK);
    expect(environmentChange(study('aaabbaa', A))).toBe(BACK);
  });

  it('does so at every turn, naming the latest ranges', () => {
    expect(environmentChange(study('abaab', A))).toMatch(
      /^This study continues again in the environment of trials 0 and 2–3\. That of trial 4 differed/,
    );
    expect(environmentChange(study('abaaba', B))).toMatch(/environment of trials 1 and 4\. That of trial 5 /);
    expect(environmentChange(study('ababab', A))).toMatch(/of trials 2 and 4, and earlier ones\. That/);
  });

  it('says nothing where what differed hardly matters', () => {
    const alike = { ...B, facts: { ...A.facts, memoryGb: 64 } };
    expect(environmentChange({ ...study('aab', A), environments: [A, alike] })).toBeUndefined();
  });
});
