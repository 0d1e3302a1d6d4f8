/** Which study of a config goes on, and why another one does not. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/core/annotation/yaml.js';
import { StudyReducer } from '../../src/core/study/journal/reduce.js';
import { studyRecords } from '../../src/core/study/journal/write.js';
import {
  continuationProblem,
  newStudyName,
  studyNames,
  type Wanted,
} from '../../src/engine/studies/study-store.js';
import { project } from './support/engine.js';

const text = (sweep: string, low = 0): string =>
  `# @sweep\n#   train: ./train.js\n${sweep}x: 0.5  # @tune float(${low}, 1)\ny: 0.5  # @tune float(0, 1)\n`;
const METRIC = '#   metric: {name: loss, goal: minimize}\n';

function wanted(source: string): Wanted & { readonly baseline: object } {
  const { config } = parseConfig(source);
  if (!config) throw new Error('The config is wrong.');
  const { space, baseline, sweep } = config;
  return {
    space,
    baseline,
    objectives: sweep.objectives,
    ...(sweep.constraints && { constraints: sweep.constraints }),
  };
}

describe('a study', () => {
  const { space, objectives } = wanted(text(METRIC));
  const reducer = new StudyReducer();
  const settings = { sampler: 'random', pruner: 'none', seed: 3, stop: {} };
  const made = { name: 'a', objectives, space, settings, config: { file: '', text: '' }, baseline: {} };
  for (const record of studyRecords('sweetspot-1', made)) reducer.apply(record);
  const problem = (given: Wanted): string | undefined => continuationProblem(reducer.study, given);

  it('goes on with the same space, metric, constraints and seed, or with no seed in particular', () => {
    expect(problem(wanted(text(METRIC)))).toBeUndefined();
    expect(problem({ ...wanted(text(METRIC)), seed: 3 })).toBeUndefined();
  });

  it('does not go on with other ones, and says which', () => {
    expect(problem(wanted(text(METRIC, 0.1)))).toBe('the search space has changed');
    expect(problem(wanted(text(METRIC.replace('minimize', 'maximize'))))).toBe('the metric has changed');
    expect(problem(wanted(text(`${METRIC}#   constraints: x <= y\n`)))).toBe('the constraints have changed');
    expect(problem({ ...wanted(text(METRIC)), seed: 4 })).toBe('its seed is another one');
  });
});

it('studies are in the order of their numbers, and the next has the next one', async () => {
  const names = ['iris', 'iris-2', 'iris-10', 'iris-9'];
  const folder = await project(
    Object.fromEntries(names.map((name) => [`.sweetspot/iris.yaml/${name}.jsonl`, ''])),
  );
  const config = join(folder, 'iris.yaml');
  expect(await studyNames(config)).toEqual(['iris', 'iris-2', 'iris-9', 'iris-10']);
  expect(await newStudyName(config)).toBe('iris-11');
});
