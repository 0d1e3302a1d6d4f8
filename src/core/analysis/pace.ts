/**
 * How fast a study goes and how long it will take: an interval, since trials differ. Pure arithmetic on what has
 * happened; it knows nothing of what the sampler will try next, and says so by its width.
 */
import type { Study, Trial } from '../study/trial.js';

export interface Pace {
  /** Finished trials a minute of the last stretch. */
  readonly perMinute: number;
  /** Milliseconds until the study's trials are done, or its minutes are over; undefined: nothing says when. */
  readonly left?: { readonly low: number; readonly high: number };
}

/** So many of the newest finished trials say how fast it goes now. */
const RECENT = 60;
/** Fewer finished trials than this say nothing yet. */
const LEAST = 3;
/** Of the normal distribution: four times out of five the end lies within. */
const Z = 1.2816;

type Paced = Pick<Study, 'settings' | 'elapsedMs' | 'runningSince'> & { readonly trials: readonly Trial[] };

/**
 * `workers`: how many trials run at a time. With n trials to go of mean duration m and standard deviation s, their sum
 * has the mean n·m and the variance n·s² + n²·s²/k, the second part from knowing m only from k trials.
 */
export function paceOf(study: Paced, workers: number, now: number): Pace | undefined {
  const durations: number[] = [];
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const since = study.runningSince === undefined ? Number.NEGATIVE_INFINITY : Date.parse(study.runningSince);
  for (let index = study.trials.length - 1; index >= 0 && durations.length < RECENT; index--) {
    const { startedAt, finishedAt } = study.trials[index] as Trial;
    if (startedAt === undefined || finishedAt === undefined) continue;
    const [start, end] = [Date.parse(startedAt), Date.parse(finishedAt)];
    // What an earlier run did says little about this one's workers, and the pause between is no work.
    if (start < since) continue;
    durations.push(Math.max(0, end - start));
    first = Math.min(first, start);
    last = Math.max(last, end);
  }
  const k = durations.length;
  if (k < LEAST || last <= first) return undefined;
  const perMinute = (k / (last - first)) * 60_000;
  const left = leftOf(study, durations, Math.max(1, workers), now);
  return { perMinute, ...(left ? { left } : {}) };
}

function leftOf(study: Paced, durations: readonly number[], workers: number, now: number): Pace['left'] {
  const { trials: total, minutes } = study.settings.stop;
  const k = durations.length;
  const m = durations.reduce((sum, duration) => sum + duration, 0) / k;
  const s2 = durations.reduce((sum, duration) => sum + (duration - m) ** 2, 0) / (k - 1);
  let range: { low: number; high: number } | undefined;
  if (total !== undefined) {
    // A trial at work counts as what is left of it; none takes less than nothing.
    let n = Math.max(0, total - study.trials.length);
    let begun = 0;
    for (const { state, startedAt } of study.trials) {
      if (state === 'waiting') n++;
      if (state === 'running' && startedAt !== undefined)
        begun += Math.max(0, m - (now - Date.parse(startedAt)));
    }
    const mean = (n * m + begun) / workers;
    const sd = Math.sqrt(n * s2 + (n ** 2 * s2) / k) / workers;
    range = { low: Math.max(0, mean - Z * sd), high: mean + Z * sd };
  }
  if (minutes !== undefined) {
    const since = study.runningSince === undefined ? now : Date.parse(study.runningSince);
    const rest = Math.max(0, minutes * 60_000 - study.elapsedMs - (now - since));
    range = range
      ? { low: Math.min(range.low, rest), high: Math.min(range.high, rest) }
      : { low: rest, high: rest };
  }
  return range;
}
