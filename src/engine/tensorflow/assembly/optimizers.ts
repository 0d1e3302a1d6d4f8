/** Optimizer steps: all of one weight's numbers in one pass. */

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
