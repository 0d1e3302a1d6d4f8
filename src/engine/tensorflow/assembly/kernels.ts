/**
 * The inner loops of training in AssemblyScript, compiled to WebAssembly with SIMD at build time. They work on the heap of
 * the TensorFlow.js backend: every pointer is a byte offset in it, every array holds float32, every count is in numbers
 * unless it says bytes. Nothing is allocated here and nothing checked: the callers in kernels/ and optimizers/ do both.
 * Multiplications and additions keep one order, so a result has the same bits on every machine.
 */

// ── Optimizers: all of one weight's numbers in one pass ─────────────────────────────────────────────────────────────

// `kept` multiplies the old weight: 1, or less by decoupled weight decay (Loshchilov and Hutter, ICLR 2019).

/** w ← kept · w − rate · g. */
export function gradientStep(w: usize, g: usize, count: i32, kept: f32, rate: f32): void {
  const keeps = f32x4.splat(kept);
  const rates = f32x4.splat(-rate);
  let i: usize = 0;
  const bytes = (<usize>count) << 2;
  for (const end = bytes & ~15; i < end; i += 16) {
    v128.store(w + i, f32x4.add(f32x4.mul(rates, v128.load(g + i)), f32x4.mul(keeps, v128.load(w + i))));
  }
  for (; i < bytes; i += 4) store<f32>(w + i, -rate * load<f32>(g + i) + kept * load<f32>(w + i));
}

/** Momentum (Polyak 1964), or Nesterov's: a ← momentum · a + g; w ← kept · w − rate · (a, or g + momentum · a). */
export function momentumStep(
  w: usize,
  a: usize,
  g: usize,
  count: i32,
  kept: f32,
  rate: f32,
  momentum: f32,
  nesterov: bool,
): void {
  const keeps = f32x4.splat(kept);
  const moments = f32x4.splat(momentum);
  const rates = f32x4.splat(-rate);
  let i: usize = 0;
  const bytes = (<usize>count) << 2;
  for (const end = bytes & ~15; i < end; i += 16) {
    const gradient = v128.load(g + i);
    const velocity = f32x4.add(f32x4.mul(moments, v128.load(a + i)), gradient);
    const direction = nesterov ? f32x4.add(gradient, f32x4.mul(velocity, moments)) : velocity;
    v128.store(a + i, velocity);
    v128.store(w + i, f32x4.add(f32x4.mul(rates, direction), f32x4.mul(keeps, v128.load(w + i))));
  }
  for (; i < bytes; i += 4) {
    const gradient = load<f32>(g + i);
    const velocity: f32 = momentum * load<f32>(a + i) + gradient;
    const direction: f32 = nesterov ? gradient + velocity * momentum : velocity;
    store<f32>(a + i, velocity);
    store<f32>(w + i, -rate * direction + kept * load<f32>(w + i));
  }
}

/** Adam (Kingma and Ba, ICLR 2015). `rest1` is 1 − β₁, `correction1` is 1 − β₁ᵗ; likewise for β₂. */
export function adamStep(
  w: usize,
  m: usize,
  v: usize,
  g: usize,
  count: i32,
  kept: f32,
  rate: f32,
  beta1: f32,
  beta2: f32,
  rest1: f32,
  rest2: f32,
  correction1: f32,
  correction2: f32,
  epsilon: f32,
): void {
  const b1 = f32x4.splat(beta1);
  const b2 = f32x4.splat(beta2);
  const r1 = f32x4.splat(rest1);
  const r2 = f32x4.splat(rest2);
  const c1 = f32x4.splat(correction1);
  const c2 = f32x4.splat(correction2);
  const eps = f32x4.splat(epsilon);
  const rates = f32x4.splat(-rate);
  const keeps = f32x4.splat(kept);
  let i: usize = 0;
  const bytes = (<usize>count) << 2;
  for (const end = bytes & ~15; i < end; i += 16) {
    const gradient = v128.load(g + i);
    const first = f32x4.add(f32x4.mul(v128.load(m + i), b1), f32x4.mul(gradient, r1));
    const second = f32x4.add(f32x4.mul(v128.load(v + i), b2), f32x4.mul(f32x4.mul(gradient, gradient), r2));
    v128.store(m + i, first);
    v128.store(v + i, second);
    const step = f32x4.div(f32x4.div(first, c1), f32x4.add(f32x4.sqrt(f32x4.div(second, c2)), eps));
    v128.store(w + i, f32x4.add(f32x4.mul(step, rates), f32x4.mul(keeps, v128.load(w + i))));
  }
  for (; i < bytes; i += 4) {
    const gradient = load<f32>(g + i);
    const first: f32 = load<f32>(m + i) * beta1 + gradient * rest1;
    const second: f32 = load<f32>(v + i) * beta2 + gradient * gradient * rest2;
    store<f32>(m + i, first);
    store<f32>(v + i, second);
    const step: f32 = first / correction1 / (sqrt<f32>(second / correction2) + epsilon);
    store<f32>(w + i, step * -rate + kept * load<f32>(w + i));
  }
}

/** RMSProp (Tieleman and Hinton 2012): s ← decay · s + (1 − decay) · g²; a ← momentum · a + rate · g / √(s + ε); w ← kept · w − a. */
export function rmspropStep(
  w: usize,
  s: usize,
  a: usize,
  g: usize,
  count: i32,
  kept: f32,
  rate: f32,
  decay: f32,
  rest: f32,
  momentum: f32,
  epsilon: f32,
): void {
  const bytes = (<usize>count) << 2;
  const keeps = f32x4.splat(kept);
  const decays = f32x4.splat(decay);
  const rests = f32x4.splat(rest);
  const rates = f32x4.splat(rate);
  const moments = f32x4.splat(momentum);
  const eps = f32x4.splat(epsilon);
  let i: usize = 0;
  for (const end = bytes & ~15; i < end; i += 16) {
    const gradient = v128.load(g + i);
    const square = f32x4.mul(f32x4.mul(gradient, gradient), rests);
    const mean = f32x4.add(f32x4.mul(v128.load(s + i), decays), square);
    const scaled = f32x4.div(f32x4.mul(gradient, rates), f32x4.sqrt(f32x4.add(mean, eps)));
    const velocity = f32x4.add(f32x4.mul(v128.load(a + i), moments), scaled);
    v128.store(s + i, mean);
    v128.store(a + i, velocity);
    v128.store(w + i, f32x4.sub(f32x4.mul(keeps, v128.load(w + i)), velocity));
  }
  for (; i < bytes; i += 4) {
    const gradient = load<f32>(g + i);
    const mean: f32 = load<f32>(s + i) * decay + gradient * gradient * rest;
    const velocity: f32 = load<f32>(a + i) * momentum + (gradient * rate) / sqrt<f32>(mean + epsilon);
    store<f32>(s + i, mean);
    store<f32>(a + i, velocity);
    store<f32>(w + i, kept * load<f32>(w + i) - velocity);
  }
}

// ── Matrices ────────────────────────────────────────────────────────────────────────────────────────────────────────

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

// ── Activations ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** to = dy where y > 0, else 0. */
export function reluGradient(dy: usize, y: usize, to: usize, count: i32): void {
  const zero = f32x4.splat(0);
  const bytes = (<usize>count) << 2;
  let i: usize = 0;
  for (const end = bytes & ~15; i < end; i += 16) {
    v128.store(to + i, v128.and(v128.load(dy + i), f32x4.gt(v128.load(y + i), zero)));
  }
  for (; i < bytes; i += 4) store<f32>(to + i, load<f32>(y + i) > 0 ? load<f32>(dy + i) : 0);
}

/** to = dy · y · (1 − y). */
export function sigmoidGradient(dy: usize, y: usize, to: usize, count: i32): void {
  const one = f32x4.splat(1);
  const bytes = (<usize>count) << 2;
  let i: usize = 0;
  for (const end = bytes & ~15; i < end; i += 16) {
    const value = v128.load(y + i);
    v128.store(to + i, f32x4.mul(v128.load(dy + i), f32x4.mul(value, f32x4.sub(one, value))));
  }
  for (; i < bytes; i += 4) {
    const value = load<f32>(y + i);
    store<f32>(to + i, load<f32>(dy + i) * (value * (<f32>1 - value)));
  }
}

/** to = dy · (1 − y²). */
export function tanhGradient(dy: usize, y: usize, to: usize, count: i32): void {
  const one = f32x4.splat(1);
  const bytes = (<usize>count) << 2;
  let i: usize = 0;
  for (const end = bytes & ~15; i < end; i += 16) {
    const value = v128.load(y + i);
    v128.store(to + i, f32x4.mul(v128.load(dy + i), f32x4.sub(one, f32x4.mul(value, value))));
  }
  for (; i < bytes; i += 4) {
    const value = load<f32>(y + i);
    store<f32>(to + i, load<f32>(dy + i) * (<f32>1 - value * value));
  }
}

// ── Pooling ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Gives dy of one window to its largest pixel (the first of equals), for all channels; dx must hold the sum so far.
 * Steps are in bytes, `width` and `height` in pixels.
 */
function maxPoolWindow(
  x: usize,
  dx: usize,
  dy: usize,
  height: i32,
  width: i32,
  row: usize,
  pixel: usize,
): void {
  let c: usize = 0;
  for (const whole = pixel & ~15; c < whole; c += 16) {
    let best = v128.load(x + c);
    for (let i = 0; i < height; i++) {
      let at = x + <usize>i * row + c;
      for (let j = 0; j < width; j++, at += pixel) best = f32x4.pmax(best, v128.load(at));
    }
    let left = v128.load(dy + c);
    for (let i = 0; i < height; i++) {
      let offset = <usize>i * row + c;
      for (let j = 0; j < width; j++, offset += pixel) {
        const isBest = f32x4.eq(v128.load(x + offset), best);
        v128.store(dx + offset, f32x4.add(v128.load(dx + offset), v128.and(left, isBest)));
        left = v128.andnot(left, isBest);
      }
    }
  }
  for (; c < pixel; c += 4) {
    let best = load<f32>(x + c);
    let bestAt = c;
    for (let i = 0; i < height; i++) {
      let offset = <usize>i * row + c;
      for (let j = 0; j < width; j++, offset += pixel) {
        const value = load<f32>(x + offset);
        if (value > best) {
          best = value;
          bestAt = offset;
        }
      }
    }
    store<f32>(dx + bestAt, load<f32>(dx + bestAt) + load<f32>(dy + c));
  }
}

/** Shares dy of one window equally among its pixels, for all channels. */
function averagePoolWindow(dx: usize, dy: usize, height: i32, width: i32, row: usize, pixel: usize): void {
  const share: f32 = <f32>1 / <f32>(height * width);
  const shares = f32x4.splat(share);
  let c: usize = 0;
  for (const whole = pixel & ~15; c < whole; c += 16) {
    const part = f32x4.mul(v128.load(dy + c), shares);
    for (let i = 0; i < height; i++) {
      let at = dx + <usize>i * row + c;
      for (let j = 0; j < width; j++, at += pixel) v128.store(at, f32x4.add(v128.load(at), part));
    }
  }
  for (; c < pixel; c += 4) {
    const part: f32 = load<f32>(dy + c) * share;
    for (let i = 0; i < height; i++) {
      let at = dx + <usize>i * row + c;
      for (let j = 0; j < width; j++, at += pixel) store<f32>(at, load<f32>(at) + part);
    }
  }
}

/** dx [n, height, width, channels] of max pooling, or of average pooling where `isMax` is 0 and x is not read. NHWC. */
export function poolGradient(
  isMax: bool,
  x: usize,
  dy: usize,
  dx: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  windowHeight: i32,
  windowWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  padTop: i32,
  padLeft: i32,
): void {
  const pixel = (<usize>channels) << 2;
  const row = <usize>width * pixel;
  memory.fill(dx, 0, <usize>images * <usize>height * row);
  for (let n = 0; n < images; n++) {
    const image = <usize>n * <usize>height * row;
    for (let y = 0; y < outHeight; y++) {
      const top = y * strideHeight - padTop;
      const yFrom = max(0, top);
      const rows = min(height, top + windowHeight) - yFrom;
      for (let j = 0; j < outWidth; j++, dy += pixel) {
        const left = j * strideWidth - padLeft;
        const xFrom = max(0, left);
        const columns = min(width, left + windowWidth) - xFrom;
        const first = image + <usize>yFrom * row + <usize>xFrom * pixel;
        if (isMax) maxPoolWindow(x + first, dx + first, dy, rows, columns, row, pixel);
        else averagePoolWindow(dx + first, dy, rows, columns, row, pixel);
      }
    }
  }
}
