/**
 * The linear algebra of a Gaussian process on lower triangles, row by row in one array: element (i, j) of an n×n matrix
 * is at i·n + j, and what lies above the diagonal is left alone. Loops are unrolled by four: JavaScript engines do not
 * vectorise, and four sums at once hide the latency of addition.
 */

/** Σ a[i + k]·b[j + k] for k from 0 to count - 1. */
function dot(a: Float64Array, i: number, b: Float64Array, j: number, count: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < count; k += 4) {
    s0 += (a[i + k] as number) * (b[j + k] as number);
    s1 += (a[i + k + 1] as number) * (b[j + k + 1] as number);
    s2 += (a[i + k + 2] as number) * (b[j + k + 2] as number);
    s3 += (a[i + k + 3] as number) * (b[j + k + 3] as number);
  }
  for (; k < count; k++) s0 += (a[i + k] as number) * (b[j + k] as number);
  return s0 + s1 + s2 + s3;
}

/** b[j + k] += f·a[i + k]. */
function addRow(a: Float64Array, i: number, f: number, b: Float64Array, j: number, count: number): void {
  let k = 0;
  for (; k + 3 < count; k += 4) {
    b[j + k] = (b[j + k] as number) + f * (a[i + k] as number);
    b[j + k + 1] = (b[j + k + 1] as number) + f * (a[i + k + 1] as number);
    b[j + k + 2] = (b[j + k + 2] as number) + f * (a[i + k + 2] as number);
    b[j + k + 3] = (b[j + k + 3] as number) + f * (a[i + k + 3] as number);
  }
  for (; k < count; k++) b[j + k] = (b[j + k] as number) + f * (a[i + k] as number);
}

/** Overwrites the lower triangle of A with L, A = L·Lᵀ; false when A is not positive definite. */
export function cholesky(a: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j < i; j++) {
      const other = j * n;
      a[row + j] = ((a[row + j] as number) - dot(a, row, a, other, j)) / (a[other + j] as number);
    }
    const pivot = (a[row + i] as number) - dot(a, row, a, row, i);
    if (!(pivot > 0)) return false;
    a[row + i] = Math.sqrt(pivot);
  }
  return true;
}

/** L⁻¹ of a lower triangle, into `out`. */
export function invertLower(l: Float64Array, n: number, out: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    const scale = 1 / (l[row + i] as number);
    out.fill(0, row, row + i);
    for (let k = 0; k < i; k++) addRow(out, k * n, -(l[row + k] as number) * scale, out, row, k + 1);
    out[row + i] = scale;
  }
}

/** The lower triangle of (L·Lᵀ)⁻¹ from L⁻¹, into `out`. */
export function gramInverse(inverse: Float64Array, n: number, out: Float64Array): void {
  for (let i = 0; i < n; i++) out.fill(0, i * n, i * n + i + 1);
  for (let k = 0; k < n; k++) {
    const row = k * n;
    for (let i = 0; i <= k; i++) addRow(inverse, row, inverse[row + i] as number, out, i * n, i + 1);
  }
}

/** out = L·v for a lower triangle; returns |out|². */
export function lowerTimes(l: Float64Array, n: number, v: Float64Array, out: Float64Array): number {
  let norm = 0;
  let i = 0;
  // Two rows at once share what is read of v.
  for (; i + 1 < n; i += 2) {
    const a = i * n;
    const b = a + n;
    let a0 = 0;
    let a1 = 0;
    let b0 = 0;
    let b1 = 0;
    let k = 0;
    for (; k + 1 <= i; k += 2) {
      const v0 = v[k] as number;
      const v1 = v[k + 1] as number;
      a0 += (l[a + k] as number) * v0;
      a1 += (l[a + k + 1] as number) * v1;
      b0 += (l[b + k] as number) * v0;
      b1 += (l[b + k + 1] as number) * v1;
    }
    // Here k = i, since i is even.
    a0 += (l[a + k] as number) * (v[k] as number);
    b0 += (l[b + k] as number) * (v[k] as number) + (l[b + k + 1] as number) * (v[k + 1] as number);
    const [x, y] = [a0 + a1, b0 + b1];
    out[i] = x;
    out[i + 1] = y;
    norm += x * x + y * y;
  }
  if (i < n) {
    const x = dot(l, i * n, v, 0, i + 1);
    out[i] = x;
    norm += x * x;
  }
  return norm;
}

/** out = Lᵀ·v for a lower triangle. */
export function transposedTimes(l: Float64Array, n: number, v: Float64Array, out: Float64Array): void {
  out.fill(0, 0, n);
  for (let i = 0; i < n; i++) addRow(l, i * n, v[i] as number, out, 0, i + 1);
}
