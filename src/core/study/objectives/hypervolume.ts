/**
 * The hypervolume: the volume of all that the points of a front dominate, up to a reference point. One number for how
 * good a front is, which grows whenever a trial joins it. Costs are to be minimised, as in pareto.ts.
 */

import type { Study, Trial } from '../trial.js';
import { type Costs, dominates, scoredTrials } from './pareto.js';

/**
 * The hypervolume of points (dominated ones may be among them) below the reference, exactly. One to three objectives by
 * sweeping, more by WFG: While, Bradstreet and Barone, "A fast way of calculating exact hypervolumes", IEEE TEC 16
 * (2012). Points that are not better than the reference in every objective add nothing.
 */
export function hypervolume(points: readonly Costs[], reference: Costs): number {
  const inside = points.filter((point) => point.every((cost, m) => cost < (reference[m] as number)));
  if (inside.length === 0) return 0;
  switch (reference.length) {
    case 0:
      return 0;
    case 1:
      return (reference[0] as number) - Math.min(...inside.map(([cost]) => cost as number));
    case 2:
      return area(inside, reference);
    case 3:
      return volume(inside, reference);
    default:
      return wfg(withoutDominated(inside), reference);
  }
}

function area(points: readonly Costs[], [rx, ry]: Costs): number {
  const sorted = points.toSorted(([a], [b]) => (a as number) - (b as number));
  let total = 0;
  let top = ry as number;
  for (const [x, y] of sorted) {
    if ((y as number) >= top) continue;
    total += ((rx as number) - (x as number)) * (top - (y as number));
    top = y as number;
  }
  return total;
}

/** Slices along the third objective; the staircase of the first two is kept sorted from slice to slice. */
function volume(points: readonly Costs[], reference: Costs): number {
  const [rx, ry, rz] = reference as [number, number, number];
  const sorted = points.toSorted((a, b) => (a[2] as number) - (b[2] as number));
  /** By x upwards, y downwards. */
  const stairs: [number, number][] = [];
  let total = 0;
  let flat = 0;
  sorted.forEach(([x, y, z], k) => {
    let place = 0;
    while (place < stairs.length && (stairs[place] as [number, number])[0] < (x as number)) place++;
    const covered =
      (place > 0 && (stairs[place - 1] as [number, number])[1] <= (y as number)) ||
      (stairs[place]?.[0] === x && (stairs[place] as [number, number])[1] <= (y as number));
    if (!covered) {
      let end = place;
      while (end < stairs.length && (stairs[end] as [number, number])[1] >= (y as number)) end++;
      stairs.splice(place, end - place, [x as number, y as number]);
      flat = 0;
      let top = ry;
      for (const [a, b] of stairs) {
        flat += (rx - a) * (top - b);
        top = b;
      }
    }
    const next = k + 1 < sorted.length ? ((sorted[k + 1] as Costs)[2] as number) : rz;
    total += flat * (next - (z as number));
  });
  return total;
}

function withoutDominated(points: readonly Costs[]): readonly Costs[] {
  return points.filter(
    (point, i) =>
      !points.some(
        (other, j) => dominates(other, point) || (j < i && other.every((cost, m) => cost === point[m])),
      ),
  );
}

const box = (point: Costs, reference: Costs): number =>
  point.reduce((product, cost, m) => product * ((reference[m] as number) - cost), 1);

/** Sum of exclusive volumes; each is the point's box less what the later points, limited to it, cover. */
function wfg(points: readonly Costs[], reference: Costs): number {
  // The worst in the last objective first, so that limited sets lose most points.
  const sorted = points.toSorted((a, b) => (b.at(-1) as number) - (a.at(-1) as number));
  let total = 0;
  sorted.forEach((point, k) => {
    const limited = sorted
      .slice(k + 1)
      .map((other) => other.map((cost, m) => Math.max(cost, point[m] as number)));
    const rest = limited.length > 0 ? wfg(withoutDominated(limited), reference) : 0;
    total += box(point, reference) - rest;
  });
  return total;
}

/** What a point adds to the volume of others: its box less what they, limited to it, cover of that. */
function exclusive(point: Costs, others: readonly Costs[], reference: Costs): number {
  const limited = others.map((other) => other.map((cost, m) => Math.max(cost, point[m] as number)));
  return box(point, reference) - hypervolume(limited, reference);
}

/**
 * The corner up to which a study's hypervolume is counted, and the best of every objective: the worst value among the
 * trials that are, or when they ended were, on the front, and a tenth of the distance to the best beyond it. So every
 * trial that ever improved the front adds to the volume, and a single bad trial does not make all others look alike.
 */
interface Frame {
  readonly ideal: Costs;
  readonly reference: Costs;
}

function frameOf(joined: readonly Costs[]): Frame {
  const ideal = (joined[0] ?? []).map((_, m) => Math.min(...joined.map((costs) => costs[m] as number)));
  const reference = ideal.map((low, m) => {
    const high = Math.max(...joined.map((costs) => costs[m] as number));
    const range = high - low;
    return high + (range > 0 ? 0.1 * range : Math.abs(high) * 0.1 || 1);
  });
  return { ideal, reference };
}

interface HypervolumeStep {
  readonly trial: Trial;
  /** Share of the box between the best of every objective and the reference, 0 to 1. */
  readonly value: number;
  /** Whether the trial joined the front when it ended. */
  readonly joined: boolean;
}

export interface HypervolumeHistory {
  /** In the order in which the trials ended. */
  readonly steps: readonly HypervolumeStep[];
  /** The corner up to which the volume is counted, in the units and directions of the objectives. */
  readonly reference: readonly number[];
}

type Comparable = Parameters<typeof scoredTrials>[0];

/** The order in which trials ended. Times are compared as the texts they are, which is quicker than by a language's rules. */
export function byEnd(a: Trial, b: Trial): number {
  const [x, y] = [a.finishedAt ?? '', b.finishedAt ?? ''];
  return x === y ? a.number - b.number : x < y ? -1 : 1;
}

/** How the hypervolume grew, trial by trial, all measured in the frame of the whole history. */
export function hypervolumeHistory(study: Comparable): HypervolumeHistory {
  const ended = scoredTrials(study).toSorted((a, b) => byEnd(a.trial, b.trial));
  const fronts: (readonly Costs[] | undefined)[] = [];
  const joined: Costs[] = [];
  let front: readonly Costs[] = [];
  for (const { costs } of ended) {
    const before = front;
    const known = front.some(
      (other) => dominates(other, costs) || other.every((cost, m) => cost === costs[m]),
    );
    if (!known) {
      front = [...front.filter((other) => !dominates(costs, other)), costs];
      joined.push(costs);
    }
    fronts.push(known ? undefined : before);
  }
  const { ideal, reference } = frameOf(joined);
  // Scaled to the box first: objectives may be as small as 1e-300.
  const scale = (costs: Costs): Costs =>
    costs.map((cost, m) => {
      const [low, high] = [ideal[m] as number, reference[m] as number];
      return high > low ? (cost / 2 - low / 2) / (high / 2 - low / 2) : 0;
    });
  const one = ideal.map(() => 1);
  let value = 0;
  const steps = ended.map(({ trial, costs }, k) => {
    const at = fronts[k];
    if (at) value += exclusive(scale(costs), at.map(scale), one);
    return { trial, value, joined: at !== undefined };
  });
  const sign = study.objectives.map(({ direction }) => (direction === 'maximize' ? -1 : 1));
  return { steps, reference: reference.map((cost, m) => (sign[m] as number) * cost) };
}

/** Growth of the hypervolume, as a share of it, that counts as an improvement. */
const LEAST_GROWTH = 1e-3;

/**
 * How many completed trials have passed since the hypervolume last grew by more than a thousandth of itself. Ever
 * smaller steps along the front are no progress that is worth the time. Those that break an outcome constraint are
 * counted, and no growth.
 */
export function trialsSinceGrowth(study: Comparable & Pick<Study, 'trials'>): number {
  let last: Trial | undefined;
  let before = 0;
  for (const { trial, value } of hypervolumeHistory(study).steps) {
    if (value <= before * (1 + LEAST_GROWTH)) continue;
    before = value;
    last = trial;
  }
  const grown = last;
  return study.trials.filter(
    (trial) =>
      trial.state === 'complete' &&
      trial.marks?.excluded === undefined &&
      (!grown || byEnd(grown, trial) < 0),
  ).length;
}
