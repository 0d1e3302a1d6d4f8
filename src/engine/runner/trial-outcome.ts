/**
 * What comes of an attempt: the records that say how its trial ended, or that it runs again, and whether the study is to
 * end with it. How attempts are started and journalled is study-runner.ts's.
 */

import type { JournalRecord } from '../../core/study/journal/records.js';
import { type Outcome, requeueRecords, tellRecords } from '../../core/study/journal/write.js';
import { pauseRecords } from '../../core/study/pause.js';
import type { Study, StudyStatus, Trial } from '../../core/study/trial.js';
import type { AttemptResult } from '../executors/executor.js';

/** Failures at the beginning, without a single success, after which going on is pointless. */
const HOPELESS = 5;
/** Times that a trial may be interrupted from outside before it is given up. */
const MAX_ATTEMPTS = 5;

/** What is known of the attempt beside its result. */
export interface Circumstances {
  /** Each metric as it was reported last, which need not be at the last step: some are taken every few epochs only. */
  readonly reached: Readonly<Record<string, number>>;
  /** Why its pruner has stopped it, and whether it may go on later. */
  readonly pruned?: string;
  readonly pause?: boolean;
  /** It took longer than `stop.trialMinutes`. */
  readonly timedOut?: boolean;
  /** How often the trial was interrupted, this time included. */
  readonly interruptions: number;
  /** Why trials are being cancelled. */
  readonly why: string;
}

export interface TrialOutcome {
  readonly records: readonly JournalRecord[];
  /** The study ends with this, unless it is ending already. */
  readonly end?: StudyStatus;
}

/**
 * @param worker who writes
 * @param at the time, as `timestamp` gives it
 */
export function outcomeOf(
  study: Study,
  trial: Trial,
  result: AttemptResult,
  circumstances: Circumstances,
  worker: string,
  at: string,
): TrialOutcome {
  const { number } = trial;
  const tell = (outcome: Outcome) => tellRecords(worker, number, outcome, at);
  const fail = (reason: string, values: Outcome['values'] = {}): TrialOutcome => ({
    records: tell({ state: 'failed', values, reason }),
    ...hopeless(study, reason),
  });
  /** Not this trial's fault: it runs again once the cause is mended. */
  const endStudy = (reason: string): TrialOutcome => ({
    records: requeueRecords(worker, number, reason),
    end: { kind: 'error', reason, cause: 'config' },
  });
  switch (result.kind) {
    case 'interrupted':
    case 'cancelled': {
      const { timedOut, interruptions, why } = circumstances;
      const { trialMinutes } = study.settings.stop;
      const failed = (reason: string) => ({ records: tell({ state: 'failed', values: {}, reason }) });
      if (timedOut)
        return failed(`took longer than the ${trialMinutes} minutes that stop.trialMinutes allows`);
      if (interruptions >= MAX_ATTEMPTS) return failed('interrupted too often');
      return { records: requeueRecords(worker, number, result.kind === 'interrupted' ? result.reason : why) };
    }
    case 'failed':
      return result.fatal ? endStudy(result.error) : fail(result.error);
    case 'finished': {
      const { pruned, pause, reached } = circumstances;
      const metrics = study.objectives.map(({ metric }) => metric);
      const last = trial.reports.at(-1);
      const values = { ...reached, ...result.values };
      const missing = metrics.find((metric) => !(metric in values));
      if (missing !== undefined) {
        const reason = neverReported(missing, values, 'command' in trial.attributes);
        // Where others gave it, the config is right and this trial is not; else all would end like this.
        return hasResults(study) ? fail(reason, values) : endStudy(reason);
      }
      const objectives = metrics.map((metric) => values[metric] as number);
      if (pruned !== undefined && result.stopped) {
        if (pause && last) return { records: pauseRecords(worker, number, last.step, pruned) };
        return { records: tell({ state: 'pruned', values, objectives, reason: pruned }) };
      }
      const bad = metrics.find((metric) => !Number.isFinite(values[metric]));
      if (bad !== undefined) return fail(notFinite(bad, values[bad], trial), values);
      return { records: tell({ state: 'complete', values, objectives }) };
    }
    default:
      return result satisfies never;
  }
}

/** @param printed whether a command is trained, whose metrics are read from what it prints */
export function neverReported(
  missing: string,
  values: Readonly<Record<string, number>>,
  printed: boolean,
): string {
  const reported = Object.keys(values).filter((name) => !Number.isNaN(values[name]));
  const instead = reported.length > 0 ? ` It gave ${reported.join(', ')}.` : '';
  const how = printed ? `Print it, such as \`epoch=1 ${missing}=0.5\`` : 'Report it';
  return `The metric "${missing}" was never reported.${instead} ${how}, or name another one in @sweep's metric.`;
}

function notFinite(metric: string, value: number | undefined, { reports }: Trial): string {
  const step = reports.find((report) => !Number.isFinite(report.metrics[metric] ?? 0))?.step;
  return `${metric} is ${value}${step === undefined ? '' : `, not finite since step ${step}`}`;
}

const hasResults = ({ trials }: Study): boolean =>
  trials.some(({ state }) => state === 'complete' || state === 'pruned');

/** The end of a study whose trials fail one after another from the first. */
function hopeless(study: Study, reason: string): Pick<TrialOutcome, 'end'> {
  const failed = study.trials.filter(({ state }) => state === 'failed').length + 1;
  if (failed < HOPELESS || hasResults(study)) return {};
  return {
    end: { kind: 'error', reason: `the first ${failed} trials all failed, the last because: ${reason}` },
  };
}
