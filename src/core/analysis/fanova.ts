/**
 * How much of the variation of a metric over the whole space each parameter and each pair of them accounts for:
 * functional ANOVA (Hutter, Hoos and Leyton-Brown, "An efficient approach for assessing hyperparameter importance", ICML
 * 2014) of the forest of response.ts. It is taken of the forest's mean, not tree by tree, so that the trees' own noise
 * cancels. importance.ts asks what tells the best trials from the rest; this also knows interactions. A parameter that is
 * inactive in a part of the space varies nothing there, and so counts less.
 */
import { random } from '../random.js';
import type { AxisBins } from './model/bins.js';
import { treeValues } from './model/forest.js';
import { forestMarginal, pairMarginal } from './model/marginal.js';
import type { Response } from './response.js';

interface Share {
  readonly name: string;
  /** Share of all variation that the parameter accounts for by itself. */
  readonly share: number;
  /** Whether the parameter has a condition. */
  readonly conditional: boolean;
}

interface Interaction {
  readonly names: readonly [string, string];
  /** Share of all variation that the pair accounts for beyond what each does alone. */
  readonly share: number;
  /**
   * Friedman's H (Friedman and Popescu, "Predictive learning via rule ensembles", Annals of Applied Statistics 2, 2008,
   * eq. 44): of what the pair does together, the share that is not the sum of the two; its root, 0 to 1.
   */
  readonly strength: number;
}

export interface FunctionalAnova {
  /** The greatest first. */
  readonly shares: readonly Share[];
  /** The greatest share first; of the MOST_PAIRED most important parameters. */
  readonly interactions: readonly Interaction[];
}

/** With more parameters only pairs of the most important ones are looked at. */
const MOST_PAIRED = 12;
/** At which the variance of the forest is estimated. */
const POINTS = 1024;

function variance(values: Float64Array, { widths }: AxisBins, mean: number): number {
  let sum = 0;
  for (let b = 0; b < values.length; b++) sum += (widths[b] as number) * ((values[b] as number) - mean) ** 2;
  return sum;
}

/** Of the joint marginal of two axes: what is left once both alone, less the mean, are taken from it. */
function beyondBoth(
  both: Float64Array,
  one: Float64Array,
  other: Float64Array,
  mean: number,
  [a, b]: readonly [AxisBins, AxisBins],
): { readonly beyond: number; readonly whole: number } {
  let [beyond, whole] = [0, 0];
  for (let r = 0; r < a.count; r++) {
    for (let c = 0; c < b.count; c++) {
      const weight = (a.widths[r] as number) * (b.widths[c] as number);
      const value = both[r * b.count + c] as number;
      beyond += weight * (value - (one[r] as number) - (other[c] as number) + mean) ** 2;
      whole += weight * (value - mean) ** 2;
    }
  }
  return { beyond, whole };
}

/** One number in each of POINTS equal parts of [0, 1), shuffled. */
function stratified(name: string): Float64Array {
  const { next, int } = random('functional anova', name);
  const column = Float64Array.from({ length: POINTS }, (_, i) => (i + next()) / POINTS);
  for (let i = POINTS - 1; i > 0; i--) {
    const k = int(i + 1);
    [column[i], column[k]] = [column[k] as number, column[i] as number];
  }
  return column;
}

/** Variance of the whole forest over the space, on a Latin hypercube: trees one by one vary more than their mean. */
function totalVariance({ forest, unit }: Response): number {
  const columns = unit.axes.map(({ name }) => stratified(name));
  let [mean, squares] = [0, 0];
  for (let i = 0; i < POINTS; i++) {
    const x = Float64Array.from(unit.axes, (axis, j) => {
      const u = columns[j]?.[i] as number;
      return axis.kind === 'category' ? Math.min(axis.size - 1, Math.floor(u * axis.size)) : u;
    });
    const value = treeValues(forest, x).reduce((sum, one) => sum + one, 0) / forest.trees.length;
    const step = value - mean;
    mean += step / (i + 1);
    squares += step * (value - mean);
  }
  return squares / POINTS;
}

export function functionalAnova(response: Response): FunctionalAnova {
  const { unit, forest, leaves } = response;
  const { bins } = forest;
  const alone = bins.map((_, j) => forestMarginal(leaves, forest, j).mean);
  const mean = (alone[0] as Float64Array).reduce(
    (sum, value, b) => sum + value * ((bins[0] as AxisBins).widths[b] as number),
    0,
  );
  const singles = bins.map((one, j) => variance(alone[j] as Float64Array, one, mean));
  const order = [...singles.keys()].sort((a, b) => (singles[b] as number) - (singles[a] as number));
  const pairs: { readonly names: readonly [string, string]; beyond: number; whole: number }[] = [];
  const paired = order.slice(0, MOST_PAIRED);
  paired.forEach((j, at) => {
    for (const k of paired.slice(at + 1)) {
      const pair = [bins[j] as AxisBins, bins[k] as AxisBins] as const;
      const together = new Float64Array(pair[0].count * pair[1].count);
      for (const tree of leaves) {
        const both = pairMarginal(tree, bins, j, k);
        for (let i = 0; i < both.length; i++) together[i]! += (both[i] as number) / leaves.length;
      }
      const parts = beyondBoth(together, alone[j] as Float64Array, alone[k] as Float64Array, mean, pair);
      pairs.push({ names: [unit.axes[j]?.name ?? '', unit.axes[k]?.name ?? ''], ...parts });
    }
  });
  // The total is an estimate: it must not come out below its own parts.
  const parts = [...singles, ...pairs.map(({ beyond }) => beyond)].reduce((sum, part) => sum + part, 0);
  const total = Math.max(totalVariance(response), parts);
  return {
    shares: order.map((j): Share => {
      const axis = unit.axes[j];
      const share = total > 0 ? (singles[j] as number) / total : 0;
      return { name: axis?.name ?? '', share, conditional: axis?.conditional ?? false };
    }),
    interactions: pairs
      .map(({ names, beyond, whole }) => ({
        names,
        share: total > 0 ? beyond / total : 0,
        strength: whole > 0 ? Math.min(1, Math.sqrt(beyond / whole)) : 0,
      }))
      .sort((a, b) => b.share - a.share),
  };
}
