/** One search by one of our samplers, one trial at a time or several at once. */
import { random } from '../../src/core/random.js';
import type { Sampler } from '../../src/core/samplers/sampler.js';
import type { Trial } from '../../src/core/study/trial.js';
import type { Run } from './external.js';
import { Measured, type Problem } from './problem.js';

/**
 * @param workers trials that run at a time; which of them ends next is drawn, and the curve is in the order of ending
 */
export function run(sampler: Sampler, problem: Problem, seed: number, count: number, workers = 1): Run {
  const trials: Trial[] = [];
  const running: number[] = [];
  const ms: number[] = [];
  const measured = new Measured(problem, seed);
  const order = random('order', problem.id, seed);
  const end = (): void => {
    const [number] = running.splice(order.int(running.length), 1);
    const trial = trials[number as number] as Trial;
    const value = measured.measure(trial.params);
    trials[trial.number] = { ...trial, state: 'complete', objectives: [value], values: { value } };
  };
  for (let number = 0; number < count; number++) {
    const start = performance.now();
    const suggestion = sampler.ask({ space: problem.space, directions: ['minimize'], trials, seed, number });
    ms.push(performance.now() - start);
    if (suggestion === 'exhausted') break;
    const { params } = suggestion;
    trials.push({ id: number, number, state: 'running', params, values: {}, reports: [], attributes: {} });
    running.push(number);
    if (running.length >= workers) end();
  }
  while (running.length > 0) end();
  return { sampler: sampler.name, problem: problem.id, seed, y: measured.y, ms };
}
