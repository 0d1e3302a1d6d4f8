/**
 * A quasi-Newton minimiser within bounds: L-BFGS (Nocedal and Wright, "Numerical optimization", algorithm 7.4) on the
 * variables that are free, steps projected onto the box and shortened until they descend enough (Armijo). Small
 * problems, smooth functions; stops after a fixed number of evaluations, so that the time is bounded.
 */

/** Value at x; the gradient is written to `gradient`. */
export type Smooth = (x: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Evaluations at most. */
  readonly evaluations: number;
  /** Stop when no component of the projected gradient is larger. */
  readonly tolerance: number;
}

const MEMORY = 6;
const SUFFICIENT = 1e-4;

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** Moves `x` to a local minimum and returns the value there. A value that is not finite counts as a bad step. */
export function minimise(f: Smooth, x: Float64Array, options: MinimiseOptions): number {
  const { low, high, evaluations, tolerance } = options;
  const n = x.length;
  const g = new Float64Array(n);
  let value = f(x, g);
  let used = 1;
  if (!Number.isFinite(value)) return value;
  let s: Float64Array[] = [];
  let y: Float64Array[] = [];
  const next = new Float64Array(n);
  const nextG = new Float64Array(n);
  const free = new Uint8Array(n);

  while (used < evaluations) {
    let largest = 0;
    for (let i = 0; i < n; i++) {
      const gi = g[i] as number;
      const blocked =
        gi > 0 ? (x[i] as number) <= (low[i] as number) : (x[i] as number) >= (high[i] as number);
      free[i] = blocked ? 0 : 1;
      if (!blocked) largest = Math.max(largest, Math.abs(gi));
    }
    if (!(largest > tolerance)) break;

    const direction = descent(g, free, s, y);
    if (!(inner(direction, g) < 0)) {
      if (s.length === 0) break;
      s = [];
      y = [];
      continue;
    }
    // The first step is at most a fifth of the unit box: the scale is not known yet.
    let t = s.length > 0 ? 1 : Math.min(1, 0.2 / Math.max(...direction.map(Math.abs)));
    let accepted = false;
    while (used < evaluations) {
      let predicted = 0;
      for (let i = 0; i < n; i++) {
        const moved = (x[i] as number) + t * (direction[i] as number);
        next[i] = Math.min(high[i] as number, Math.max(low[i] as number, moved));
        predicted += (g[i] as number) * ((next[i] as number) - (x[i] as number));
      }
      const trial = f(next, nextG);
      used++;
      if (trial <= value + SUFFICIENT * predicted && predicted < 0) {
        const ds = Float64Array.from(next, (v, i) => v - (x[i] as number));
        const dy = Float64Array.from(nextG, (v, i) => v - (g[i] as number));
        if (inner(ds, dy) > 1e-10 * inner(dy, dy)) {
          s = [...s, ds].slice(-MEMORY);
          y = [...y, dy].slice(-MEMORY);
        }
        const gain = value - trial;
        x.set(next);
        g.set(nextG);
        value = trial;
        accepted = gain > 1e-9 * Math.max(1, Math.abs(value));
        break;
      }
      // The minimum of the parabola through what is known, kept between a tenth and a half.
      const curvature = trial - value - predicted;
      const shrink = Number.isFinite(trial) && curvature > 0 ? -predicted / (2 * curvature) : 0.1;
      t *= Math.min(0.5, Math.max(0.1, shrink));
      if (t < 1e-10) break;
    }
    if (!accepted) break;
  }
  return value;
}

/** -H·g on the free variables by the two-loop recursion. */
function descent(
  g: Float64Array,
  free: Uint8Array,
  s: readonly Float64Array[],
  y: readonly Float64Array[],
): Float64Array {
  const q = Float64Array.from(g, (gi, i) => (free[i] ? gi : 0));
  const alphas = new Array<number>(s.length);
  for (let k = s.length - 1; k >= 0; k--) {
    const [sk, yk] = [s[k] as Float64Array, y[k] as Float64Array];
    const alpha = inner(sk, q) / inner(sk, yk);
    alphas[k] = alpha;
    for (let i = 0; i < q.length; i++) q[i] = (q[i] as number) - alpha * (yk[i] as number);
  }
  const [sLast, yLast] = [s.at(-1), y.at(-1)];
  const scale = sLast && yLast ? inner(sLast, yLast) / inner(yLast, yLast) : 1;
  for (let i = 0; i < q.length; i++) q[i] = (q[i] as number) * scale;
  for (let k = 0; k < s.length; k++) {
    const [sk, yk] = [s[k] as Float64Array, y[k] as Float64Array];
    const beta = inner(yk, q) / inner(sk, yk);
    for (let i = 0; i < q.length; i++)
      q[i] = (q[i] as number) + (sk[i] as number) * ((alphas[k] as number) - beta);
  }
  for (let i = 0; i < q.length; i++) q[i] = free[i] ? -(q[i] as number) : 0;
  return q;
}
