/**
 * A model of what a metric does over the space of a study, for looking at: the trials it may rest on, and the forest
 * grown from them. Everything that looks at the response (fanova.ts, partial-dependence.ts) shares one.
 */
import type { Json } from '../json.js';
import { type UnitSpace, unitSpace } from '../samplers/unit-space.js';
import type { Parameter, Space } from '../space/parameter.js';
import { distributionProblem } from '../space/validate.js';
import type { Trial } from '../study/trial.js';
import { robustRange } from './history.js';
import { type Forest, growForest } from './model/forest.js';
import { type Leaf, leavesOf } from './model/marginal.js';

/** Fewer trials than this say nothing. */
export const LEAST_FOR_MODEL = 10;
/** Of more trials, so many evenly by their numbers: more would only cost time. */
const MOST = 1000;
const TREES = 32;

export interface Response {
  readonly unit: UnitSpace;
  /** Grown from the values divided by `scale`. */
  readonly forest: Forest;
  /** Power of two near the greatest value, so that squares neither overflow nor vanish, and no digit is lost. */
  readonly scale: number;
  /** The boxes of every tree. */
  readonly leaves: readonly (readonly Leaf[])[];
  /** Trials that it rests on, and how many there were to choose from. */
  readonly used: number;
  readonly of: number;
  /** How many values lay far outside the others and were pulled in, so that they are not all there is to see. */
  readonly pulledIn: number;
}

/**
 * @param measure what was measured of a trial; one without a finite value is passed over
 * @returns undefined with fewer than LEAST_FOR_MODEL trials, and where there is no parameter or no difference
 */
export function responseOf(
  space: Space,
  trials: readonly Trial[],
  measure: (trial: Trial) => number | undefined,
): Response | undefined {
  const known: { readonly trial: Trial; readonly value: number }[] = [];
  for (const trial of trials) {
    const value = measure(trial);
    if (value !== undefined && Number.isFinite(value)) known.push({ trial, value });
  }
  if (known.length < LEAST_FOR_MODEL) return undefined;
  const step = Math.max(1, known.length / MOST);
  const used = known.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
  const unit = unitSpace(
    Object.keys(space).length > 0 ? space : inferredSpace(used.map(({ trial }) => trial)),
  );
  if (unit.axes.length === 0) return undefined;
  const { values, pulledIn } = withoutWildOnes(used.map(({ value }) => value));
  if (values.every((value) => value === values[0])) return undefined;
  const rows = used.map(({ trial }) => unit.encode(trial.params));
  const scale =
    2 ** Math.floor(Math.log2(values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)));
  const forest = growForest(
    unit.axes,
    rows,
    values.map((value) => value / scale),
    { trees: TREES },
  );
  const leaves = forest.trees.map((tree) => leavesOf(tree, forest.bins));
  return { unit, forest, scale, leaves, used: used.length, of: known.length, pulledIn };
}

function withoutWildOnes(values: readonly number[]): { values: readonly number[]; pulledIn: number } {
  const range = robustRange(values);
  if (!range || range.outside === 0) return { values, pulledIn: 0 };
  const { low, high, outside } = range;
  return { values: values.map((value) => Math.max(low, Math.min(high, value))), pulledIn: outside };
}

/** Of a study that came without one: numbers range over what was tried, everything else is a choice. */
function inferredSpace(trials: readonly Trial[]): Space {
  const seen = new Map<string, Json[]>();
  for (const { params } of trials) {
    for (const name in params) {
      const list = seen.get(name) ?? [];
      list.push(params[name] as Json);
      seen.set(name, list);
    }
  }
  const space: Record<string, Parameter> = {};
  for (const [name, list] of seen) {
    const numbers = list.filter((value) => typeof value === 'number');
    const distinct = [...new Map(list.map((value) => [JSON.stringify(value), value])).values()];
    const parameter: Parameter =
      numbers.length === list.length
        ? { type: 'float', low: Math.min(...numbers), high: Math.max(...numbers) }
        : { type: 'categorical', choices: distinct };
    if (distributionProblem(parameter) === undefined) space[name] = parameter;
  }
  return space;
}
