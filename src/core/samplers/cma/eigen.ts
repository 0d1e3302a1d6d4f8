/** Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's rotations: exact enough, and short. */

const SWEEPS = 30;

export interface Eigen {
  /** Eigenvectors as columns, row major. */
  readonly vectors: Float64Array;
  readonly values: Float64Array;
}

/** @param matrix n × n, row major, symmetric; left as it is */
export function eigen(matrix: Float64Array, n: number): Eigen {
  const a = matrix.slice();
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let off = 0;
    let diagonal = 0;
    for (let i = 0; i < n; i++) {
      diagonal += (a[i * n + i] as number) ** 2;
      for (let j = i + 1; j < n; j++) off += (a[i * n + j] as number) ** 2;
    }
    if (!(off > 1e-24 * diagonal)) break;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = a[p * n + q] as number;
        if (apq === 0) continue;
        // Golub and Van Loan, "Matrix computations", section 8.5: the rotation that makes a_pq zero.
        const theta = ((a[q * n + q] as number) - (a[p * n + p] as number)) / (2 * apq);
        const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < n; k++) rotate(a, k * n + p, k * n + q, c, s);
        for (let k = 0; k < n; k++) rotate(a, p * n + k, q * n + k, c, s);
        for (let k = 0; k < n; k++) rotate(v, k * n + p, k * n + q, c, s);
      }
    }
  }
  return { vectors: v, values: Float64Array.from({ length: n }, (_, i) => a[i * n + i] as number) };
}

function rotate(m: Float64Array, i: number, j: number, c: number, s: number): void {
  const [x, y] = [m[i] as number, m[j] as number];
  m[i] = c * x - s * y;
  m[j] = s * x + c * y;
}
