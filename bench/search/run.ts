/** One search by one of our samplers, one trial at a time or several at once. */
import type { Sampler } from '../../src/core/samplers/sampler.js';
import type { Trial } from '../../src/core/study/trial.js';
import type { Run } from './external.js';
import type { Problem } from './problem.js';
import { type Ended, Workers } from './workers.js';

/** @param atATime trials that run at a time */
export function run(sampler: Sampler, problem: Problem, seed: number, count: number, atATime = 1): Run {
  const trials: Trial[] = [];
  const ms: number[] = [];
  const workers = new Workers(problem, seed, atATime);
  const note = (ended: readonly Ended[]): void => {
    for (const [number, value] of ended) {
      const trial = trials[number] as Trial;
      trials[number] = { ...trial, state: 'complete', objectives: [value], values: { value } };
    }
  };
  for (let number = 0; number < count; number++) {
    const start = performance.now();
    const suggestion = sampler.ask({ space: problem.space, directions: ['minimize'], trials, seed, number });
    ms.push(performance.now() - start);
    if (suggestion === 'exhausted') break;
    const { params } = suggestion;
    trials.push({ id: number, number, state: 'running', params, values: {}, reports: [], attributes: {} });
    note(workers.start({ number, params }));
  }
  workers.finish();
  return { sampler: sampler.name, problem: problem.id, seed, y: workers.y, ms };
}
