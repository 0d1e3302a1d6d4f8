/** Samplers by name. */
import { autoSampler } from './auto.js';
import { cmaesSampler } from './cmaes.js';
import { gpSampler } from './gp.js';
import { gridSampler } from './grid.js';
import type { SamplerName } from './names.js';
import { nsga2Sampler } from './nsga2.js';
import { haltonSampler, qmcSampler } from './qmc.js';
import { randomSampler } from './random.js';
import { rfSampler } from './rf.js';
import type { Sampler } from './sampler.js';
import { tpeSampler } from './tpe.js';

export const samplers: Readonly<Record<SamplerName, Sampler>> = {
  auto: autoSampler,
  cmaes: cmaesSampler,
  gp: gpSampler,
  grid: gridSampler,
  halton: haltonSampler,
  nsga2: nsga2Sampler,
  qmc: qmcSampler,
  random: randomSampler,
  rf: rfSampler,
  tpe: tpeSampler,
};
