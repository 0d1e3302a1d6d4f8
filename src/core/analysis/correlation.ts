/**
 * How two columns go together: Spearman's rank correlation (Spearman, 1904), which does not care whether an axis is
 * logarithmic and is not led astray by one wild value. Pairs of which one is missing are left out.
 */

/** In [-1, 1]; undefined for fewer than three pairs, and where one of the two never changes. */
export function rankCorrelation(
  a: readonly (number | undefined)[],
  b: readonly (number | undefined)[],
): number | undefined {
  const x: number[] = [];
  const y: number[] = [];
  for (let i = 0; i < a.length; i++) {
    const [one, other] = [a[i], b[i]];
    if (one === undefined || other === undefined || !Number.isFinite(one) || !Number.isFinite(other))
      continue;
    x.push(one);
    y.push(other);
  }
  return x.length < 3 ? undefined : pearson(ranksOf(x), ranksOf(y));
}

/** Ranks from 0, ties sharing their mean. */
function ranksOf(values: readonly number[]): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1] as number] === values[order[from] as number]) to++;
    for (let at = from; at <= to; at++) ranks[order[at] as number] = (from + to) / 2;
    from = to + 1;
  }
  return ranks;
}

function pearson(x: Float64Array, y: Float64Array): number | undefined {
  const n = x.length;
  const mean = (n - 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const dx = (x[i] as number) - mean;
    const dy = (y[i] as number) - mean;
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : undefined;
}
