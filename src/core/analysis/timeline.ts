/** Who worked on what and when: each trial on the first lane that was free at its start. Pure. */
import type { Trial } from '../study/trial.js';

export interface Span {
  readonly trial: Trial;
  /** From 0. As many lanes as trials ever ran at once. */
  readonly lane: number;
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly end: number;
}

export interface Timeline {
  readonly spans: readonly Span[];
  readonly lanes: number;
  readonly start: number;
  readonly end: number;
}

/** `now` ends what is still running. undefined while no trial has started. */
export function timelineOf(trials: readonly Trial[], now: number): Timeline | undefined {
  const started = trials.flatMap((trial) => {
    if (trial.startedAt === undefined) return [];
    if (trial.finishedAt === undefined && trial.state !== 'running') return [];
    const start = Date.parse(trial.startedAt);
    const end = trial.finishedAt === undefined ? now : Date.parse(trial.finishedAt);
    return [{ trial, start, end: Math.max(start, end) }];
  });
  started.sort((a, b) => a.start - b.start || a.trial.number - b.trial.number);
  const first = started[0];
  if (!first) return undefined;
  const freeAt: number[] = [];
  let end = first.end;
  const spans = started.map((span): Span => {
    const free = freeAt.findIndex((time) => time <= span.start);
    const lane = free < 0 ? freeAt.length : free;
    freeAt[lane] = span.end;
    end = Math.max(end, span.end);
    return { ...span, lane };
  });
  return { spans, lanes: freeAt.length, start: first.start, end: Math.max(end, first.start + 1) };
}
