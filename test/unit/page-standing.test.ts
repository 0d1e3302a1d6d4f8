import { describe, expect, it } from 'vitest';
import { bestTrial } from '../../src/core/study/best.js';
import { parseLine } from '../../src/core/study/journal/line.js';
import { StudyReducer } from '../../src/core/study/journal/reduce.js';
import type { Trial } from '../../src/core/study/trial.js';
import type { PageState } from '../../src/protocol/panel.js';
import type { StudyView } from '../../webview-ui/src/feed.js';
import { studyActions } from '../../webview-ui/src/page/actions.js';
import {
  certaintyOf,
  improvementText,
  noticeOf,
  progressOf,
  resultOf,
  statusOf,
} from '../../webview-ui/src/page/standing.js';
import { type SampleChoices, sampleJournal } from '../webview/support/sample-study.js';

const ref = { id: 'j', name: 'iris', configFile: '/iris.yaml', configName: 'iris.yaml' };

function viewOf(choices: SampleChoices): StudyView {
  const reducer = new StudyReducer();
  for (const line of sampleJournal(choices)) {
    const parsed = parseLine(line.trimEnd());
    if (parsed.kind === 'record') reducer.apply(parsed.record);
  }
  const { study } = reducer;
  const counts = { waiting: 0, running: 0, complete: 0, pruned: 0, failed: 0 };
  for (const trial of study.trials) counts[trial.state]++;
  return { ref, study, trials: study.trials, expected: study.trials.length, best: bestTrial(study), counts };
}

const running: PageState = { study: ref, engine: { workers: 2, busy: 2 }, trusted: true };
const idle: PageState = { study: ref, trusted: true };
const finished = { kind: 'finished', reason: '12 trials are done' } as const;
const enabled = (page: PageState, view: StudyView) =>
  studyActions(page, view)
    .filter((action) => action.enabled)
    .map(({ action }) => action);

describe('the buttons of a study', () => {
  const labels = (ref: Partial<StudyView['ref']>) => {
    const view = viewOf({ trials: 3, status: { kind: 'stopped', reason: 'by a person' } });
    return studyActions(idle, { ...view, ref: { ...view.ref, ...ref } }).map(({ label }) => label);
  };

  it('offer to go on with it and to take its values', () => {
    expect(labels({})).toEqual(['Resume', 'Compare with Best', 'Apply Best']);
  });

  it('offer nothing of a study of another program but to continue it as one of ours', () => {
    expect(labels({ foreign: true })).toEqual(['Continue as a Study…']);
  });

  it('offer repair in place of going on where its journal is damaged', () => {
    expect(labels({ damaged: 2 })).toEqual(['Repair', 'Compare with Best', 'Apply Best']);
  });
});

describe('the status of a study', () => {
  it('is running while an engine is at work', () => {
    expect(statusOf(running, viewOf({ trials: 3 })).kind).toBe('running');
  });

  it('is lost when the journal says running and no engine is there', () => {
    const view = viewOf({ trials: 3 });
    expect(statusOf(idle, view).kind).toBe('lost');
    expect(noticeOf(idle, view)).toMatchObject({ actions: [{ action: 'resume' }, { action: 'show-log' }] });
    expect(enabled(idle, view)).toContain('resume');
  });

  it.each([
    ['Restart', 'the engine is lost', undefined],
    ['Resume', 'it ended with an error', { kind: 'error', reason: 'the disk is full' }],
  ] as const)('offers to %s by the same word everywhere where %s', (word, _, status) => {
    const view = viewOf({ trials: 3, ...(status && { status }) });
    expect(noticeOf(idle, view)?.actions?.[0]?.label).toBe(word);
    expect(studyActions(idle, view)[0]?.label).toBe(word);
  });

  it('says how much of a long study is here while the rest arrives', () => {
    const view = { ...viewOf({ trials: 3 }), expected: 100 };
    expect(noticeOf(idle, view)?.text).toBe('Reading the study: 3 of 100 trials are here, the rest follows.');
  });

  it('says of a study of another program what was not done there', () => {
    const foreign = (running: number): StudyView => {
      const view = viewOf({ trials: 9, running, foreign: true });
      return { ...view, ref: { ...view.ref, foreign: true } };
    };
    expect(noticeOf(idle, foreign(2))?.text).toContain('2 trials were still running');
    const done = foreign(0);
    expect(noticeOf(idle, { ...done, best: done.trials[0] })?.text ?? '').not.toMatch(
      /still running|in the file/,
    );
  });

  it('says that it is stopping as soon as it was asked to', () => {
    const view = viewOf({ trials: 3 });
    const stopping: PageState = { ...running, engine: { workers: 2, busy: 2, stopping: 'finish' } };
    expect(statusOf(stopping, view)).toMatchObject({ word: 'Stopping', reason: 'after the running trials' });
    expect(enabled(stopping, view)).not.toContain('stop-finish');
    expect(enabled(stopping, view)).toContain('stop-now');
  });

  it('counts trials that a person asked for on top of the budget', () => {
    expect(progressOf(viewOf({ trials: 3, budget: 5 }))).toEqual({ done: 3, total: 5 });
    expect(progressOf(viewOf({ trials: 6, running: 1, budget: 5 }))).toEqual({ done: 5, total: 6 });
    expect(progressOf(viewOf({ trials: 6 })).total).toBeUndefined();
  });

  it('names the reason of the end', () => {
    expect(statusOf(idle, viewOf({ trials: 12, status: finished }))).toMatchObject({
      word: 'Finished',
      reason: '12 trials are done',
    });
  });
});

describe('what a person is told', () => {
  it('is that it starts, before the first trial', () => {
    expect(noticeOf(running, viewOf({ trials: 0 }))?.text).toMatch(/^Starting/);
  });

  it('is that only the file’s values were tried, after the first', () => {
    expect(noticeOf(running, viewOf({ trials: 1 }))?.text).toMatch(/^Only the values in the file/);
  });

  it('is why all trials failed, with a way to the log', () => {
    const notice = noticeOf(idle, viewOf({ trials: 4, allFail: true, status: finished }));
    expect(notice?.text).toMatch(
      /^All 4 trials have failed: train.ts:14.*[^.]\. Once that is mended, choose Start New Study on the file\.$/,
    );
    expect(notice?.log).toBe(0);
  });

  it('is that the file’s own values won', () => {
    const view = viewOf({ trials: 12, fileWins: true, status: finished });
    expect(noticeOf(idle, view)?.text).toMatch(/^The values in the file won/);
    expect(enabled(idle, view)).toEqual([]);
  });

  it('is that an untrusted workspace cannot run', () => {
    const view = viewOf({ trials: 12, status: { kind: 'stopped', reason: 'stopped by you' } });
    const untrusted: PageState = { ...idle, trusted: false };
    expect(noticeOf(untrusted, view)?.text).toContain('not trusted');
    expect(enabled(untrusted, view)).not.toContain('resume');
  });

  it('is nothing while all is well', () => {
    expect(noticeOf(running, viewOf({ trials: 12 }))).toBeUndefined();
  });
});

describe('the result', () => {
  it('is the best against the values in the file', () => {
    const result = resultOf(viewOf({ trials: 30 }));
    expect(result?.metric).toBe('val_loss');
    expect(result?.value).toBeLessThan(result?.baseline ?? 0);
    expect(result?.improvement?.gain).toBeGreaterThan(0);
  });

  it('is stated as a difference and a percentage', () => {
    expect(improvementText({ gain: 0.0522, change: -0.0522, fraction: -0.559 })).toBe('−0.0522 (−55.9 %)');
    expect(improvementText({ gain: 0.5, change: 0.5, fraction: undefined })).toBe('+0.5');
  });

  it('counts ended trials against the budget', () => {
    expect(progressOf(viewOf({ trials: 12, running: 2, budget: 40 }))).toEqual({ done: 10, total: 40 });
  });
});

describe('how sure the winner is', () => {
  const run = (number: number, value: number, repeatOf?: number): Trial => ({
    id: number,
    number,
    state: 'complete',
    params: { x: value },
    values: { loss: value },
    objectives: [value],
    reports: [],
    attributes: {},
    ...(repeatOf !== undefined && { suggestion: { sampler: 'race', reason: '', seen: 0, repeatOf } }),
  });
  const raced = (trials: readonly Trial[], race: number): StudyView => {
    const view = viewOf({ trials: 1 });
    const { study } = view;
    const settings = { ...study.settings, race };
    const all = { ...study, settings, trials };
    return { ...view, study: all, trials, best: bestTrial(all) };
  };

  it('is said with its rival where points were run more than once', () => {
    const trials = [run(0, 1), run(1, 1.5), run(2, 1.2, 0), run(3, 1.9, 1), run(4, 0.8, 0)];
    expect(certaintyOf(raced(trials, 2))).toEqual({
      short: 'p = 0.98 over trial 1',
      text: 'Trial 0 beats trial 1 with p = 0.98 (mean of 3 runs: 1 ± 0.133).',
    });
  });

  it('is not said where nothing was run twice', () => {
    expect(certaintyOf(raced([run(0, 1), run(1, 1.5)], 2))).toBeUndefined();
    expect(certaintyOf(viewOf({ trials: 4 }))).toBeUndefined();
  });
});
