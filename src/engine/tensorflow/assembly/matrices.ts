/** Transposes, sums of columns, gradients of weights. */

/** to[c, r] = from[r, c]. */
export function transpose(from: usize, to: usize, rows: i32, columns: i32): void {
  const row = (<usize>columns) << 2;
  const out = (<usize>rows) << 2;
  const wholeRows = rows & ~3;
  const wholeColumns = columns & ~3;
  for (let r = 0; r < wholeRows; r += 4) {
    let source = from + <usize>r * row;
    let target = to + ((<usize>r) << 2);
    for (let c = 0; c < wholeColumns; c += 4, source += 16, target += out << 2) {
      const x0 = v128.load(source);
      const x1 = v128.load(source + row);
      const x2 = v128.load(source + row * 2);
      const x3 = v128.load(source + row * 3);
      const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
      const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
      const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
      v128.store(target, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
      v128.store(target + out, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
      v128.store(target + out * 2, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
      v128.store(target + out * 3, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
    }
    for (let c = wholeColumns; c < columns; c++, source += 4, target += out) {
      for (let k: usize = 0; k < 4; k++) store<f32>(target + (k << 2), load<f32>(source + k * row));
    }
  }
  for (let r = wholeRows; r < rows; r++) {
    const source = from + <usize>r * row;
    const target = to + ((<usize>r) << 2);
    for (let c: usize = 0; c < <usize>columns; c++)
      store<f32>(target + c * out, load<f32>(source + (c << 2)));
  }
}

/** sums[c] = Σ over rows of x[row, c]. */
export function columnSums(x: usize, sums: usize, rows: i32, columns: i32): void {
  const bytes = (<usize>columns) << 2;
  memory.fill(sums, 0, bytes);
  addColumns(x, sums, rows, columns);
}

function addColumns(x: usize, sums: usize, rows: i32, columns: i32): void {
  const bytes = (<usize>columns) << 2;
  const end = x + <usize>rows * bytes;
  let c: usize = 0;
  for (const whole = bytes & ~31; c < whole; c += 32) {
    let low = v128.load(sums + c);
    let high = v128.load(sums + c, 16);
    for (let at = x + c; at < end; at += bytes) {
      low = f32x4.add(low, v128.load(at));
      high = f32x4.add(high, v128.load(at, 16));
    }
    v128.store(sums + c, low);
    v128.store(sums + c, high, 16);
  }
  for (const whole = bytes & ~15; c < whole; c += 16) {
    let sum = v128.load(sums + c);
    for (let at = x + c; at < end; at += bytes) sum = f32x4.add(sum, v128.load(at));
    v128.store(sums + c, sum);
  }
  for (; c < bytes; c += 4) {
    let sum = load<f32>(sums + c);
    for (let at = x + c; at < end; at += bytes) sum += load<f32>(at);
    store<f32>(sums + c, sum);
  }
}

/**
 * c[i, j] += Σ a[k, i] · b[k, j], with k over `outer` groups of `inner` rows each: the gradient of a weight, from the
 * layer's input a and the gradient of its output b. Steps between groups and rows are in bytes. Reads up to 12 bytes past
 * the last row of a.
 */
export function addWeightGradient(
  a: usize,
  aOuter: usize,
  aInner: usize,
  b: usize,
  bOuter: usize,
  bInner: usize,
  outer: i32,
  inner: i32,
  c: usize,
  m: i32,
  n: i32,
): void {
  const row = (<usize>n) << 2;
  let j = 0;
  for (; j + 8 <= n; j += 8) {
    const columns = b + ((<usize>j) << 2);
    for (let i = 0; i < m; i += 4) {
      const rows = m - i;
      const tile = c + <usize>i * row + ((<usize>j) << 2);
      let c00 = v128.load(tile);
      let c01 = v128.load(tile, 16);
      let c10 = f32x4.splat(0);
      let c11 = f32x4.splat(0);
      let c20 = f32x4.splat(0);
      let c21 = f32x4.splat(0);
      let c30 = f32x4.splat(0);
      let c31 = f32x4.splat(0);
      if (rows > 1) {
        c10 = v128.load(tile + row);
        c11 = v128.load(tile + row, 16);
      }
      if (rows > 2) {
        c20 = v128.load(tile + row * 2);
        c21 = v128.load(tile + row * 2, 16);
      }
      if (rows > 3) {
        c30 = v128.load(tile + row * 3);
        c31 = v128.load(tile + row * 3, 16);
      }
      let aGroup = a + ((<usize>i) << 2);
      let bGroup = columns;
      for (let y = 0; y < outer; y++, aGroup += aOuter, bGroup += bOuter) {
        let aAt = aGroup;
        let bAt = bGroup;
        for (let x = 0; x < inner; x++, aAt += aInner, bAt += bInner) {
          const b0 = v128.load(bAt);
          const b1 = v128.load(bAt, 16);
          const a0 = v128.load32_splat(aAt);
          c00 = f32x4.add(c00, f32x4.mul(a0, b0));
          c01 = f32x4.add(c01, f32x4.mul(a0, b1));
          const a1 = v128.load32_splat(aAt, 4);
          c10 = f32x4.add(c10, f32x4.mul(a1, b0));
          c11 = f32x4.add(c11, f32x4.mul(a1, b1));
          const a2 = v128.load32_splat(aAt, 8);
          c20 = f32x4.add(c20, f32x4.mul(a2, b0));
          c21 = f32x4.add(c21, f32x4.mul(a2, b1));
          const a3 = v128.load32_splat(aAt, 12);
          c30 = f32x4.add(c30, f32x4.mul(a3, b0));
          c31 = f32x4.add(c31, f32x4.mul(a3, b1));
        }
      }
      v128.store(tile, c00);
      v128.store(tile, c01, 16);
      if (rows > 1) {
        v128.store(tile + row, c10);
        v128.store(tile + row, c11, 16);
      }
      if (rows > 2) {
        v128.store(tile + row * 2, c20);
        v128.store(tile + row * 2, c21, 16);
      }
      if (rows > 3) {
        v128.store(tile + row * 3, c30);
        v128.store(tile + row * 3, c31, 16);
      }
    }
  }
  for (; j + 4 <= n; j += 4) {
    for (let i = 0; i < m; i++) {
      const tile = c + <usize>i * row + ((<usize>j) << 2);
      let sum = v128.load(tile);
      let aGroup = a + ((<usize>i) << 2);
      let bGroup = b + ((<usize>j) << 2);
      for (let y = 0; y < outer; y++, aGroup += aOuter, bGroup += bOuter) {
        let aAt = aGroup;
        let bAt = bGroup;
        for (let x = 0; x < inner; x++, aAt += aInner, bAt += bInner) {
          sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(aAt), v128.load(bAt)));
        }
      }
      v128.store(tile, sum);
    }
  }
  for (; j < n; j++) {
    for (let i = 0; i < m; i++) {
      const tile = c + <usize>i * row + ((<usize>j) << 2);
      let sum = load<f32>(tile);
      let aGroup = a + ((<usize>i) << 2);
      let bGroup = b + ((<usize>j) << 2);
      for (let y = 0; y < outer; y++, aGroup += aOuter, bGroup += bOuter) {
        let aAt = aGroup;
        let bAt = bGroup;
        for (let x = 0; x < inner; x++, aAt += aInner, bAt += bInner) sum += load<f32>(aAt) * load<f32>(bAt);
      }
      store<f32>(tile, sum);
    }
  }
}

/** Copies images [count, height, width · channels] into the middle of zeros; strides and margins in bytes. */
export function padImages(
  from: usize,
  to: usize,
  count: i32,
  height: i32,
  rowBytes: usize,
  paddedHeight: i32,
  paddedRowBytes: usize,
  top: i32,
  leftBytes: usize,
): void {
  memory.fill(to, 0, <usize>count * <usize>paddedHeight * paddedRowBytes);
  for (let image = 0; image < count; image++) {
    let target = to + (<usize>image * <usize>paddedHeight + <usize>top) * paddedRowBytes + leftBytes;
    for (let y = 0; y < height; y++, from += rowBytes, target += paddedRowBytes) {
      memory.copy(target, from, rowBytes);
    }
  }
}
