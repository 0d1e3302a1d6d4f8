/** Pruners by name. */
import { ashaPruner } from './asha.js';
import { medianPruner } from './median.js';
import type { PrunerName } from './names.js';
import { nonePruner } from './none.js';
import type { Pruner } from './pruner.js';

export const pruners: Readonly<Record<PrunerName, Pruner>> = {
  none: nonePruner,
  median: medianPruner,
  asha: ashaPruner,
};
