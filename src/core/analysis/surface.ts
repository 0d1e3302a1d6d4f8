/**
 * What a metric does over one parameter or a pair of them, smoothed from the trials: Nadaraya–Watson regression with a
 * Gaussian kernel (Nadaraya, "On Estimating Regression", 1964) on unit coordinates. A picture, not a model to search by.
 */

/** Width of the kernel as a share of an axis with n trials in d dimensions: Scott's n^(-1/(d+4)), never too narrow. */
const bandwidth = (n: number, d: number): number => Math.max(0.04, 0.29 * n ** (-1 / (d + 4)));

export interface Smooth {
  /** One value per place, low to high. NaN where no trial is near. */
  readonly mean: Float64Array;
  /** Standard deviation of the trials around the mean. */
  readonly deviation: Float64Array;
}

/** The metric along one axis at `places` evenly spaced points. `units` and `values` go together. */
export function smoothLine(units: readonly number[], values: readonly number[], places: number): Smooth {
  const h = bandwidth(units.length, 1);
  const mean = new Float64Array(places).fill(Number.NaN);
  const deviation = new Float64Array(places).fill(Number.NaN);
  for (let place = 0; place < places; place++) {
    const x = place / (places - 1);
    let [weight, sum, squares] = [0, 0, 0];
    for (let i = 0; i < units.length; i++) {
      const y = values[i] as number;
      const w = Math.exp(-0.5 * (((units[i] as number) - x) / h) ** 2);
      weight += w;
      sum += w * y;
      squares += w * y * y;
    }
    if (weight < 0.05) continue;
    mean[place] = sum / weight;
    deviation[place] = Math.sqrt(Math.max(0, squares / weight - (sum / weight) ** 2));
  }
  return { mean, deviation };
}

export interface Surface {
  readonly columns: number;
  readonly rows: number;
  /** Row by row from the low end of the second axis. NaN where no trial is near. */
  readonly values: Float64Array;
}

/** Cells along each axis of a surface; `apart` where they are categories that tell nothing of each other. */
export interface SurfaceGrid {
  readonly columns: number;
  readonly rows: number;
  readonly columnsApart: boolean;
  readonly rowsApart: boolean;
}

/** The metric over two axes, in cells of a grid. `x`, `y` and `values` go together, x and y in units. */
export function smoothSurface(
  x: readonly number[],
  y: readonly number[],
  values: readonly number[],
  { columns, rows, columnsApart, rowsApart }: SurfaceGrid,
): Surface {
  const h = bandwidth(x.length, 2);
  const hx = columnsApart ? 0.1 / columns : h;
  const hy = rowsApart ? 0.1 / rows : h;
  const sums = new Float64Array(columns * rows);
  const weights = new Float64Array(columns * rows);
  const cells = (count: number, from: number, to: number): readonly [number, number] => [
    Math.max(0, Math.ceil(from * count - 0.5)),
    Math.min(count - 1, Math.floor(to * count - 0.5)),
  ];
  for (let i = 0; i < x.length; i++) {
    const [cx, cy, value] = [x[i] as number, y[i] as number, values[i] as number];
    const [left, right] = cells(columns, cx - 3 * hx, cx + 3 * hx);
    const [low, high] = cells(rows, cy - 3 * hy, cy + 3 * hy);
    for (let row = low; row <= high; row++) {
      const dy = ((row + 0.5) / rows - cy) / hy;
      for (let column = left; column <= right; column++) {
        const dx = ((column + 0.5) / columns - cx) / hx;
        const weight = Math.exp(-0.5 * (dx * dx + dy * dy));
        weights[row * columns + column]! += weight;
        sums[row * columns + column]! += weight * value;
      }
    }
  }
  return {
    columns,
    rows,
    values: sums.map((sum, cell) => ((weights[cell] ?? 0) < 0.05 ? Number.NaN : sum / (weights[cell] ?? 1))),
  };
}
