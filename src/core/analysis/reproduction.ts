/**
 * Whether a trial that was run again gave the same result: bit for bit, within the noise of other seeds, or not. Pure;
 * running again is src/engine/environment/rerun.ts.
 */
import { studentCdf } from '../student-t.js';

/** What a run said: its reports in order and its end result, every metric by name. */
export interface RunRecord {
  readonly reports: readonly { readonly step: number; readonly metrics: Readonly<Record<string, number>> }[];
  readonly values: Readonly<Record<string, number>>;
}

export interface Parting {
  /** undefined: the reports agree and the end result does not. */
  readonly step: number | undefined;
  readonly metric: string;
  /** undefined where that run said nothing there. */
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** Clocks never agree: such metrics say nothing about the training. */
const CLOCK =
  /(^|[_./-])(time|times|seconds|secs?|ms|millis|minutes|duration|elapsed|throughput|eta|timestamp)($|[_./-])|per_?sec|Ms$/i;

function partingOf(
  step: number | undefined,
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): Parting | undefined {
  for (const metric of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (CLOCK.test(metric)) continue;
    const [a, b] = [before[metric], after[metric]];
    if (!Object.is(a, b)) return { step, metric, before: a, after: b };
  }
  return undefined;
}

/** Where two runs part first; undefined where every number of one is the other's. Metrics that are clocks are left out. */
export function firstParting(before: RunRecord, after: RunRecord): Parting | undefined {
  const steps = new Set([...before.reports, ...after.reports].map(({ step }) => step));
  const byStep = (run: RunRecord) => new Map(run.reports.map(({ step, metrics }) => [step, metrics]));
  const [a, b] = [byStep(before), byStep(after)];
  for (const step of [...steps].sort((x, y) => x - y)) {
    const parting = partingOf(step, a.get(step) ?? {}, b.get(step) ?? {});
    if (parting) return parting;
  }
  return partingOf(undefined, before.values, after.values);
}

export interface NoiseTest {
  /** Of the sample: runs here with several seeds. */
  readonly mean: number;
  readonly deviation: number;
  readonly runs: number;
  /** How many deviations of a single run the earlier result is away from the mean. */
  readonly t: number;
  /** Two-sided: how likely a run from the sample's distribution is at least as far away. */
  readonly p: number;
}

/**
 * Tests whether `value` could be one more of `sample`: t = (x - m) / (s √(1 + 1/n)) against Student's t with n - 1
 * degrees of freedom, the prediction interval of one further observation. undefined for fewer than two numbers, or
 * where they show no noise at all.
 */
export function noiseTest(value: number, sample: readonly number[]): NoiseTest | undefined {
  const n = sample.length;
  if (n < 2 || !Number.isFinite(value) || !sample.every(Number.isFinite)) return undefined;
  const mean = sample.reduce((sum, x) => sum + x, 0) / n;
  const deviation = Math.sqrt(sample.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1));
  if (deviation === 0) return undefined;
  const t = (value - mean) / (deviation * Math.sqrt(1 + 1 / n));
  return { mean, deviation, runs: n, t, p: 2 * studentCdf(-Math.abs(t), n - 1) };
}

/** A result counts as drifted when one this far away would be rarer. */
const SIGNIFICANT = 0.05;

export type Verdict =
  | { readonly kind: 'identical' }
  | { readonly kind: 'within-noise'; readonly parting: Parting; readonly test: NoiseTest }
  | {
      readonly kind: 'drifted';
      readonly parting: Parting;
      /** Absent where other seeds change nothing, or a result is not finite. */
      readonly test?: NoiseTest;
    };

/** @param sample the objective of runs here, the one with the same seed included; empty before any other was run */
export function verdictOf(
  before: RunRecord,
  after: RunRecord,
  objective: string,
  sample: readonly number[],
): Verdict {
  const parting = firstParting(before, after);
  if (!parting) return { kind: 'identical' };
  const test = noiseTest(before.values[objective] ?? Number.NaN, sample);
  if (test && test.p >= SIGNIFICANT) return { kind: 'within-noise', parting, test };
  return { kind: 'drifted', parting, ...(test && { test }) };
}
