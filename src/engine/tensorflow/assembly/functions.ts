/** Functions of four numbers at a time. Not exported from the module. */

/**
 * tanh by a rational function of degree 13 over 6, as in Eigen: within a few units in the last place, and exactly ±1
 * beyond 7.9.
 */
export function tanh4(value: v128): v128 {
  const x = f32x4.max(f32x4.min(value, f32x4.splat(7.905311107635498)), f32x4.splat(-7.905311107635498));
  const x2 = f32x4.mul(x, x);
  let p = f32x4.add(f32x4.mul(x2, f32x4.splat(-2.76076847742355e-16)), f32x4.splat(2.00018790482477e-13));
  p = f32x4.add(f32x4.mul(x2, p), f32x4.splat(-8.60467152213735e-11));
  p = f32x4.add(f32x4.mul(x2, p), f32x4.splat(5.12229709037114e-8));
  p = f32x4.add(f32x4.mul(x2, p), f32x4.splat(1.48572235717979e-5));
  p = f32x4.add(f32x4.mul(x2, p), f32x4.splat(6.37261928875436e-4));
  p = f32x4.add(f32x4.mul(x2, p), f32x4.splat(4.89352455891786e-3));
  let q = f32x4.add(f32x4.mul(x2, f32x4.splat(1.19825839466702e-6)), f32x4.splat(1.18534705686654e-4));
  q = f32x4.add(f32x4.mul(x2, q), f32x4.splat(2.268434632439e-3));
  q = f32x4.add(f32x4.mul(x2, q), f32x4.splat(4.89352518554385e-3));
  return f32x4.div(f32x4.mul(x, p), q);
}

/** exp by Cephes' polynomial of degree 5 after taking out powers of 2; 0 below −87. */
export function exp4(value: v128): v128 {
  const x = f32x4.max(f32x4.min(value, f32x4.splat(88)), f32x4.splat(-87));
  const n = f32x4.floor(f32x4.add(f32x4.mul(x, f32x4.splat(Mathf.LOG2E)), f32x4.splat(0.5)));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.1219444e-4)));
  let p = f32x4.add(f32x4.mul(r, f32x4.splat(1.98756915e-4)), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(r, p), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(r, p), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(r, p), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(r, p), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.mul(f32x4.mul(r, r), p), f32x4.add(r, f32x4.splat(1)));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  // Not "where it is at least −87": what is no number stays none.
  return v128.andnot(f32x4.mul(p, power), f32x4.lt(value, f32x4.splat(-87)));
}

/** log(1 + x) for x from 0 to 1, by 2 · artanh(x / (x + 2)): within 2e-7. */
export function log1p4(x: v128): v128 {
  const z = f32x4.div(x, f32x4.add(x, f32x4.splat(2)));
  const z2 = f32x4.mul(z, z);
  let p = f32x4.add(f32x4.mul(z2, f32x4.splat(1.0 / 11)), f32x4.splat(1.0 / 9));
  p = f32x4.add(f32x4.mul(z2, p), f32x4.splat(1.0 / 7));
  p = f32x4.add(f32x4.mul(z2, p), f32x4.splat(0.2));
  p = f32x4.add(f32x4.mul(z2, p), f32x4.splat(1.0 / 3));
  p = f32x4.add(f32x4.mul(z2, p), f32x4.splat(1));
  return f32x4.mul(f32x4.mul(z, p), f32x4.splat(2));
}

/** The error function by Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 7.1.26: within 3e-7. */
export function erf4(x: v128): v128 {
  const size = f32x4.abs(x);
  const one = f32x4.splat(1);
  const t = f32x4.div(one, f32x4.add(one, f32x4.mul(size, f32x4.splat(0.3275911))));
  let p = f32x4.add(f32x4.mul(t, f32x4.splat(1.061405429)), f32x4.splat(-1.453152027));
  p = f32x4.add(f32x4.mul(t, p), f32x4.splat(1.421413741));
  p = f32x4.add(f32x4.mul(t, p), f32x4.splat(-0.284496736));
  p = f32x4.add(f32x4.mul(t, p), f32x4.splat(0.254829592));
  const rest = f32x4.mul(f32x4.mul(p, t), exp4(f32x4.neg(f32x4.mul(size, size))));
  const sign = v128.and(x, f32x4.splat(-0.0));
  return v128.xor(f32x4.sub(one, rest), sign);
}

/** Four numbers, or as many as `bytes` are left, with zeros behind them. */
export function load4(from: usize, bytes: isize): v128 {
  return bytes >= 16 ? v128.load(from) : loadFew(from, bytes);
}

function loadFew(from: usize, bytes: isize): v128 {
  let x = f32x4.replace_lane(f32x4.splat(0), 0, load<f32>(from));
  if (bytes > 4) x = f32x4.replace_lane(x, 1, load<f32>(from, 4));
  if (bytes > 8) x = f32x4.replace_lane(x, 2, load<f32>(from, 8));
  return x;
}

/** Stores as many of four numbers as `bytes` are left for. */
export function store4(to: usize, x: v128, bytes: isize): void {
  if (bytes >= 16) v128.store(to, x);
  else storeFew(to, x, bytes);
}

function storeFew(to: usize, x: v128, bytes: isize): void {
  store<f32>(to, f32x4.extract_lane(x, 0));
  if (bytes > 4) store<f32>(to, f32x4.extract_lane(x, 1), 4);
  if (bytes > 8) store<f32>(to, f32x4.extract_lane(x, 2), 8);
}
