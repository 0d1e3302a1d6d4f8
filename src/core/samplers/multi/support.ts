/** Which samplers search with several objectives, and what to say of those that do not. */
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
