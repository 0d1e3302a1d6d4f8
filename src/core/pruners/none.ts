/** Never prunes. */
import { definePruner } from './definition.js';

export const none = definePruner({
  options: {},
  create: () => ({ name: 'none', judge: () => ({ prune: false, reason: 'nothing is pruned' }) }),
});
