/** A small sweep whose training is a few lines of JavaScript: a bowl, or one that never ends. */
import { project } from './engine.js';

const config = (sweep: string): string => `# @sweep
#   train: ./train.js
#   metric: loss
${sweep
  .trim()
  .split('\n')
  .map((line) => `#   ${line.trim()}`)
  .join('\n')}
x: 0.5          # @tune float(-1, 1)
kind: a         # @tune choice(a, b)
`;

export const BOWL = `export default async function train(config, trial) {
  let loss;
  for (let step = 1; step <= 3; step++) {
    loss = (config.x - 0.25) ** 2 + (config.kind === 'a' ? 0 : 1) + 1 / step;
    await trial.report(step, { loss });
  }
  return loss;
}`;

/** A trial that takes its time: reports every 20 ms, for ever. */
export const ENDLESS = `export default async function train(config, trial) {
  for (let step = 1; ; step++) {
    await new Promise((r) => setTimeout(r, 20));
    await trial.report(step, { loss: 1 / step });
    if (trial.shouldStop()) return;
  }
}`;

export const make = (sweep: string, train: string) => project({ 'a.yaml': config(sweep), 'train.js': train });
