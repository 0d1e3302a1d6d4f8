/**
 * Functions of single numbers with their derivatives: one table for whatever trains, its kinds in the order of
 * compiled/elementwise.ts. A kind is an argument rather than a function of its own, which costs one jump for four numbers.
 */
import { erf4, exp4, load4, log1p4, store4, tanh4 } from './functions';

// Kept equal to ELEMENTWISE in compiled/elementwise.ts; 0 is linear.
const RELU = 1;
const RELU6 = 2;
const LEAKY_RELU = 3;
const ELU = 4;
const SELU = 5;
const GELU = 6;
const GELU_TANH = 7;
const SWISH = 8;
const HARD_SWISH = 9;
const MISH = 10;
const TANH = 11;
const SIGMOID = 12;
const HARD_SIGMOID = 13;
const SOFTPLUS = 14;
const SOFTSIGN = 15;
const EXPONENTIAL = 16;

const SELU_SCALE: f32 = 1.0507009873554805;
const SELU_ALPHA: f32 = 1.6732632423543772;
/** √(2 / π), and the cubic term of gelu's approximation. */
const GELU_RATE: f32 = 0.7978845608028654;
const GELU_CUBE: f32 = 0.044715;

function sigmoid4(x: v128): v128 {
  const half = f32x4.splat(0.5);
  return f32x4.add(f32x4.mul(tanh4(f32x4.mul(x, half)), half), half);
}

/** log(1 + exp x), which does not overflow. */
function softplus4(x: v128): v128 {
  return f32x4.add(f32x4.max(x, f32x4.splat(0)), log1p4(exp4(f32x4.neg(f32x4.abs(x)))));
}

/** α · (exp x − 1) below 0, x above it, all times `scale`. */
function elu4(x: v128, alpha: v128, scale: v128): v128 {
  const below = f32x4.mul(f32x4.sub(exp4(f32x4.min(x, f32x4.splat(0))), f32x4.splat(1)), alpha);
  return f32x4.mul(v128.bitselect(x, below, f32x4.gt(x, f32x4.splat(0))), scale);
}

/** tanh of gelu's approximation. */
function geluTanh4(x: v128): v128 {
  const cube = f32x4.mul(f32x4.mul(x, f32x4.mul(x, x)), f32x4.splat(GELU_CUBE));
  return tanh4(f32x4.mul(f32x4.add(x, cube), f32x4.splat(GELU_RATE)));
}

/** Probability that a standard normal number is below x. */
function normal4(x: v128): v128 {
  const half = f32x4.splat(0.5);
  return f32x4.add(f32x4.mul(erf4(f32x4.mul(x, f32x4.splat(Mathf.SQRT1_2))), half), half);
}

/** max(low, min(high, x)) */
function within4(x: v128, low: f32, high: f32): v128 {
  return f32x4.max(f32x4.min(x, f32x4.splat(high)), f32x4.splat(low));
}

function value4(kind: i32, x: v128, alpha: v128): v128 {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  switch (kind) {
    case RELU:
      return f32x4.max(x, zero);
    case RELU6:
      return within4(x, 0, 6);
    case LEAKY_RELU:
      return v128.bitselect(x, f32x4.mul(x, alpha), f32x4.gt(x, zero));
    case ELU:
      return elu4(x, alpha, one);
    case SELU:
      return elu4(x, f32x4.splat(SELU_ALPHA), f32x4.splat(SELU_SCALE));
    case GELU:
      return f32x4.mul(x, normal4(x));
    case GELU_TANH:
      return f32x4.mul(f32x4.mul(x, f32x4.splat(0.5)), f32x4.add(geluTanh4(x), one));
    case SWISH:
      return f32x4.mul(x, sigmoid4(x));
    case HARD_SWISH:
      return f32x4.mul(x, f32x4.div(within4(f32x4.add(x, f32x4.splat(3)), 0, 6), f32x4.splat(6)));
    case MISH:
      return f32x4.mul(x, tanh4(softplus4(x)));
    case TANH:
      return tanh4(x);
    case SIGMOID:
      return sigmoid4(x);
    case HARD_SIGMOID:
      return within4(f32x4.add(f32x4.mul(x, f32x4.splat(0.2)), f32x4.splat(0.5)), 0, 1);
    case SOFTPLUS:
      return softplus4(x);
    case SOFTSIGN:
      return f32x4.div(x, f32x4.add(f32x4.abs(x), one));
    case EXPONENTIAL:
      return v128.bitselect(f32x4.splat(Infinity), exp4(x), f32x4.gt(x, f32x4.splat(88.72283)));
    default:
      return x;
  }
}

/** The derivative at x, where the value is y. Kinds up to sigmoid that `fused-layers` has need y alone. */
function slope4(kind: i32, x: v128, y: v128, alpha: v128): v128 {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  switch (kind) {
    case RELU:
      return v128.and(one, f32x4.gt(y, zero));
    case RELU6:
      return v128.and(one, v128.and(f32x4.gt(y, zero), f32x4.lt(y, f32x4.splat(6))));
    case LEAKY_RELU:
      return v128.bitselect(one, alpha, f32x4.gt(x, zero));
    case ELU:
      return v128.bitselect(one, f32x4.add(y, alpha), f32x4.gt(x, zero));
    case SELU: {
      const scale = f32x4.splat(SELU_SCALE);
      return v128.bitselect(scale, f32x4.add(y, f32x4.splat(SELU_SCALE * SELU_ALPHA)), f32x4.gt(x, zero));
    }
    case GELU: {
      const density = f32x4.mul(
        exp4(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5))),
        f32x4.splat(0.3989422804014327),
      );
      return f32x4.add(normal4(x), f32x4.mul(x, density));
    }
    case GELU_TANH: {
      const t = geluTanh4(x);
      const inner = f32x4.add(f32x4.mul(f32x4.mul(x, x), f32x4.splat(3 * GELU_CUBE)), one);
      const bend = f32x4.mul(f32x4.sub(one, f32x4.mul(t, t)), f32x4.mul(inner, f32x4.splat(GELU_RATE)));
      return f32x4.mul(f32x4.add(f32x4.add(one, t), f32x4.mul(x, bend)), f32x4.splat(0.5));
    }
    case SWISH: {
      const s = sigmoid4(x);
      return f32x4.add(s, f32x4.mul(y, f32x4.sub(one, s)));
    }
    case HARD_SWISH: {
      const three = f32x4.splat(3);
      const bent = f32x4.div(f32x4.add(f32x4.add(x, x), three), f32x4.splat(6));
      const above = v128.bitselect(one, bent, f32x4.ge(x, three));
      return v128.andnot(above, f32x4.le(x, f32x4.neg(three)));
    }
    case MISH: {
      const t = tanh4(softplus4(x));
      const bend = f32x4.mul(f32x4.sub(one, f32x4.mul(t, t)), sigmoid4(x));
      return f32x4.add(t, f32x4.mul(x, bend));
    }
    case TANH:
      return f32x4.sub(one, f32x4.mul(y, y));
    case SIGMOID:
      return f32x4.mul(y, f32x4.sub(one, y));
    case HARD_SIGMOID:
      return v128.and(f32x4.splat(0.2), v128.and(f32x4.gt(y, zero), f32x4.lt(y, one)));
    case SOFTPLUS:
      return sigmoid4(x);
    case SOFTSIGN: {
      const wide = f32x4.add(f32x4.abs(x), one);
      return f32x4.div(one, f32x4.mul(wide, wide));
    }
    case EXPONENTIAL:
      return y;
    default:
      return one;
  }
}

/** y = f(x), number by number; y may be x. */
export function activate(kind: i32, x: usize, y: usize, count: i32, alpha: f32): void {
  const alphas = f32x4.splat(alpha);
  for (let left = (<isize>count) << 2; left > 0; left -= 16, x += 16, y += 16) {
    store4(y, value4(kind, load4(x, left), alphas), left);
  }
}

/** to = dy · f′(x), with y = f(x); to may be dy. */
export function activationGradient(
  kind: i32,
  dy: usize,
  x: usize,
  y: usize,
  to: usize,
  count: i32,
  alpha: f32,
): void {
  const alphas = f32x4.splat(alpha);
  for (let left = (<isize>count) << 2; left > 0; left -= 16, dy += 16, x += 16, y += 16, to += 16) {
    const slope = slope4(kind, load4(x, left), load4(y, left), alphas);
    store4(to, f32x4.mul(load4(dy, left), slope), left);
  }
}
