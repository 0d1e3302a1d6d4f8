/** No point twice: what every sampler uses to avoid suggesting again what was suggested, and to see a space used up. */
import type { Json } from '../json.js';
import type { Random } from '../random.js';
import { cardinality, decodeUnit } from '../space/encode.js';
import { allValues, enumerate } from '../space/enumerate.js';
import { feasiblePoint } from '../space/feasible.js';
import type { Parameter, Params, Space } from '../space/parameter.js';
import { buildPoint, pointKey } from '../space/point.js';
import type { Trial } from '../study/trial.js';
import { priorQuantile, unitPrior } from './prior.js';
import type { SamplerContext } from './sampler.js';
import { type Axis, coordinateOf, unitSpace } from './unit-space.js';

/** Draws of the sampler's own, then uniform ones, before looking at what is left of a finite space. */
const ATTEMPTS = 30;
/** Spaces with more points than this are not listed as a whole. */
const LISTABLE = 20_000;
/** Values drawn of a parameter with more of them, in such a space. */
const FEW = 8;
/** Further uniform draws in a space that is not listed, and draws around known points after them. */
const FURTHER = 2000;

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

/** A value drawn uniformly, or from what the user believes. */
export function drawValue(parameter: Parameter, source: Random): Json {
  const prior = unitPrior(parameter);
  return decodeUnit(parameter, prior ? priorQuantile(prior, source.next()) : source.next());
}

/** Independent draws of all active parameters. */
export const drawUniform = (space: Space, source: Random): Params =>
  buildPoint(space, (_name, parameter) => drawValue(parameter, source));

/**
 * A point from `draw` that is allowed and has not been suggested, else any that is left, else `exhausted`. Where the
 * constraints allow so little that draws do not find it, points are looked for around those that are known to be
 * allowed; `exhausted` then also means that none was found.
 */
export function newPoint(
  space: Space,
  seen: ReadonlySet<string>,
  source: Random,
  draw: () => Params,
  { allows, trials = [] }: Partial<Pick<SamplerContext, 'allows' | 'trials'>> = {},
): Params | 'exhausted' {
  const isNew = (params: Params): boolean => !seen.has(pointKey(params)) && (allows?.(params) ?? true);
  let params = draw();
  const size = Object.values(space).reduce((product, parameter) => product * cardinality(parameter), 1);
  const listable = size <= LISTABLE;
  const attempts = 2 * ATTEMPTS + (listable ? 0 : FURTHER);
  for (let attempt = 0; attempt < attempts && !isNew(params); attempt++) {
    params = attempt < ATTEMPTS ? draw() : drawUniform(space, source);
  }
  if (isNew(params)) return params;

  const left = listing(space, listable, source).filter(isNew);
  if (left.length > 0) return left[source.int(left.length)] as Params;
  if (listable || !allows) return 'exhausted';
  const known = trials.flatMap((trial) => (allows(trial.params) ? [trial.params] : []));
  if (known.length === 0) return feasiblePoint(space, allows) ?? 'exhausted';
  for (let attempt = 0; attempt < FURTHER; attempt++) {
    params = nearby(space, known[source.int(known.length)] as Params, source);
    if (isNew(params)) return params;
  }
  return 'exhausted';
}

/**
 * Points of every branch of a space; where not all can be listed, of parameters with many values a few drawn ones: draws
 * of whole points seldom reach a branch behind several conditions.
 */
function listing(space: Space, whole: boolean, source: Random): readonly Params[] {
  const axes = Object.fromEntries(
    Object.entries(space).map(([name, parameter]) => [
      name,
      whole || cardinality(parameter) <= FEW
        ? (allValues(parameter) ?? [])
        : Array.from({ length: FEW }, () => decodeUnit(parameter, source.next())),
    ]),
  );
  const points: Params[] = [];
  for (const point of enumerate(space, axes)) if (points.push(point) === LISTABLE) break;
  return points;
}

/** A point some of whose coordinates differ from those of another, a little or much. */
function nearby(space: Space, from: Params, source: Random): Params {
  const unit = unitSpace(space);
  const scale = 10 ** (-3 * source.next());
  const share = Math.max(1 / unit.axes.length, source.next());
  const x = unit.encode(from).map((u, j) => {
    const axis = unit.axes[j] as Axis;
    if (!Number.isNaN(u) && source.next() >= share) return u;
    if (Number.isNaN(u) || axis.kind === 'category') return coordinateOf(axis, source.next());
    return coordinateOf(axis, Math.min(1, Math.max(0, u + scale * (2 * source.next() - 1))));
  });
  return unit.decode(x);
}
