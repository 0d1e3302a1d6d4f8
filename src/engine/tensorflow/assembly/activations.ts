/** Gradients of activations from their outputs. */

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
