/** Activations, and their gradients from their outputs; softmax with its loss. */
import { exp4, tanh4 } from './functions';

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

/** x = tanh x. Reads and writes up to 12 bytes past the end, as the two below do. */
export function applyTanh(x: usize, count: i32): void {
  for (const end = x + ((<usize>count) << 2); x < end; x += 16) v128.store(x, tanh4(v128.load(x)));
}

/** x = 1 / (1 + exp(−x)). */
export function applySigmoid(x: usize, count: i32): void {
  const half = f32x4.splat(0.5);
  for (const end = x + ((<usize>count) << 2); x < end; x += 16) {
    v128.store(x, f32x4.add(f32x4.mul(tanh4(f32x4.mul(v128.load(x), half)), half), half));
  }
}

/** x = x · mask. */
export function applyMask(x: usize, mask: usize, count: i32): void {
  for (const end = x + ((<usize>count) << 2); x < end; x += 16, mask += 16) {
    v128.store(x, f32x4.mul(v128.load(x), v128.load(mask)));
  }
}

/** to = (softmax(scores) − truth) / rows: the gradient of the mean cross-entropy. Writes up to 12 bytes past the end. */
export function softmaxGradient(scores: usize, truth: usize, to: usize, rows: i32, columns: i32): void {
  const row = (<usize>columns) << 2;
  const share: f32 = <f32>1 / <f32>rows;
  for (let i = 0; i < rows; i++, scores += row, truth += row, to += row) {
    let largest = load<f32>(scores);
    for (let c: usize = 4; c < row; c += 4) largest = max(largest, load<f32>(scores + c));
    const shift = f32x4.splat(largest);
    for (let c: usize = 0; c < row; c += 16)
      v128.store(to + c, exp4(f32x4.sub(v128.load(scores + c), shift)));
    let sum: f32 = 0;
    for (let c: usize = 0; c < row; c += 4) sum += load<f32>(to + c);
    for (let c: usize = 0; c < row; c += 4) {
      store<f32>(to + c, (load<f32>(to + c) / sum - load<f32>(truth + c)) * share);
    }
  }
}
