/** A paused trial waits in the journal; people are told that it is paused, and why. */
import { describe, expect, it, vi } from 'vitest';
import { parseFilter, passing } from '../../src/core/study/table/filter.js';
import { sortTrials } from '../../src/core/study/table/sorting.js';
import { columnsOf } from '../../src/core/study/table/table.js';
import type { Study, Trial } from '../../src/core/study/trial.js';
import type { StudyEntry } from '../../src/extension/study-entry.js';
import type { StudyView } from '../../webview-ui/src/feed.js';
import { cellContent } from '../../webview-ui/src/table/wide-cells.js';

vi.mock('vscode', () => {
  class Plain {
    constructor(
      readonly id: string,
      readonly more?: unknown,
    ) {}
  }
  return {
    MarkdownString: Plain,
    ThemeColor: Plain,
    ThemeIcon: Plain,
    TreeItem: Plain,
    TreeItemCollapsibleState: { None: 0, Collapsed: 1, Expanded: 2 },
    Uri: { file: (path: string) => ({ path }), from: (parts: object) => parts },
    EventEmitter: class {
      readonly event = () => undefined;
    },
    workspace: {},
    window: {},
    commands: {},
  };
});
const { trialItem } = await import('../../src/extension/views/items.js');

const WHY = 'paused: 0.31 at step 3 is not among the best third';
const trial = (number: number, more: Partial<Trial>): Trial => ({
  id: number,
  number,
  state: 'waiting',
  params: { x: 0.5 },
  values: {},
  reports: [],
  attributes: {},
  ...more,
});
const reports = [1, 2, 3].map((step) => ({ step, value: 0.31, metrics: { loss: 0.31 } }));
const paused = trial(1, { reports, reason: WHY, attributes: { 'sweetspot:paused': { step: 3 } } });
const trials = [
  trial(0, { state: 'complete', objectives: [0.2], values: { loss: 0.2 } }),
  paused,
  trial(2, {}),
  trial(3, {
    ...paused,
    number: 3,
    state: 'running',
    attributes: { 'sweetspot:paused': { step: 3, promoted: 'good' } },
  }),
];
const study: Study = {
  name: 's',
  objectives: [{ metric: 'loss', direction: 'minimize' }],
  space: { x: { type: 'float', low: 0, high: 1 } },
  settings: { sampler: 'random', pruner: { name: 'asha', mode: 'promote' }, seed: 0, stop: {} },
  config: { file: '', text: '' },
  baseline: { x: 0.5 },
  status: { kind: 'running' },
  trials,
  seq: 0,
  elapsedMs: 0,
  environments: [],
};

describe('a paused trial', () => {
  it('is called so in the table of the panel, with the reason at hand', () => {
    const view: StudyView = {
      ref: { id: 'j', name: 's', configFile: '/s.yaml', configName: 's.yaml' },
      study,
      trials,
      expected: trials.length,
      best: trials[0],
      counts: { waiting: 2, running: 1, complete: 1, pruned: 0, failed: 0 },
    };
    const state = columnsOf(study).find(({ kind }) => kind === 'state')!;
    const cells = trials.map((one) => cellContent(view, one, state, () => 0));
    const words = cells.map(({ content }) => (typeof content === 'string' ? content : content.values.at(-1)));
    expect(words).toEqual(['Complete', 'Paused', 'Waiting', 'Running']);
    expect(cells[1]?.title).toBe(WHY);
  });

  it('is called so in the tree, with how far it came', () => {
    const entry = { study, best: trials[0] } as unknown as StudyEntry;
    const shown = (one: Trial) =>
      trialItem({ kind: 'trial', id: `t${one.number}` } as Parameters<typeof trialItem>[0], entry, one);
    expect(shown(paused)).toMatchObject({
      description: 'paused · 0.31 at step 3',
      iconPath: { id: 'debug-pause' },
      accessibilityInformation: { label: 'Trial 1, paused, paused · 0.31 at step 3' },
    });
    expect(shown(trials[2]!).description).toBe('waiting');
    expect(shown(trials[3]!).description).toBe('0.31 at step 3');
  });

  it('is found and sorted by that name, apart from those that wait for their turn', () => {
    const columns = columnsOf(study);
    const found = (text: string) => {
      const filter = parseFilter(text, columns);
      if (filter.kind === 'error') throw new Error(filter.message);
      return passing(trials, [filter.mask]).map(({ number }) => number);
    };
    expect(found('state = paused')).toEqual([1]);
    expect(found('state = waiting')).toEqual([2]);
    const sorted = sortTrials(trials, [{ column: 'state', descending: false }], columns, 0);
    expect(sorted.map(({ number }) => number)).toEqual([3, 2, 1, 0]);
  });
});
