/** The model of the response behind slices and importances: grown when a chart asks, and again only when much is new. */
import { type FunctionalAnova, functionalAnova } from '../../../../src/core/analysis/fanova.js';
import { type Response, responseOf } from '../../../../src/core/analysis/response.js';
import type { Space } from '../../../../src/core/space/parameter.js';
import { isExcluded } from '../../../../src/core/study/best.js';
import { type ChartInput, counts, measured } from './input.js';

interface Kept {
  readonly key: string;
  readonly response: Response | undefined;
  anova?: FunctionalAnova;
}

const kept = new WeakMap<Space, Kept>();

/** So much more there must be before the model is grown anew. */
const GROWTH = 1.05;

function keyOf(input: ChartInput, log: boolean): string {
  let [completed, first, excluded] = [0, -1, 0];
  for (const trial of input.trials) {
    if (isExcluded(trial)) excluded++;
    if (!counts(trial)) continue;
    completed++;
    if (first < 0) first = trial.number;
  }
  const size = completed < 30 ? completed : Math.floor(Math.log(completed) / Math.log(GROWTH));
  const filtered = input.trials.length < input.all.length ? `${first}:${completed}` : '';
  return [input.metric.id, log, size, filtered, excluded].join('|');
}

function keptFor(input: ChartInput, log: boolean): Kept {
  const { space } = input.study;
  const key = keyOf(input, log);
  const known = kept.get(space);
  if (known && (known.key === key || input.quick)) return known;
  const response = responseOf(space, input.trials, (trial) => {
    const value = counts(trial) ? measured(input, trial) : undefined;
    return log && value !== undefined ? Math.log10(value) : value;
  });
  const made: Kept = { key, response };
  kept.set(space, made);
  return made;
}

/** Of the metric shown; its logarithm with `log`. undefined where there is too little to grow one from. */
export const modelOf = (input: ChartInput, log: boolean): Response | undefined =>
  keptFor(input, log).response;

/** What the parameters and their pairs account for. */
export function anovaOf(input: ChartInput): FunctionalAnova | undefined {
  const known = keptFor(input, false);
  if (known.response) known.anova ??= functionalAnova(known.response);
  return known.anova;
}

/** How much the model is worth, in a few words. */
export function modelNote({ forest, used, of, pulledIn }: Response): string {
  const worth = Number.isNaN(forest.explained)
    ? ''
    : forest.explained <= 0.05
      ? ', which explains next to nothing yet'
      : `, explains ${Math.round(100 * forest.explained)} % of the variation`;
  const sample = used < of ? ` of ${used} of ${of} trials` : '';
  const wild = pulledIn > 0 ? `, ${pulledIn} wild ${pulledIn === 1 ? 'value' : 'values'} pulled in` : '';
  return `random forest${sample}${worth}${wild}`;
}
