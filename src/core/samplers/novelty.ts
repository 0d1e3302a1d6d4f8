/** No point twice: what every sampler uses to avoid suggesting again what was suggested, and to see a space used up. */
import type { Random } from '../random.js';
import { cardinality, decodeUnit } from '../space/encode.js';
import { allValues, enumerate } from '../space/enumerate.js';
import type { Params, Space } from '../space/parameter.js';
import { buildPoint, pointKey } from '../space/point.js';
import type { Trial } from '../study/trial.js';

/** Draws of the sampler's own, then uniform ones, before looking at what is left of a finite space. */
const ATTEMPTS = 30;
/** Spaces with more points than this are not listed; a repetition after so many draws there is a curiosity. */
const LISTABLE = 20_000;

/** Names of points, by the identity of their parameters: samplers ask for those of all trials every time. */
const keys = new WeakMap<Params, string>();

function keyOf(params: Params): string {
  let key = keys.get(params);
  if (key === undefined) {
    key = pointKey(params);
    keys.set(params, key);
  }
  return key;
}

/** Points of a list of trials as far as it was gone through; lists of a running study only grow. */
interface Listed {
  count: number;
  last: Params | undefined;
  readonly points: Set<string>;
}
const lists = new WeakMap<readonly Trial[], Listed>();

/** The points that have been suggested already. Asked again about a list that has grown, it looks at the new ones only. */
export function suggestedPoints(trials: readonly Trial[]): ReadonlySet<string> {
  let list = lists.get(trials);
  if (!list || trials[list.count - 1]?.params !== list.last) {
    list = { count: 0, last: undefined, points: new Set() };
    lists.set(trials, list);
  }
  for (; list.count < trials.length; list.count++) {
    const { params } = trials[list.count] as Trial;
    list.points.add(keyOf(params));
    list.last = params;
  }
  return list.points;
}

/** Independent uniform draws of all active parameters. */
export const drawUniform = (space: Space, source: Random): Params =>
  buildPoint(space, (_name, parameter) => decodeUnit(parameter, source.next()));

/** A point from `draw` that has not been suggested, else any that is left, else `exhausted`. */
export function newPoint(
  space: Space,
  seen: ReadonlySet<string>,
  source: Random,
  draw: () => Params,
): Params | 'exhausted' {
  let params = draw();
  for (let attempt = 0; attempt < 2 * ATTEMPTS && seen.has(pointKey(params)); attempt++) {
    params = attempt < ATTEMPTS ? draw() : drawUniform(space, source);
  }
  if (!seen.has(pointKey(params))) return params;

  const size = Object.values(space).reduce((product, parameter) => product * cardinality(parameter), 1);
  if (size > LISTABLE) return params;
  const axes = Object.fromEntries(Object.entries(space).map(([name, p]) => [name, allValues(p) ?? []]));
  const left = [...enumerate(space, axes)].filter((point) => !seen.has(pointKey(point)));
  return left[source.int(left.length)] ?? 'exhausted';
}
