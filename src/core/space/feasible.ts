/**
 * Whether a space has points that its constraints allow: looked for at random, since an answer in general is as hard as
 * the search itself.
 */
import { random } from '../random.js';
import { decodeUnit } from './encode.js';
import type { Params, Space } from './parameter.js';
import { buildPoint, decisionOrder } from './point.js';

/** Draws before one gives up: constraints that allow a thousandth of a space are found out with near certainty. */
const DRAWS = 5000;

/** A point drawn at random that is allowed, always the same one; undefined where so many draws found none. */
export function feasiblePoint(space: Space, allows: (params: Params) => boolean): Params | undefined {
  const source = random('feasible');
  const order = decisionOrder(space);
  for (let draw = 0; draw < DRAWS; draw++) {
    const params = buildPoint(space, (_name, parameter) => decodeUnit(parameter, source.next()), order);
    if (allows(params)) return params;
  }
  return undefined;
}
