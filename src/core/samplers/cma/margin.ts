/**
 * The margin of CMA-ES on stepped parameters: whatever the distribution has learned, the cells beside the one of its
 * mean keep a probability of at least α between them, so that a whole number never freezes. Hamano, Saito, Nomura and
 * Shirakawa, "CMA-ES with margin", GECCO 2022 (arXiv 2205.13482), section 4 with their symbols.
 */
import { normalCdf, normalQuantile } from '../normal.js';
import { type Axis, cellEnds, cellIndex } from '../unit-space.js';
import type { Evolution } from './evolution.js';

/** Corrects mean and width of coordinate `j`, which is the stepped axis given. */
export function keepMargin(evolution: Evolution, j: number, axis: Axis, alpha: number): void {
  if (axis.size < 2) return;
  const { mean } = evolution;
  const m = Math.min(1, Math.max(0, mean[j] as number));
  const deviation = evolution.deviation(j);
  const k = cellIndex(axis, m);
  const [low, high] = cellEnds(axis, k);
  if (k === 0 || k === axis.size - 1) {
    // At the ends of the range: one threshold, which the mean comes near enough to. Equation 12.
    const threshold = k === 0 ? high : low;
    const reach = deviation * normalQuantile(1 - alpha);
    const distance = Math.min(Math.abs(m - threshold), reach);
    mean[j] = threshold + (k === 0 ? -distance : distance);
    return;
  }
  const pLow = normalCdf((low - m) / deviation);
  const pUp = normalCdf((m - high) / deviation);
  if (pLow >= alpha / 2 && pUp >= alpha / 2) {
    mean[j] = m;
    return;
  }
  // Equations 14 to 21.
  const pMid = 1 - pLow - pUp;
  const [low1, up1] = [Math.max(alpha / 2, pLow), Math.max(alpha / 2, pUp)];
  const excess = (1 - low1 - up1 - pMid) / (low1 + up1 + pMid - 1.5 * alpha);
  const low2 = low1 + excess * (low1 - alpha / 2);
  const up2 = up1 + excess * (up1 - alpha / 2);
  const [below, above] = [normalQuantile(1 - low2), normalQuantile(1 - up2)];
  if (!(below + above > 0)) return;
  const width = (high - low) / (below + above);
  evolution.widen[j] = ((evolution.widen[j] as number) * width) / deviation;
  mean[j] = low + below * width;
}
