/** The status bar's item: what it says of one sweep, of several metrics, of several sweeps, and of one that was stopped. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { parseLine } from '../../src/core/study/journal/line.js';
import { StudyReducer } from '../../src/core/study/journal/reduce.js';
import type { Studies } from '../../src/extension/studies.js';
import type { StudyEntry } from '../../src/extension/study-entry.js';
import { type SampleChoices, sampleJournal } from '../webview/support/sample-study.js';

const item = { text: '', shown: false, show: () => {}, hide: () => {}, dispose: () => {} };

vi.mock('vscode', () => ({
  MarkdownString: class {
    readonly appendMarkdown = () => this;
    readonly appendText = () => this;
  },
  StatusBarAlignment: { Left: 1 },
  window: { createStatusBarItem: () => item },
  workspace: {},
  commands: {},
}));
const { bestTrial } = await import('../../src/core/study/best.js');
const { registerStatus } = await import('../../src/extension/status.js');

function entry(name: string, choices: SampleChoices, phase: StudyEntry['phase']): StudyEntry {
  const reducer = new StudyReducer();
  for (const line of sampleJournal(choices)) {
    const parsed = parseLine(line.trimEnd());
    if (parsed.kind === 'record') reducer.apply(parsed.record);
  }
  const { study } = reducer;
  return {
    id: name,
    name,
    configFile: `/${name}.yaml`,
    study,
    phase,
    best: bestTrial(study),
    engine: phase.kind === 'running' ? { workers: 1, busy: 1 } : undefined,
    startedAt: 0,
    damaged: 0,
    foreign: false,
  };
}

/** What the item says once the studies were told of, one list after the other. */
function said(...lists: readonly (readonly StudyEntry[])[]): string | undefined {
  vi.useFakeTimers();
  let all: readonly StudyEntry[] = [];
  const listeners: (() => void)[] = [];
  const on = (listener: () => void) => {
    listeners.push(listener);
    return { dispose: () => {} };
  };
  const studies = {
    get all() {
      return all;
    },
    get: (id: string) => all.find((one) => one.id === id),
    onDidChange: on,
    onDidChangeList: on,
  } as unknown as Studies;
  const own = registerStatus(studies);
  for (const list of lists) {
    all = list;
    for (const listener of listeners) listener();
    vi.advanceTimersByTime(1_000);
  }
  own.dispose();
  vi.useRealTimers();
  return item.shown ? item.text : undefined;
}

describe('the status bar', () => {
  const running = { kind: 'running' } as const;
  beforeEach(() => {
    Object.assign(item, {
      text: '',
      shown: false,
      show: () => {
        item.shown = true;
      },
      hide: () => {
        item.shown = false;
      },
    });
  });

  it('has the progress and the best value of a sweep', () => {
    const one = entry('a', { trials: 12, budget: 40 }, running);
    expect(said([one])).toMatch(/^\$\(sync~spin\) 12\/40 · val_loss 0\.\d+$/);
  });

  it('has the size of the Pareto front where there are several metrics', () => {
    const one = entry('a', { trials: 12, budget: 40, objectives: 2 }, running);
    expect(said([one])).toMatch(/^\$\(sync~spin\) 12\/40 · \d+ on the front$/);
  });

  it('adds up several sweeps', () => {
    const sweeps = ['a', 'b'].map((name) => entry(name, { trials: 10, budget: 40 }, running));
    expect(said(sweeps)).toBe('$(sync~spin) 20/80 · 2 sweeps');
  });

  it('keeps a sweep that was stopped while it can be resumed, and nothing else', () => {
    const choices: SampleChoices = {
      trials: 12,
      budget: 40,
      status: { kind: 'stopped', reason: 'by a person' },
    };
    const before = entry('a', { trials: 12, budget: 40 }, running);
    const stopped = entry('a', choices, { kind: 'stopped', reason: 'by a person' });
    expect(said([before], [stopped])).toMatch(/^\$\(debug-pause\) 12\/40 · val_loss /);
    expect(said([before], [{ ...stopped, phase: { kind: 'finished', reason: 'done' } }])).toBeUndefined();
    expect(said([stopped]), 'of another window').toBeUndefined();
  });
});
