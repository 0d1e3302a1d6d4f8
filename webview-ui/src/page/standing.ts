/**
 * What there is to say about a study in words: its status, and the one notice that matters now. Pure, so that each
 * sentence can be tested; elements only place them.
 */
import { baselineOf, type Improvement, improvementOf } from '../../../src/core/analysis/history.js';
import { formatNumber, formatPercent } from '../../../src/core/format.js';
import { plannedTrials } from '../../../src/core/study/planned.js';
import { probabilityText, winnerOf, winnerText } from '../../../src/core/study/winner.js';
import type { PageState, StudyAction } from '../../../src/protocol/panel.js';
import type { StudyView } from '../feed.js';

export type StatusKind = 'running' | 'stopping' | 'stopped' | 'finished' | 'error' | 'lost';

export interface Status {
  readonly kind: StatusKind;
  readonly word: string;
  /** Why, where there is more to say. */
  readonly reason: string;
}

export function statusOf(page: PageState, view: StudyView): Status {
  const { status } = view.study;
  if (page.engine?.stopping === 'finish') {
    return { kind: 'stopping', word: 'Stopping', reason: 'after the running trials' };
  }
  if (page.engine?.stopping === 'now') return { kind: 'stopping', word: 'Stopping', reason: 'now' };
  switch (status.kind) {
    case 'running':
      return page.engine
        ? { kind: 'running', word: 'Running', reason: '' }
        : { kind: 'lost', word: 'Interrupted', reason: 'no engine is at work; nothing finished is lost' };
    case 'stopped':
      return { kind: 'stopped', word: 'Stopped', reason: status.reason };
    case 'finished':
      return { kind: 'finished', word: 'Finished', reason: status.reason };
    case 'error':
      return { kind: 'error', word: 'Stopped by an error', reason: status.reason };
  }
}

/** Finished trials and how many there will be, where that is known. */
export function progressOf(view: StudyView): { readonly done: number; readonly total: number | undefined } {
  const { complete, pruned, failed } = view.counts;
  return { done: complete + pruned + failed, total: plannedTrials({ ...view.study, trials: view.trials }) };
}

export interface Result {
  readonly metric: string;
  readonly value: number;
  readonly trial: number;
  readonly baseline: number | undefined;
  readonly improvement: Improvement | undefined;
}

export function resultOf(view: StudyView): Result | undefined {
  const objective = view.study.objectives[0];
  const value = view.best?.objectives?.[0];
  if (!objective || !view.best || value === undefined) return undefined;
  const baseline = baselineOf({ trials: view.trials });
  return {
    metric: objective.metric,
    value,
    trial: view.best.number,
    baseline,
    improvement: improvementOf(value, baseline, objective.direction),
  };
}

const winners = new WeakMap<StudyView, Certainty | undefined>();

export interface Certainty {
  /** `p = 0.93 over trial 7`. */
  readonly short: string;
  /** The whole sentence. */
  readonly text: string;
}

/** How sure it is that the best is the best; undefined where no point was run twice. Worked out once per view. */
export function certaintyOf(view: StudyView): Certainty | undefined {
  if (!winners.has(view)) {
    const { settings } = view.study;
    const repeated = (settings.repeats ?? 1) > 1 || (settings.race ?? 0) > 0;
    const winner = repeated ? winnerOf({ ...view.study, trials: view.trials }) : undefined;
    winners.set(
      view,
      winner && {
        short: `${probabilityText(winner.probability)} over trial ${winner.versus}`,
        text: winnerText(winner),
      },
    );
  }
  return winners.get(view);
}

/** `−0.0522 (−55.9 %)`: how the best compares with the file's values. */
export function improvementText({ change, fraction }: Improvement): string {
  const sign = change < 0 ? '−' : '+';
  const percent = fraction === undefined ? '' : ` (${formatPercent(fraction)})`;
  return `${sign}${formatNumber(Math.abs(change), 3)}${percent}`;
}

export interface Notice {
  readonly kind: 'info' | 'warning';
  readonly text: string;
  /** A trial whose log says more. */
  readonly log?: number;
  /** What can be done about it. */
  readonly actions?: readonly { readonly action: StudyAction; readonly label: string }[];
}

const openTrials = ({ running }: StudyView['counts']): string =>
  running === 1 ? 'one trial was still running' : `${running} trials were still running`;

/** What going on is called: where the engine was lost, it is started anew. */
export const resumeWord = (kind: StatusKind): string => (kind === 'lost' ? 'Restart' : 'Resume');

/** The one thing a person should know now, if there is any. */
export function noticeOf(page: PageState, view: StudyView): Notice | undefined {
  const status = statusOf(page, view);
  const { counts, trials } = view;
  const over = status.kind === 'finished' || status.kind === 'stopped';
  const actions = [
    ...(page.trusted ? [{ action: 'resume', label: resumeWord(status.kind) } as const] : []),
    { action: 'show-log', label: 'Show log' } as const,
  ];
  if (status.kind === 'error') {
    return { kind: 'warning', text: `The sweep ended early: ${status.reason}`, actions };
  }
  if (trials.length < view.expected) {
    return {
      kind: 'info',
      text: `Reading the study: ${trials.length} of ${view.expected} trials are here, the rest follows.`,
    };
  }
  if (view.ref.foreign && counts.running > 0) {
    return {
      kind: 'info',
      text: `Opened from a file of another program that was not done with it: ${openTrials(counts)}. What it has reported is shown; open the file again for more.`,
    };
  }
  if (status.kind === 'lost') {
    return {
      kind: 'warning',
      text: 'The engine has gone without saying why. Every finished trial is kept; Restart goes on from here.',
      actions,
    };
  }
  if (!page.trusted) {
    return {
      kind: 'info',
      text: 'This workspace is not trusted: you can look at the study, but not run it.',
    };
  }
  if (trials.length === 0) {
    return { kind: 'info', text: 'Starting. The first trial uses the values in the file as they are.' };
  }
  const failed = trials.find((trial) => trial.state === 'failed');
  if (failed && counts.failed === trials.length - counts.running - counts.waiting && counts.complete === 0) {
    const who =
      counts.failed === 1 ? 'The first trial has failed' : `All ${counts.failed} trials have failed`;
    // Its trials are used up: to resume it would try nothing.
    const again =
      status.kind === 'finished' ? ' Once that is mended, choose Start New Study on the file.' : '';
    return {
      kind: 'warning',
      text: `${who}${failed.reason ? `: ${failed.reason.replace(/\.?$/, '.')}` : '.'}${again}`,
      log: failed.number,
    };
  }
  if (over && counts.complete === 0) {
    return { kind: 'info', text: 'No trial completed, so there is no best one to compare with the file.' };
  }
  // A study of another program began with no file.
  if (view.ref.foreign) return undefined;
  if (counts.complete === 1 && trials.length === 1) {
    return { kind: 'info', text: 'Only the values in the file have been tried so far.' };
  }
  if (over && view.best?.number === 0 && view.study.objectives.length < 2) {
    return {
      kind: 'info',
      text: `The values in the file won: none of the other ${counts.complete - 1} completed trials did better. There is nothing to change.`,
    };
  }
  return undefined;
}
