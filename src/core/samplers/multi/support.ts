/** What works with several objectives: which samplers, which criterion to stop by does not, and what to say then. */
import type { SamplerName } from '../names.js';

/** The others look at one number per trial. */
const SEVERAL: ReadonlySet<SamplerName> = new Set([
  'auto',
  'gp',
  'grid',
  'halton',
  'nsga2',
  'qmc',
  'random',
  'tpe',
]);

/** Why a sampler cannot work for so many objectives, with the remedy; undefined where it can. */
export function objectivesProblem(sampler: SamplerName, objectives: number): string | undefined {
  if (objectives < 2 || SEVERAL.has(sampler)) return undefined;
  return `The sampler "${sampler}" works for one metric, and there are ${objectives}. Use auto, gp, tpe or nsga2, or a single metric.`;
}

/** Why `stop.regret` cannot be used with so many objectives, with the remedy; undefined where it can. */
export const regretProblem = (objectives: number): string | undefined =>
  objectives < 2
    ? undefined
    : `\`regret\` is what can still be gained of one metric, and there are ${objectives}. Use \`plateau\`, which goes by the hypervolume, or a single metric.`;
