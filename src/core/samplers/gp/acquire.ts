/**
 * Where the next trial promises most: the maximum of the logarithm of the expected improvement over a space of numbers,
 * choices and conditions. Quasi-random points over the whole space and small changes of the best trials are scored;
 * from the best of either kind (near a good trial all slopes lead into its own valley) the numbers are improved by
 * gradient and the discrete parameters by trying every value (a spread of them where there are many), in turn, until
 * nothing improves. After Optuna's optim_mixed.py.
 */
import type { Random } from '../../random.js';
import { normalQuantile } from '../normal.js';
import { priorLogDensity, priorSlope, type UnitPrior } from '../prior.js';
import { sobol } from '../qmc/sobol.js';
import {
  type Axis,
  believedCoordinate,
  cellCentre,
  cellIndex,
  coordinateOf,
  type UnitSpace,
} from '../unit-space.js';
import { minimise } from './minimise.js';
import type { Model } from './model.js';

export interface AcquireOptions {
  readonly unit: UnitSpace;
  readonly model: Pick<Model, 'improvement' | 'gradient'>;
  /** The best trials, best first, one row each: NaN where inactive. */
  readonly best: readonly Float64Array[];
  readonly source: Random;
  readonly seed: number;
  /** Points to score before the best are improved. */
  readonly candidates: number;
  /** Whether a point may be tried at all; a number for every axis. */
  readonly allows?: (x: Float64Array) => boolean;
  /**
   * The exponent of the user's priors, by whose density the expected improvement is multiplied: Hvarfner et al., "πBO:
   * Augmenting acquisition functions with user beliefs", ICLR 2022, equation 6.
   */
  readonly belief?: number;
}

export interface Candidate {
  /** A number for every axis. */
  readonly x: Float64Array;
  /**
   * Logarithm of the expected improvement, times the belief; -Infinity where the point is not allowed. Of points that
   * cannot be among the best, a bound from above.
   */
  readonly score: number;
}

/** Values of a discrete axis tried in one scan. */
const SCAN = 16;
/** Grids with more values than this are improved by gradient too, and rounded. */
const FINE_GRID = 16;
/** Climbs from the best changes of good trials, and as many from the best points of the whole space. */
const STARTS = 2;
/** Changes of one trial that are tried until one is allowed. */
const RETRIES = 5;
/** Times that the end of a climb is drawn back half-way where it is not allowed. */
const BACK = 4;
const ROUNDS = 3;
/** Evaluations of one climb. */
const CLIMB = 24;

/** Candidates, best first. */
export function acquire(options: AcquireOptions): readonly Candidate[] {
  const { unit, model, source, seed, candidates, allows, belief = 0 } = options;
  const { axes } = unit;
  const believed = [...axes.keys()].filter((j) => belief > 0 && axes[j]?.prior);
  const d = axes.length;
  const active = new Uint8Array(d);
  const masked = new Float64Array(d);

  const score = (x: Float64Array, atLeast?: number): number => {
    if (allows && !allows(x)) return Number.NEGATIVE_INFINITY;
    unit.markActive(x, active);
    for (let j = 0; j < d; j++) masked[j] = active[j] ? (x[j] as number) : Number.NaN;
    let believing = 0;
    for (const j of believed) {
      if (active[j]) believing += belief * priorLogDensity(axes[j]?.prior as UnitPrior, x[j] as number);
    }
    return model.improvement(masked, atLeast === undefined ? undefined : atLeast - believing) + believing;
  };

  /** Points and the best scores among them, best first: what falls short of those need not be known exactly. */
  const pool = () => ({
    points: [] as Candidate[],
    top: new Float64Array(STARTS).fill(Number.NEGATIVE_INFINITY),
  });
  const [near, far] = [pool(), pool()];
  const add = ({ points, top }: typeof near, x: Float64Array): boolean => {
    const value = score(x, top[STARTS - 1]);
    if (allows && value === Number.NEGATIVE_INFINITY) return false;
    points.push({ x, score: value });
    for (let k = STARTS - 1; k >= 0 && value > (top[k] as number); k--) {
      if (k + 1 < STARTS) top[k + 1] = top[k] as number;
      top[k] = value;
    }
    return true;
  };
  const best = options.best.map((row, rank) =>
    row.map((u, j) => (Number.isNaN(u) ? coordinateOf(axes[j] as Axis, sobol(rank, j, seed)) : u)),
  );
  for (const row of best) add(near, row);
  const spread = Math.floor(candidates / 2);
  for (let i = spread; i < candidates && best.length > 0; i++) {
    const from = best[i % best.length] as Float64Array;
    for (let again = 0; again < RETRIES && !add(near, neighbour(axes, from, source)); again++);
  }
  for (let i = 0; i < spread; i++) {
    const x = new Float64Array(d);
    for (let j = 0; j < d; j++) x[j] = believedCoordinate(axes[j] as Axis, sobol(i, j, seed));
    add(far, x);
  }
  const byScore = (a: Candidate, b: Candidate): number => b.score - a.score;
  const improved = [near, far].flatMap(({ points }) =>
    points
      .sort(byScore)
      .slice(0, STARTS)
      .map(({ x, score: initial }) => improve(options, score, x.slice(), initial)),
  );
  return [...improved, ...near.points, ...far.points].sort(byScore);
}

/** Some coordinates changed a little, at several scales. */
export function neighbour(axes: readonly Axis[], from: Float64Array, source: Random): Float64Array {
  const x = from.slice();
  const scale = 10 ** (-0.5 - 2 * source.next());
  const share = Math.max(1 / axes.length, source.next());
  const certain = source.int(axes.length);
  axes.forEach((axis, j) => {
    if (j !== certain && source.next() >= share) return;
    if (axis.kind === 'category') {
      if (j === certain || source.next() < 0.3) x[j] = source.int(axis.size);
      return;
    }
    const step = scale * normalQuantile(Math.max(1e-9, source.next()));
    let u = Math.min(1, Math.max(0, (x[j] as number) + step));
    if (axis.kind === 'grid') {
      const k = cellIndex(axis, x[j] as number);
      let next = cellIndex(axis, u);
      if (next === k) next = Math.min(axis.size - 1, Math.max(0, k + (step > 0 ? 1 : -1)));
      u = cellCentre(axis, next);
    }
    x[j] = u;
  });
  return x;
}

function improve(
  { unit, model, allows, belief = 0 }: AcquireOptions,
  score: (x: Float64Array) => number,
  x: Float64Array,
  initial: number,
): Candidate {
  const { axes } = unit;
  const active = new Uint8Array(axes.length);
  const masked = new Float64Array(axes.length);
  let value = initial;

  const climb = (): void => {
    unit.markActive(x, active);
    const smooth = [...axes.keys()].filter((j) => {
      const { kind, size } = axes[j] as Axis;
      return active[j] === 1 && (kind === 'real' || (kind === 'grid' && size > FINE_GRID));
    });
    if (smooth.length === 0) return;
    for (let j = 0; j < axes.length; j++) masked[j] = active[j] ? (x[j] as number) : Number.NaN;
    const f = (u: Float64Array, gradient: Float64Array): number => {
      smooth.forEach((j, i) => {
        masked[j] = u[i] as number;
      });
      let value = model.improvement(masked);
      model.gradient(masked, smooth, gradient);
      smooth.forEach((j, i) => {
        const prior = axes[j]?.prior;
        if (!prior || belief === 0) return;
        value += belief * priorLogDensity(prior, u[i] as number);
        gradient[i] = (gradient[i] as number) + belief * priorSlope(prior, u[i] as number);
      });
      for (let i = 0; i < smooth.length; i++) gradient[i] = -(gradient[i] as number);
      return -value;
    };
    const u = Float64Array.from(smooth, (j) => x[j] as number);
    const low = new Float64Array(smooth.length);
    const high = new Float64Array(smooth.length).fill(1);
    minimise(f, u, { low, high, evaluations: CLIMB, tolerance: 1e-4 });
    const moved = x.slice();
    const move = (): void =>
      smooth.forEach((j, i) => {
        const axis = axes[j] as Axis;
        moved[j] =
          axis.kind === 'real' ? (u[i] as number) : cellCentre(axis, cellIndex(axis, u[i] as number));
      });
    move();
    for (let back = 0; back < BACK && allows && !allows(moved); back++) {
      smooth.forEach((j, i) => {
        u[i] = ((u[i] as number) + (x[j] as number)) / 2;
      });
      move();
    }
    const reached = score(moved);
    if (reached > value) {
      x.set(moved);
      value = reached;
    }
  };

  const scan = (): void => {
    unit.markActive(x, active);
    for (let j = 0; j < axes.length; j++) {
      const axis = axes[j] as Axis;
      if (axis.kind === 'real' || active[j] === 0) continue;
      const before = x[j] as number;
      let bestCoordinate = before;
      for (const k of scanned(axis, before)) {
        const coordinate = axis.kind === 'grid' ? cellCentre(axis, k) : k;
        if (coordinate === before) continue;
        x[j] = coordinate;
        const reached = score(x);
        if (reached > value) {
          value = reached;
          bestCoordinate = coordinate;
        }
      }
      x[j] = bestCoordinate;
      if (unit.conditional && bestCoordinate !== before) unit.markActive(x, active);
    }
  };

  for (let round = 0; round < ROUNDS; round++) {
    const before = value;
    climb();
    scan();
    if (!(value > before + 1e-3)) break;
  }
  return { x, score: value };
}

/** Every value of a small axis; of a large grid those near the present one and some across the range. */
function scanned(axis: Axis, at: number): readonly number[] {
  if (axis.size <= SCAN || axis.kind === 'category') {
    const stride = Math.max(1, Math.floor(axis.size / 64));
    return Array.from({ length: Math.ceil(axis.size / stride) }, (_, i) => i * stride);
  }
  const k = cellIndex(axis, at);
  const near = [-4, -3, -2, -1, 1, 2, 3, 4].map((step) => k + step);
  return near.filter((value) => value >= 0 && value < axis.size);
}
