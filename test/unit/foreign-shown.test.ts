/** A study of another program has no file that it began with: nothing speaks of the values in one. */
import { describe, expect, it, vi } from 'vitest';
import { frontOf, frontSentences } from '../../src/core/study/objectives/front.js';
import type { Study, Trial } from '../../src/core/study/trial.js';
import type { StudyEntry } from '../../src/extension/study-entry.js';

vi.mock('vscode', () => {
  class Plain {}
  return {
    MarkdownString: Plain,
    ThemeColor: Plain,
    ThemeIcon: Plain,
    TreeItem: Plain,
    TreeItemCollapsibleState: {},
    Uri: { file: (path: string) => ({ path }), from: (parts: object) => parts },
    EventEmitter: Plain,
    workspace: {},
    window: {},
    commands: {},
  };
});
const { trialItem } = await import('../../src/extension/views/items.js');

const trial = (number: number, losses: readonly number[]): Trial => ({
  id: number,
  number,
  state: 'complete',
  params: { x: 0.5 },
  values: { loss: losses[0] as number, size: losses[1] ?? 0 },
  objectives: losses,
  reports: [],
  attributes: {},
});

function study(baseline: Study['baseline'], trials: readonly Trial[]): Study {
  const count = trials[0]?.objectives?.length ?? 1;
  return {
    name: 's',
    objectives: (['loss', 'size'] as const)
      .slice(0, count)
      .map((metric) => ({ metric, direction: 'minimize' })),
    space: { x: { type: 'float', low: 0, high: 1 } },
    settings: { sampler: 'random', pruner: 'none', seed: 0, stop: {} },
    config: { file: '', text: '' },
    baseline,
    status: { kind: 'running' },
    trials,
    seq: 0,
    elapsedMs: 0,
    environments: [],
  };
}

describe('a study of another program', () => {
  const trials = [trial(0, [0.2]), trial(1, [0.4])];
  const node = { kind: 'trial', id: 't0' } as Parameters<typeof trialItem>[0];
  const described = (foreign: boolean) => {
    const entry = { study: study(foreign ? {} : { x: 0.5 }, trials), foreign } as unknown as StudyEntry;
    return trialItem(node, entry, trials[0] as Trial).description;
  };

  it('has a trial 0 like any other in the tree', () => {
    expect(described(false)).toBe('0.2 · values in the file');
    expect(described(true)).toBe('0.2');
  });

  it('has a front that says nothing of a file', () => {
    const of = (baseline: Study['baseline']): string => {
      const two = study(baseline, [trial(0, [1, 5]), trial(1, [2, 3])]);
      const front = frontOf(two);
      return front ? frontSentences(two, front).join(' ') : '';
    };
    expect(of({ x: 0.5 })).toContain("the file's own values");
    expect(of({})).not.toContain('file');
  });
});
