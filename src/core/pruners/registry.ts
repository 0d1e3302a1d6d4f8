/** Pruners by name. */
import { asha } from './asha.js';
import type { PrunerDefinition } from './definition.js';
import { extrapolate } from './extrapolate.js';
import { hyperband } from './hyperband.js';
import { moasha } from './moasha.js';
import type { PrunerName } from './names.js';
import { none } from './none.js';
import { patient } from './patient.js';
import { median, percentile } from './percentile.js';
import { threshold } from './threshold.js';
import { wilcoxon } from './wilcoxon.js';

export const pruners: Readonly<Record<PrunerName, PrunerDefinition>> = {
  none,
  median,
  percentile,
  threshold,
  patient,
  asha,
  hyperband,
  moasha,
  wilcoxon,
  extrapolate,
};
