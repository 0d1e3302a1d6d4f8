/**
 * The fidelity of results as one more coordinate of their points, with a length-scale that is fitted like any other: how
 * much a result on the way to the end says about the end. As in BoTorch's SingleTaskMultiFidelityGP and DyHPO (Wistuba,
 * Kadra and Grabocka, "Supervising the multi-fidelity race of hyperparameter configurations", NeurIPS 2022), with the
 * kernel of the other coordinates.
 */
import type { Axis } from '../unit-space.js';
import { Points } from './kernel.js';

const AXIS = { kind: 'real', conditional: false } as const;

/** A point at a fidelity. */
export function atFidelity(x: Float64Array, fidelity: number): Float64Array {
  const out = new Float64Array(x.length + 1);
  out.set(x);
  out[x.length] = fidelity;
  return out;
}

/** @param fidelities one per row; undefined where all are results of the end */
export const pointsAt = (
  axes: readonly Axis[],
  rows: readonly Float64Array[],
  fidelities: readonly number[] | undefined,
): Points =>
  fidelities
    ? new Points(
        [...axes, AXIS],
        rows.map((row, i) => atFidelity(row, fidelities[i] ?? 1)),
      )
    : new Points(axes, rows);
