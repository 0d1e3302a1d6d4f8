/**
 * Products of matrices and convolutions, which are the same thing here: a convolution is, for each filter row, a product
 * whose left rows overlap in memory. Right-hand sides are packed first into panels of 8 columns.
 */

/** panels[j / 8][k][8] = b[k, j .. j + 8], zeros beyond the last column. */
export function pack(b: usize, panels: usize, k: i32, n: i32): void {
  const row = (<usize>n) << 2;
  for (let j = 0; j < n; j += 8) {
    const columns = min(8, n - j);
    let from = b + ((<usize>j) << 2);
    for (let i = 0; i < k; i++, from += row, panels += 32) {
      if (columns === 8) {
        v128.store(panels, v128.load(from));
        v128.store(panels, v128.load(from, 16), 16);
      } else {
        for (let c = 0; c < 8; c++) {
          const at = (<usize>c) << 2;
          store<f32>(panels + at, c < columns ? load<f32>(from + at) : 0);
        }
      }
    }
  }
}

/** The transpose of 4 × 4 numbers, into rows of 8. */
function packBlock(from: usize, row: usize, to: usize): void {
  const x0 = v128.load(from);
  const x1 = v128.load(from + row);
  const x2 = v128.load(from + row * 2);
  const x3 = v128.load(from + row * 3);
  const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
  const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), 32);
  v128.store(to, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), 64);
  v128.store(to, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), 96);
}

/** panels as of the transpose of b [n, k]. */
export function packTransposed(b: usize, panels: usize, k: i32, n: i32): void {
  const row = (<usize>k) << 2;
  for (let j = 0; j < n; j += 8) {
    const columns = min(8, n - j);
    const from = b + <usize>j * row;
    let i: usize = 0;
    for (; columns === 8 && i + 4 <= <usize>k; i += 4, panels += 128) {
      packBlock(from + (i << 2), row, panels);
      packBlock(from + (i << 2) + (row << 2), row, panels + 16);
    }
    for (; i < <usize>k; i++, panels += 32) {
      for (let c = 0; c < 8; c++) {
        const value: f32 = c < columns ? load<f32>(from + <usize>c * row + (i << 2)) : 0;
        store<f32>(panels + ((<usize>c) << 2), value);
      }
    }
  }
}

/** Stores the first `columns` of 8 numbers, after ReLU where asked for. */
function storeColumns(to: usize, low: v128, high: v128, columns: i32, relu: bool): void {
  if (relu) {
    low = f32x4.max(low, f32x4.splat(0));
    high = f32x4.max(high, f32x4.splat(0));
  }
  if (columns === 8) {
    v128.store(to, low);
    v128.store(to, high, 16);
    return;
  }
  if (columns > 3) v128.store(to, low);
  else {
    store<f32>(to, f32x4.extract_lane(low, 0));
    if (columns > 1) store<f32>(to + 4, f32x4.extract_lane(low, 1));
    if (columns > 2) store<f32>(to + 8, f32x4.extract_lane(low, 2));
    return;
  }
  if (columns > 4) store<f32>(to + 16, f32x4.extract_lane(high, 0));
  if (columns > 5) store<f32>(to + 20, f32x4.extract_lane(high, 1));
  if (columns > 6) store<f32>(to + 24, f32x4.extract_lane(high, 2));
}

function loadLow(from: usize, columns: i32): v128 {
  if (columns > 3) return v128.load(from);
  let low = f32x4.replace_lane(f32x4.splat(0), 0, load<f32>(from));
  if (columns > 1) low = f32x4.replace_lane(low, 1, load<f32>(from + 4));
  if (columns > 2) low = f32x4.replace_lane(low, 2, load<f32>(from + 8));
  return low;
}

function loadHigh(from: usize, columns: i32): v128 {
  if (columns === 8) return v128.load(from, 16);
  let high = f32x4.splat(0);
  if (columns > 4) high = f32x4.replace_lane(high, 0, load<f32>(from + 16));
  if (columns > 5) high = f32x4.replace_lane(high, 1, load<f32>(from + 20));
  if (columns > 6) high = f32x4.replace_lane(high, 2, load<f32>(from + 24));
  return high;
}

/**
 * y[i, 0 .. 8] for 4 positions i that lie `xStep` bytes apart: Σ over `rows` rows of x and `taps` numbers from each.
 * `add` is the bias, or where `isSum` is true unused, since y itself is added to.
 */
function fourPositions(
  x: usize,
  xRow: usize,
  xStep: usize,
  rows: i32,
  taps: i32,
  panel: usize,
  y: usize,
  yStep: usize,
  columns: i32,
  bias: usize,
  isSum: bool,
  relu: bool,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  if (isSum) {
    c00 = loadLow(y, columns);
    c01 = loadHigh(y, columns);
    c10 = loadLow(y + yStep, columns);
    c11 = loadHigh(y + yStep, columns);
    c20 = loadLow(y + yStep * 2, columns);
    c21 = loadHigh(y + yStep * 2, columns);
    c30 = loadLow(y + yStep * 3, columns);
    c31 = loadHigh(y + yStep * 3, columns);
  } else if (bias) {
    c00 = loadLow(bias, columns);
    c01 = loadHigh(bias, columns);
    c10 = c00;
    c11 = c01;
    c20 = c00;
    c21 = c01;
    c30 = c00;
    c31 = c01;
  }
  for (let r = 0; r < rows; r++, x += xRow) {
    let a0 = x;
    let a1 = x + xStep;
    let a2 = a1 + xStep;
    let a3 = a2 + xStep;
    for (
      const end = panel + ((<usize>taps) << 5);
      panel < end;
      panel += 32, a0 += 4, a1 += 4, a2 += 4, a3 += 4
    ) {
      const b0 = v128.load(panel);
      const b1 = v128.load(panel, 16);
      const x0 = v128.load32_splat(a0);
      c00 = f32x4.add(c00, f32x4.mul(x0, b0));
      c01 = f32x4.add(c01, f32x4.mul(x0, b1));
      const x1 = v128.load32_splat(a1);
      c10 = f32x4.add(c10, f32x4.mul(x1, b0));
      c11 = f32x4.add(c11, f32x4.mul(x1, b1));
      const x2 = v128.load32_splat(a2);
      c20 = f32x4.add(c20, f32x4.mul(x2, b0));
      c21 = f32x4.add(c21, f32x4.mul(x2, b1));
      const x3 = v128.load32_splat(a3);
      c30 = f32x4.add(c30, f32x4.mul(x3, b0));
      c31 = f32x4.add(c31, f32x4.mul(x3, b1));
    }
  }
  storeColumns(y, c00, c01, columns, relu);
  storeColumns(y + yStep, c10, c11, columns, relu);
  storeColumns(y + yStep * 2, c20, c21, columns, relu);
  storeColumns(y + yStep * 3, c30, c31, columns, relu);
}

/** The same for one position. */
function onePosition(
  x: usize,
  xRow: usize,
  rows: i32,
  taps: i32,
  panel: usize,
  y: usize,
  columns: i32,
  bias: usize,
  isSum: bool,
  relu: bool,
): void {
  let low = f32x4.splat(0);
  let high = low;
  const start = isSum ? y : bias;
  if (start) {
    low = loadLow(start, columns);
    high = loadHigh(start, columns);
  }
  for (let r = 0; r < rows; r++, x += xRow) {
    let at = x;
    for (const end = panel + ((<usize>taps) << 5); panel < end; panel += 32, at += 4) {
      const value = v128.load32_splat(at);
      low = f32x4.add(low, f32x4.mul(value, v128.load(panel)));
      high = f32x4.add(high, f32x4.mul(value, v128.load(panel, 16)));
    }
  }
  storeColumns(y, low, high, columns, relu);
}

/**
 * y[image, row, position, 0 .. n] = act(bias + Σ over filterHeight rows of x and taps numbers of each · panels), or added to
 * y where `isSum`. Output row i starts at row i · strideHeight − padTop of x; rows outside [0, inHeight) count as zeros, as
 * columns do not: they must be there. All steps in bytes. Without a bias it is 0. A plain product of matrices has one image
 * of one row, whose positions are the rows of the matrix.
 */
export function convolve(
  x: usize,
  xImage: usize,
  xRow: usize,
  xStep: usize,
  inHeight: i32,
  strideHeight: i32,
  padTop: i32,
  filterHeight: i32,
  taps: i32,
  panels: usize,
  bias: usize,
  isSum: bool,
  relu: bool,
  y: usize,
  yImage: usize,
  yRow: usize,
  yStep: usize,
  images: i32,
  outHeight: i32,
  outWidth: i32,
  n: i32,
): void {
  const filterRow = (<usize>taps) << 5;
  const panel = filterRow * <usize>filterHeight;
  for (let image = 0; image < images; image++, x += xImage, y += yImage) {
    for (let j = 0, b = panels; j < n; j += 8, b += panel) {
      const columns = min(8, n - j);
      const at = (<usize>j) << 2;
      const start = bias ? bias + at : 0;
      for (let i = 0; i < outHeight; i++) {
        const top = i * strideHeight - padTop;
        const first = max(0, -top);
        const rows = max(0, min(filterHeight, inHeight - top) - first);
        const source = x + <usize>(top + first) * xRow;
        const weights = b + <usize>first * filterRow;
        const target = y + <usize>i * yRow + at;
        let p = 0;
        for (; p + 4 <= outWidth; p += 4) {
          const from = source + <usize>p * xStep;
          const to = target + <usize>p * yStep;
          fourPositions(from, xRow, xStep, rows, taps, weights, to, yStep, columns, start, isSum, relu);
        }
        // Of 3 left, a fourth done again costs less than 3 by themselves.
        if (outWidth - p === 3 && p > 0 && !isSum) {
          p = outWidth - 4;
          const from = source + <usize>p * xStep;
          const to = target + <usize>p * yStep;
          fourPositions(from, xRow, xStep, rows, taps, weights, to, yStep, columns, start, isSum, relu);
          p = outWidth;
        }
        for (; p < outWidth; p++) {
          const from = source + <usize>p * xStep;
          onePosition(
            from,
            xRow,
            rows,
            taps,
            weights,
            target + <usize>p * yStep,
            columns,
            start,
            isSum,
            relu,
          );
        }
      }
    }
  }
}
