/** Never prunes. */
import type { Pruner } from './pruner.js';

export const nonePruner: Pruner = {
  name: 'none',
  judge: () => ({ prune: false, reason: 'nothing is pruned' }),
};
