/** The keys of `model:` that only trees have. A network that names its kind may carry them too: then the kind can be tuned. */
import { z } from 'zod';
import { count, must, oneOf, positive } from '../forms.js';

const part = must('a number above 0, up to 1');
const portion = z.number(part).gt(0, part).max(1, part);
const binCount = must('a whole number from 2 to 255');

export const TREE_KEYS = {
  depth: count.optional(),
  minLeaf: count.optional(),
  trees: count.optional(),
  featuresPerSplit: z
    .union([oneOf(['all', 'sqrt', 'log2']), portion], must('all, sqrt, log2, or a share above 0, up to 1'))
    .optional(),
  learningRate: positive.optional(),
  subsample: portion.optional(),
  bins: z.number(binCount).int(binCount).min(2, binCount).max(255, binCount).optional(),
};
