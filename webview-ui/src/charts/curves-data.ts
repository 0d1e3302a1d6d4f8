/**
 * Learning curves as uPlot wants them: which trials are drawn and how strongly, one row of steps shared by all, and the
 * range of values in which they can be told apart. Pure.
 */
import { type Range, robustRange } from '../../../src/core/analysis/history.js';
import { reportCount, reportedNames } from '../../../src/core/study/table/table.js';
import type { Trial } from '../../../src/core/study/trial.js';

export type CurveRole = 'other' | 'running' | 'best' | 'selected';

export interface Curve {
  readonly trial: number;
  readonly role: CurveRole;
}

export interface Curves {
  readonly curves: readonly Curve[];
  /** Steps first, then one row per curve; undefined where a trial said nothing at a step. */
  readonly rows: readonly [readonly number[], ...(number | null | undefined)[][]];
  readonly range: Range | undefined;
  /** Trials that reported but are not drawn. */
  readonly left: number;
}

/** Names of the axes, for what is in sight of them. */
export const STEP_AXIS = 'curves:step';
export const VALUE_AXIS = 'curves:value';

export interface CurvesScale {
  readonly log?: boolean;
  /** Every value, however wild. */
  readonly full?: boolean;
}

/** So many of the newest curves stand behind those that matter. */
const BACKGROUND = 150;
const ORDER: Readonly<Record<CurveRole, number>> = { other: 0, running: 1, best: 2, selected: 3 };

const METRICS = new WeakMap<readonly Trial[], ReadonlySet<string>>();

/** The metrics that trials report per step, the objective first. The list of trials stands for its contents. */
export function reportedMetrics(trials: readonly Trial[], objective: string): readonly string[] {
  const names = METRICS.get(trials) ?? namesOf(trials);
  METRICS.set(trials, names);
  const others = [...names].filter((name) => name !== objective).sort();
  return names.has(objective) ? [objective, ...others] : others;
}

function namesOf(trials: readonly Trial[]): ReadonlySet<string> {
  const names = new Set<string>();
  // Most trials share the very list.
  const seen = new Set<readonly string[]>();
  for (const trial of trials) {
    const some = reportedNames(trial);
    if (seen.has(some)) continue;
    seen.add(some);
    for (const name of some) names.add(name);
  }
  return names;
}

export function curvesOf(
  trials: readonly Trial[],
  metric: string,
  best: number | undefined,
  selected: readonly number[],
  { log = false, full = false }: CurvesScale = {},
): Curves {
  const chosen = new Set(selected);
  const roleOf = (trial: Trial): CurveRole => {
    if (chosen.has(trial.number)) return 'selected';
    if (trial.number === best) return 'best';
    return trial.state === 'running' ? 'running' : 'other';
  };
  const drawn: Trial[] = [];
  let reporting = 0;
  let faint = 0;
  // The newest first, of which so many may be faint.
  for (let index = trials.length - 1; index >= 0; index--) {
    const trial = trials[index] as Trial;
    if (reportCount(trial) === 0) continue;
    reporting++;
    if (roleOf(trial) !== 'other' || faint++ < BACKGROUND) drawn.push(trial);
  }
  drawn.sort((a, b) => ORDER[roleOf(a)] - ORDER[roleOf(b)] || a.number - b.number);

  const steps = [...new Set(drawn.flatMap((trial) => trial.reports.map(({ step }) => step)))].sort(
    (a, b) => a - b,
  );
  const position = new Map(steps.map((step, index) => [step, index]));
  const values: number[] = [];
  const keep: number[] = [];
  const rows = drawn.map((trial) => {
    const row = new Array<number | undefined>(steps.length);
    for (const report of trial.reports) {
      const value = report.metrics[metric];
      if (value === undefined || !Number.isFinite(value) || (log && value <= 0)) continue;
      row[position.get(report.step) ?? 0] = value;
      values.push(log ? Math.log10(value) : value);
    }
    const last = row.findLast((value) => value !== undefined);
    if (last !== undefined && roleOf(trial) !== 'other') keep.push(log ? Math.log10(last) : last);
    return row;
  });
  return {
    curves: drawn.map((trial) => ({ trial: trial.number, role: roleOf(trial) })),
    rows: [steps, ...rows],
    range: full ? wholeRange(values) : robustRange(values, keep),
    left: reporting - drawn.length,
  };
}

function wholeRange(values: readonly number[]): Range | undefined {
  if (values.length === 0) return undefined;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return { low, high, outside: 0 };
}

/** A value of a curve: `series` counts from 1, as uPlot does, `index` into the steps. */
export interface OnCurve {
  readonly series: number;
  readonly index: number;
}

type Row = readonly (number | null | undefined)[];

/**
 * Where a key leads among the curves: along one (left, right, Home, End) or to another (up, down), which comes nearest
 * to the same step. The first key goes to the end of the last curve, which is the one that matters most.
 *
 * @returns undefined for a key that leads nowhere
 */
export function walkCurves(rows: readonly Row[], at: OnCurve | undefined, key: string): OnCurve | undefined {
  const filled = (row: Row | undefined): readonly number[] =>
    (row ?? []).flatMap((value, index) => (typeof value === 'number' ? [index] : []));
  const keys = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'];
  const known = rows.flatMap((row, index) => (filled(row).length > 0 ? [index + 1] : []));
  const last = known.at(-1);
  if (!keys.includes(key) || last === undefined) return undefined;
  const series = at && known.includes(at.series) ? at.series : last;
  const steps = filled(rows[series - 1]);
  if (!at || series !== at.series) return { series, index: steps.at(-1) ?? 0 };
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    const place = known.indexOf(series) + (key === 'ArrowUp' ? -1 : 1);
    const next = known[Math.max(0, Math.min(known.length - 1, place))] ?? series;
    const nearest = filled(rows[next - 1]).reduce((best, index) =>
      Math.abs(index - at.index) < Math.abs(best - at.index) ? index : best,
    );
    return { series: next, index: nearest };
  }
  const place = steps.findIndex((index) => index >= at.index);
  const to = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: steps.length - 1 }[key] ?? 0;
  return { series, index: steps[Math.max(0, Math.min(steps.length - 1, to))] ?? 0 };
}
