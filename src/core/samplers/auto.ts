/** The default. For now the tree-structured Parzen estimator at every budget: it handles every kind of parameter. */
import type { Sampler } from './sampler.js';
import { tpeSampler } from './tpe.js';

export const autoSampler: Sampler = { name: 'auto', ask: (context) => tpeSampler.ask(context) };
