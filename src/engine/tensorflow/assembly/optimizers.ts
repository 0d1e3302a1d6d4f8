/**
 * Optimizer steps: all of one weight's numbers in one pass, four at a time. `kept` multiplies the old weight: 1, or less by
 * decoupled weight decay (Loshchilov and Hutter, ICLR 2019). Where a formula has 1 − β, it is an argument: taken from a
 * float32 it would lose digits.
 */
import { load4, store4 } from './functions';

/** s · x */
function scaled4(x: v128, s: f32): v128 {
  return f32x4.mul(x, f32x4.splat(s));
}

/** s + x */
function raised4(x: v128, s: f32): v128 {
  return f32x4.add(x, f32x4.splat(s));
}

/** a · x + b · y */
function mix4(x: v128, a: f32, y: v128, b: f32): v128 {
  return f32x4.add(scaled4(x, a), scaled4(y, b));
}

/** w ← kept · w − change */
function move(w: usize, kept: f32, change: v128, left: isize): void {
  store4(w, f32x4.sub(scaled4(load4(w, left), kept), change), left);
}

/** w ← kept · w − rate · g. */
export function gradientStep(w: usize, g: usize, count: i32, kept: f32, rate: f32): void {
  for (let left = (<isize>count) << 2; left > 0; left -= 16, w += 16, g += 16) {
    move(w, kept, scaled4(load4(g, left), rate), left);
  }
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
  for (let left = (<isize>count) << 2; left > 0; left -= 16, w += 16, a += 16, g += 16) {
    const gradient = load4(g, left);
    const velocity = f32x4.add(scaled4(load4(a, left), momentum), gradient);
    store4(a, velocity, left);
    const direction = nesterov ? f32x4.add(gradient, scaled4(velocity, momentum)) : velocity;
    move(w, kept, scaled4(direction, rate), left);
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
  for (let left = (<isize>count) << 2; left > 0; left -= 16, w += 16, m += 16, v += 16, g += 16) {
    const gradient = load4(g, left);
    const first = mix4(load4(m, left), beta1, gradient, rest1);
    const second = mix4(load4(v, left), beta2, f32x4.mul(gradient, gradient), rest2);
    store4(m, first, left);
    store4(v, second, left);
    const root = f32x4.sqrt(f32x4.div(second, f32x4.splat(correction2)));
    const step = f32x4.div(f32x4.div(first, f32x4.splat(correction1)), raised4(root, epsilon));
    move(w, kept, scaled4(step, rate), left);
  }
}

/** Adamax (Kingma and Ba, ICLR 2015, algorithm 2): `rate` already divided by 1 − β₁ᵗ. */
export function adamaxStep(
  w: usize,
  m: usize,
  u: usize,
  g: usize,
  count: i32,
  kept: f32,
  rate: f32,
  beta1: f32,
  beta2: f32,
  rest1: f32,
  epsilon: f32,
): void {
  for (let left = (<isize>count) << 2; left > 0; left -= 16, w += 16, m += 16, u += 16, g += 16) {
    const gradient = load4(g, left);
    const first = mix4(load4(m, left), beta1, gradient, rest1);
    const largest = f32x4.max(scaled4(load4(u, left), beta2), f32x4.abs(gradient));
    store4(m, first, left);
    store4(u, largest, left);
    move(w, kept, f32x4.div(scaled4(first, rate), raised4(largest, epsilon)), left);
  }
}

/** Lion (Chen et al., NeurIPS 2023): c = β₁ · m + (1 − β₁) · g; m ← β₂ · m + (1 − β₂) · g; w ← kept · w − rate · sign c. */
export function lionStep(
  w: usize,
  m: usize,
  g: usize,
  count: i32,
  kept: f32,
  rate: f32,
  beta1: f32,
  beta2: f32,
  rest1: f32,
  rest2: f32,
): void {
  const zero = f32x4.splat(0);
  const rates = f32x4.splat(rate);
  for (let left = (<isize>count) << 2; left > 0; left -= 16, w += 16, m += 16, g += 16) {
    const gradient = load4(g, left);
    const old = load4(m, left);
    const c = mix4(old, beta1, gradient, rest1);
    store4(m, mix4(old, beta2, gradient, rest2), left);
    const up = v128.and(rates, f32x4.gt(c, zero));
    move(w, kept, f32x4.sub(up, v128.and(rates, f32x4.lt(c, zero))), left);
  }
}

/**
 * RMSProp (Tieleman and Hinton 2012): s ← decay · s + (1 − decay) · g²; a ← momentum · a + rate · g / √(s + ε);
 * w ← kept · w − a. With `mean` not 0 it is centered (Graves 2013): what is under the root is the variance s − mean².
 */
export function rmspropStep(
  w: usize,
  s: usize,
  a: usize,
  mean: usize,
  g: usize,
  count: i32,
  kept: f32,
  rate: f32,
  decay: f32,
  rest: f32,
  momentum: f32,
  epsilon: f32,
): void {
  for (let left = (<isize>count) << 2; left > 0; left -= 16, w += 16, s += 16, a += 16, g += 16) {
    const gradient = load4(g, left);
    let spread = mix4(load4(s, left), decay, f32x4.mul(gradient, gradient), rest);
    store4(s, spread, left);
    if (mean) {
      const average = mix4(load4(mean, left), decay, gradient, rest);
      store4(mean, average, left);
      // Rounding may bring the variance below 0.
      spread = f32x4.max(f32x4.sub(spread, f32x4.mul(average, average)), f32x4.splat(0));
      mean += 16;
    }
    const step = f32x4.div(scaled4(gradient, rate), f32x4.sqrt(raised4(spread, epsilon)));
    const velocity = f32x4.add(scaled4(load4(a, left), momentum), step);
    store4(a, velocity, left);
    move(w, kept, velocity, left);
  }
}

/** Adagrad (Duchi, Hazan and Singer 2011): s ← s + g²; w ← kept · w − rate · g / √(s + ε). */
export function adagradStep(
  w: usize,
  s: usize,
  g: usize,
  count: i32,
  kept: f32,
  rate: f32,
  epsilon: f32,
): void {
  for (let left = (<isize>count) << 2; left > 0; left -= 16, w += 16, s += 16, g += 16) {
    const gradient = load4(g, left);
    const sum = f32x4.add(load4(s, left), f32x4.mul(gradient, gradient));
    store4(s, sum, left);
    move(w, kept, f32x4.div(scaled4(gradient, rate), f32x4.sqrt(raised4(sum, epsilon))), left);
  }
}

/**
 * Adadelta (Zeiler 2012, algorithm 1): s ← decay · s + (1 − decay) · g²; Δ = √((u + ε) / (s + ε)) · g;
 * u ← decay · u + (1 − decay) · Δ²; w ← kept · w − rate · Δ.
 */
export function adadeltaStep(
  w: usize,
  s: usize,
  u: usize,
  g: usize,
  count: i32,
  kept: f32,
  rate: f32,
  decay: f32,
  rest: f32,
  epsilon: f32,
): void {
  for (let left = (<isize>count) << 2; left > 0; left -= 16, w += 16, s += 16, u += 16, g += 16) {
    const gradient = load4(g, left);
    const squares = mix4(load4(s, left), decay, f32x4.mul(gradient, gradient), rest);
    const updates = load4(u, left);
    const ratio = f32x4.div(raised4(updates, epsilon), raised4(squares, epsilon));
    const delta = f32x4.mul(f32x4.sqrt(ratio), gradient);
    store4(s, squares, left);
    store4(u, mix4(updates, decay, f32x4.mul(delta, delta), rest), left);
    move(w, kept, scaled4(delta, rate), left);
  }
}
