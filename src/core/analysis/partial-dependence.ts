/**
 * What a metric does along one parameter once the others are averaged out (partial dependence: Friedman, "Greedy
 * function approximation", Annals of Statistics 29, 2001), and what it would do from one point (individual conditional
 * expectation: Goldstein et al., JCGS 24, 2015). From the forest of response.ts, averaged evenly over the space and not
 * over the trials, which crowd where a search has gone. A conditional parameter is averaged over the whole space too.
 */
import type { Json } from '../json.js';
import { decodeUnit } from '../space/encode.js';
import type { Params } from '../space/parameter.js';
import type { AxisBins } from './model/bins.js';
import { treeValues } from './model/forest.js';
import { forestMarginal } from './model/marginal.js';
import type { Response } from './response.js';

export interface Dependence {
  readonly name: string;
  /** Places along the axis of the model, 0 to 1, low to high: the middle of each category's share where it has some. */
  readonly units: Float64Array;
  /** The values of the parameter there. */
  readonly values: readonly Json[];
  readonly mean: Float64Array;
  /** Deviation of the trees of the forest around the mean: how sure the line is. */
  readonly deviation: Float64Array;
}

/** undefined where the space has no such parameter. */
export function partialDependence(response: Response, name: string): Dependence | undefined {
  const j = response.unit.axes.findIndex((axis) => axis.name === name);
  const bins = response.forest.bins[j];
  if (!bins) return undefined;
  const { mean, deviation } = forestMarginal(response.leaves, response.forest, j);
  const places = placesOf(bins);
  const order = [...places.keys()].sort((a, b) => (places[a] as number) - (places[b] as number));
  const pick = (values: Float64Array): Float64Array => Float64Array.from(order, (b) => values[b] as number);
  const scaled = (values: Float64Array): Float64Array => pick(values).map((value) => value * response.scale);
  const units = pick(places);
  return { name, units, values: valuesAt(bins, units), mean: scaled(mean), deviation: scaled(deviation) };
}

/** The same from one point: its other parameters stay as they are. undefined where the parameter is inactive there. */
export function individualDependence(
  response: Response,
  name: string,
  params: Params,
): Dependence | undefined {
  const j = response.unit.axes.findIndex((axis) => axis.name === name);
  const bins = response.forest.bins[j];
  const x = Float64Array.from(response.unit.encode(params));
  if (!bins || Number.isNaN(x[j] as number)) return undefined;
  const places = placesOf(bins);
  const order = [...places.keys()].sort((a, b) => (places[a] as number) - (places[b] as number));
  const mean = new Float64Array(order.length);
  const deviation = new Float64Array(order.length);
  order.forEach((bin, place) => {
    x[j] = bins.choices[bin] ?? (places[bin] as number);
    const values = treeValues(response.forest, x);
    const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
    mean[place] = centre * response.scale;
    deviation[place] = Math.sqrt(squares / Math.max(1, values.length - 1)) * response.scale;
  });
  const units = Float64Array.from(order, (b) => places[b] as number);
  return { name, units, values: valuesAt(bins, units), mean, deviation };
}

const valuesAt = ({ axis }: AxisBins, units: Float64Array): readonly Json[] =>
  Array.from(units, (u) => decodeUnit(axis.distribution, u));

function placesOf({ count, edges, choices }: AxisBins): Float64Array {
  return Float64Array.from({ length: count }, (_, b) =>
    choices.length > 0
      ? ((choices[b] as number) + 0.5) / count
      : ((edges[b] as number) + (edges[b + 1] as number)) / 2,
  );
}
