/**
 * Every point of a grid (see space/enumerate.ts) in an order shuffled by the study's seed, so that a grid that is cut
 * short has looked everywhere a little. Which points are left is read from the trials, so a study goes on where it was.
 */
import type { Json } from '../json.js';
import { random } from '../random.js';
import { enumerate, gridValues } from '../space/enumerate.js';
import type { Params, Space } from '../space/parameter.js';
import { buildPoint, pointKey } from '../space/point.js';
import { suggestedPoints } from './novelty.js';
import type { Sampler, SamplerContext } from './sampler.js';

/** Larger grids are not listed: points are drawn from them instead, which nobody will live to see used up. */
const LISTED = 200_000;
const DRAWS = 10_000;

const axes = (space: Space) =>
  Object.fromEntries(Object.entries(space).map(([name, parameter]) => [name, gridValues(parameter)]));

/** Larger grids are not counted. */
const COUNTED = 1_000_000;

/** The points that the axes without a condition span: the grid has as many at least, and without conditions no more. */
const leastSize = (space: Space, values: Readonly<Record<string, readonly Json[]>>): number =>
  Object.entries(space).reduce(
    (product, [name, { when }]) => (when ? product : product * (values[name]?.length ?? 1)),
    1,
  );

/** How many allowed points the grid has; conditions make it smaller than the product of its axes. Infinity: too many to count. */
export function gridSize(space: Space, allows?: SamplerContext['allows']): number {
  const values = axes(space);
  if (!allows && leastSize(space, values) > COUNTED) return Number.POSITIVE_INFINITY;
  let [size, seen] = [0, 0];
  for (const params of enumerate(space, values)) {
    if (seen++ === COUNTED) return Number.POSITIVE_INFINITY;
    if (allows?.(params) ?? true) size++;
  }
  return size;
}

/** The same for people. */
export const gridText = (size: number): string =>
  Number.isFinite(size) ? `The grid has ${size} points.` : 'The grid has too many points to count.';

const orders = new WeakMap<
  Space,
  { readonly seed: number; readonly points: readonly Params[] | undefined }
>();

/** The points in the order of the seed, or undefined where there are too many. Fisher and Yates, 1938. */
function shuffled(space: Space, seed: number): readonly Params[] | undefined {
  const known = orders.get(space);
  if (known?.seed === seed) return known.points;
  const points: Params[] = [];
  const values = axes(space);
  const tooMany = leastSize(space, values) > LISTED;
  if (!tooMany) for (const params of enumerate(space, values)) if (points.push(params) > LISTED) break;
  const source = random(seed, 'grid');
  for (let i = points.length - 1; i > 0; i--) {
    const j = source.int(i + 1);
    [points[i], points[j]] = [points[j] as Params, points[i] as Params];
  }
  const result = tooMany || points.length > LISTED ? undefined : points;
  orders.set(space, { seed, points: result });
  return result;
}

function drawn(
  { space, seed, number }: SamplerContext,
  isNew: (params: Params) => boolean,
): Params | undefined {
  const source = random(seed, number, 'grid');
  const values = axes(space);
  for (let draw = 0; draw < DRAWS; draw++) {
    const params = buildPoint(space, (name) => {
      const axis = values[name] ?? [];
      return axis[source.int(axis.length)] ?? null;
    });
    if (isNew(params)) return params;
  }
  return undefined;
}

export const gridSampler: Sampler = {
  name: 'grid',
  ask(context) {
    const { space, trials, seed, allows } = context;
    const seen = suggestedPoints(trials);
    const isNew = (params: Params): boolean => !seen.has(pointKey(params)) && (allows?.(params) ?? true);
    const points = shuffled(space, seed);
    const params = points ? points.find(isNew) : drawn(context, isNew);
    return params ? { params, sampler: 'grid', reason: 'the next point of the grid' } : 'exhausted';
  },
};
