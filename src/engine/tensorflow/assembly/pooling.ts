/** Gradients of pooling. */

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
