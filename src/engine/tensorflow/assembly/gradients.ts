/** What is done to scores, gradients and activations besides products and activation functions. */
import { exp4, load4, store4 } from './functions';

/** to = x · factors, or x · factors + offsets where `offsets` is not 0; to may be x. */
export function applyNoise(x: usize, factors: usize, offsets: usize, to: usize, count: i32): void {
  for (let left = (<isize>count) << 2; left > 0; left -= 16, x += 16, factors += 16, to += 16) {
    let value = f32x4.mul(load4(x, left), load4(factors, left));
    if (offsets) {
      value = f32x4.add(value, load4(offsets, left));
      offsets += 16;
    }
    store4(to, value, left);
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

/** g += l1 · sign w + 2 · l2 · w: the gradient of l1 · Σ|w| + l2 · Σw². */
export function addPenalty(g: usize, w: usize, count: i32, l1: f32, l2: f32): void {
  const zero = f32x4.splat(0);
  const ones = f32x4.splat(l1);
  const twos = f32x4.splat(2 * l2);
  for (let left = (<isize>count) << 2; left > 0; left -= 16, g += 16, w += 16) {
    const weight = load4(w, left);
    const sign = f32x4.sub(v128.and(ones, f32x4.gt(weight, zero)), v128.and(ones, f32x4.lt(weight, zero)));
    store4(g, f32x4.add(load4(g, left), f32x4.add(sign, f32x4.mul(twos, weight))), left);
  }
}

/** x = max(−most, min(most, x)). */
export function clipValues(x: usize, count: i32, most: f32): void {
  const high = f32x4.splat(most);
  const low = f32x4.splat(-most);
  for (let left = (<isize>count) << 2; left > 0; left -= 16, x += 16) {
    store4(x, f32x4.max(f32x4.min(load4(x, left), high), low), left);
  }
}

/** x = x · most / ‖x‖ where the norm is larger than `most`. Pascanu, Mikolov and Bengio, ICML 2013. */
export function clipNorm(x: usize, count: i32, most: f32): void {
  const bytes = (<usize>count) << 2;
  let squares: f64 = 0;
  for (let at: usize = 0; at < bytes; at += 4) {
    const value = <f64>load<f32>(x + at);
    squares += value * value;
  }
  const norm = sqrt<f64>(squares);
  if (norm <= <f64>most) return;
  const factor = <f32>(<f64>most / norm);
  for (let at: usize = 0; at < bytes; at += 4) store<f32>(x + at, load<f32>(x + at) * factor);
}
