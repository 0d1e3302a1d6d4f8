/** The samplers a study can name. What each one is stands in its own file. */
export const SAMPLER_NAMES = [
  'auto',
  'cmaes',
  'gp',
  'grid',
  'halton',
  'nsga2',
  'qmc',
  'random',
  'rf',
  'tpe',
] as const;
export type SamplerName = (typeof SAMPLER_NAMES)[number];
