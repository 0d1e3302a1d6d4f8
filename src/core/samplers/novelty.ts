/** No point twice: what every sampler uses to avoid suggesting again what was suggested, and to see a space used up. */
import type { Json } from '../json.js';
import type { Random } from '../random.js';
import { cardinality, decodeUnit } from '../space/encode.js';
import { allValues, enumerate } from '../space/enumerate.js';
import type { Parameter, Params, Space } from '../space/parameter.js';
import { buildPoint, pointKey } from '../space/point.js';
import type { Trial } from '../study/trial.js';
import { priorQuantile, unitPrior } from './prior.js';
import type { SamplerContext } from './sampler.js';
import { type Axis, coordinateOf, unitSpace } from './unit-space.js';

/** Draws of the sampler's own, then uniform ones, before looking at what is left of a finite space. */
const ATTEMPTS = 30;
/** Spaces with more points than this are not listed; a repetition after so many draws there is a curiosity. */
const LISTABLE = 20_000;
/** Further uniform draws where constraints forbid points, and draws around known points after them. */
const CONSTRAINED = 2000;

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
  const attempts = 2 * ATTEMPTS + (allows ? CONSTRAINED : 0);
  for (let attempt = 0; attempt < attempts && !isNew(params); attempt++) {
    params = attempt < ATTEMPTS ? draw() : drawUniform(space, source);
  }
  if (isNew(params)) return params;

  const size = Object.values(space).reduce((product, parameter) => product * cardinality(parameter), 1);
  if (size <= LISTABLE) {
    const axes = Object.fromEntries(Object.entries(space).map(([name, p]) => [name, allValues(p) ?? []]));
    const left = [...enumerate(space, axes)].filter(isNew);
    return left[source.int(left.length)] ?? 'exhausted';
  }
  if (!allows) return params;
  const allowed = trials.filter((trial) => allows(trial.params));
  for (let attempt = 0; attempt < CONSTRAINED && allowed.length > 0; attempt++) {
    const from = allowed[source.int(allowed.length)] as Trial;
    params = nearby(space, from.params, source);
    if (isNew(params)) return params;
  }
  return 'exhausted';
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
