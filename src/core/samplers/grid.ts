/** Every point of a grid, in the order of the file, the last parameter turning fastest. See space/enumerate.ts. */
import { enumerate, gridValues } from '../space/enumerate.js';
import type { Space } from '../space/parameter.js';
import { pointKey } from '../space/point.js';
import { suggestedPoints } from './novelty.js';
import type { Sampler } from './sampler.js';

const axes = (space: Space) =>
  Object.fromEntries(Object.entries(space).map(([name, parameter]) => [name, gridValues(parameter)]));

/** How many points the grid has; conditions make it smaller than the product of its axes. Counts up to `limit`. */
export function gridSize(space: Space, limit = 1_000_000): number {
  let size = 0;
  for (const _ of enumerate(space, axes(space))) if (++size >= limit) break;
  return size;
}

export const gridSampler: Sampler = {
  name: 'grid',
  ask({ space, trials }) {
    const seen = suggestedPoints(trials);
    for (const params of enumerate(space, axes(space))) {
      if (!seen.has(pointKey(params)))
        return { params, sampler: 'grid', reason: 'the next point of the grid' };
    }
    return 'exhausted';
  },
};
