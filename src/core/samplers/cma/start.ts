/**
 * Where CMA-ES begins: in the middle, or where the user believes the optimum to be, with a wide distribution; or, where
 * there are results of the same space from before, where the best of them lie: Nomura et al., "Warm starting CMA-ES for
 * hyperparameter optimization", AAAI 2021 (arXiv 2012.06932), equations 6 to 8 with γ = α = 0.1.
 */
import type { Direction, Trial } from '../../study/trial.js';
import { bestFirst } from '../ranking.js';
import type { UnitSpace } from '../unit-space.js';
import { numericAxes, type Start } from './search.js';

/** Deviation at the beginning, as a share of the range. */
const SIGMA = 0.2;
const GAMMA = 0.1;
const ALPHA = 0.1;
/** Results below which the best tenth is no more than chance. */
const ENOUGH = 10;

export function startOf(unit: UnitSpace, earlier: readonly Trial[], direction: Direction): Start {
  const numeric = numericAxes(unit);
  const n = numeric.length;
  const complete = earlier.filter(({ state }) => state === 'complete');
  if (complete.length < ENOUGH || n === 0) {
    const covariance = new Float64Array(n * n);
    const mean = Float64Array.from(numeric, (j, i) => {
      const prior = unit.axes[j]?.prior;
      const believed = prior?.kind === 'normal' ? prior : undefined;
      covariance[i * n + i] = believed ? Math.min(1, believed.sd / SIGMA) ** 2 : 1;
      return believed?.mean ?? 0.5;
    });
    return { mean, sigma: SIGMA, covariance };
  }
  const promising = bestFirst(complete, Math.ceil(GAMMA * complete.length), direction).map(({ params }) => {
    const x = unit.encode(params);
    return numeric.map((j) => (Number.isNaN(x[j]) ? 0.5 : (x[j] as number)));
  });
  const mean = Float64Array.from(
    numeric,
    (_, i) => promising.reduce((sum, x) => sum + (x[i] as number), 0) / promising.length,
  );
  const covariance = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const both = promising.reduce(
        (sum, x) => sum + ((x[i] as number) - (mean[i] as number)) * ((x[j] as number) - (mean[j] as number)),
        0,
      );
      covariance[i * n + j] = both / promising.length + (i === j ? ALPHA ** 2 : 0);
    }
  }
  // The paper's σ is det(Σ)^(1/2n); the geometric mean of the deviations along the axes is near enough to scale by.
  const sigma = Math.exp(
    numeric.reduce((sum, _, i) => sum + Math.log(covariance[i * n + i] as number), 0) / (2 * n),
  );
  return { mean, sigma, covariance: covariance.map((c) => c / sigma ** 2) };
}
