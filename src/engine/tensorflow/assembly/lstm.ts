/** One time step of a long short-term memory (Hochreiter and Schmidhuber 1997), element by element, there and back. */
import { tanh4 } from './functions';

/** The gates' activation: hard sigmoid, clip(0.2 x + 0.5, 0, 1), or σ(x) = (1 + tanh(x / 2)) / 2. */
function gate4(x: v128, isHard: bool): v128 {
  const half = f32x4.splat(0.5);
  if (!isHard) return f32x4.add(f32x4.mul(tanh4(f32x4.mul(x, half)), half), half);
  const linear = f32x4.add(f32x4.mul(x, f32x4.splat(0.2)), half);
  return f32x4.max(f32x4.min(linear, f32x4.splat(1)), f32x4.splat(0));
}

/** Its slope, from its value. */
function gateSlope4(y: v128, isHard: bool): v128 {
  const one = f32x4.splat(1);
  if (!isHard) return f32x4.mul(y, f32x4.sub(one, y));
  const isInside = v128.and(f32x4.gt(y, f32x4.splat(0)), f32x4.lt(y, one));
  return v128.and(f32x4.splat(0.2), isInside);
}

function load4(from: usize, count: i32): v128 {
  if (count > 3) return v128.load(from);
  let x = f32x4.replace_lane(f32x4.splat(0), 0, load<f32>(from));
  if (count > 1) x = f32x4.replace_lane(x, 1, load<f32>(from + 4));
  if (count > 2) x = f32x4.replace_lane(x, 2, load<f32>(from + 8));
  return x;
}

function store4(to: usize, x: v128, count: i32): void {
  if (count > 3) {
    v128.store(to, x);
    return;
  }
  store<f32>(to, f32x4.extract_lane(x, 0));
  if (count > 1) store<f32>(to + 4, f32x4.extract_lane(x, 1));
  if (count > 2) store<f32>(to + 8, f32x4.extract_lane(x, 2));
}

/**
 * z [batch, 4 · units], the sums before the gates i, f, g, o, becomes the gates themselves; c and h [batch, units] are
 * written. `cBefore` is 0 at the first step. Rows of z lie `step` · 4 bytes apart, those of c and h `step` bytes.
 */
export function lstmStep(
  z: usize,
  cBefore: usize,
  c: usize,
  h: usize,
  step: usize,
  batch: i32,
  units: i32,
  isHard: bool,
): void {
  const part = (<usize>units) << 2;
  for (let b = 0; b < batch; b++, z += step << 2, c += step, h += step) {
    for (let u = 0; u < units; u += 4) {
      const count = units - u;
      const at = (<usize>u) << 2;
      const input = gate4(load4(z + at, count), isHard);
      const forget = gate4(load4(z + part + at, count), isHard);
      const candidate = tanh4(load4(z + part * 2 + at, count));
      const output = gate4(load4(z + part * 3 + at, count), isHard);
      let cell = f32x4.mul(input, candidate);
      if (cBefore) cell = f32x4.add(f32x4.mul(forget, load4(cBefore + at, count)), cell);
      store4(z + at, input, count);
      store4(z + part + at, forget, count);
      store4(z + part * 2 + at, candidate, count);
      store4(z + part * 3 + at, output, count);
      store4(c + at, cell, count);
      store4(h + at, f32x4.mul(output, tanh4(cell)), count);
    }
    if (cBefore) cBefore += step;
  }
}

/**
 * dz [batch, 4 · units] from the gates, from dh and dc [batch, units] (packed rows) and from c; dc becomes that of the step
 * before.
 */
export function lstmStepGradient(
  gates: usize,
  cBefore: usize,
  c: usize,
  dh: usize,
  dc: usize,
  dz: usize,
  step: usize,
  batch: i32,
  units: i32,
  isHard: bool,
): void {
  const part = (<usize>units) << 2;
  const one = f32x4.splat(1);
  for (let b = 0; b < batch; b++, gates += step << 2, dz += step << 2, c += step, dh += part, dc += part) {
    for (let u = 0; u < units; u += 4) {
      const count = units - u;
      const at = (<usize>u) << 2;
      const input = load4(gates + at, count);
      const forget = load4(gates + part + at, count);
      const candidate = load4(gates + part * 2 + at, count);
      const output = load4(gates + part * 3 + at, count);
      const above = load4(dh + at, count);
      const squashed = tanh4(load4(c + at, count));
      const slope = f32x4.sub(one, f32x4.mul(squashed, squashed));
      const dCell = f32x4.add(load4(dc + at, count), f32x4.mul(f32x4.mul(above, output), slope));
      const dInput = f32x4.mul(f32x4.mul(dCell, candidate), gateSlope4(input, isHard));
      const flat = f32x4.sub(one, f32x4.mul(candidate, candidate));
      store4(dz + at, dInput, count);
      store4(dz + part * 2 + at, f32x4.mul(f32x4.mul(dCell, input), flat), count);
      store4(dz + part * 3 + at, f32x4.mul(f32x4.mul(above, squashed), gateSlope4(output, isHard)), count);
      store4(dc + at, f32x4.mul(dCell, forget), count);
      const before = cBefore ? load4(cBefore + at, count) : f32x4.splat(0);
      store4(dz + part + at, f32x4.mul(f32x4.mul(dCell, before), gateSlope4(forget, isHard)), count);
    }
    if (cBefore) cBefore += step;
  }
}
