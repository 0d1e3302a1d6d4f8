/** The keys of `model:`, with its loss. */
import { z } from 'zod';
import { count, must, oneOf, positive, share } from '../../forms.js';
import { TREE_KEYS } from '../../trees/keys.js';
import { LOSS_NAMES } from '../losses/names.js';
import { named, nonNegative } from './forms.js';
import { activation, initializer, layerList } from './layers.js';

const weights = must('none, balanced, or a weight above 0 for each class, such as {yes: 2, no: 1}');

const lossForm = named(
  z.strictObject(
    {
      name: oneOf(LOSS_NAMES).optional(),
      delta: positive.optional(),
      gamma: nonNegative.optional(),
      labelSmoothing: share.optional(),
      classWeights: z
        .union([oneOf(['none', 'balanced']), z.record(z.string(), positive)], weights)
        .optional(),
    },
    must(`one of ${LOSS_NAMES.join(', ')}, or a section with name:`),
  ),
);

const layersOrCount = z.union(
  [count, layerList],
  must('a list of layers, or the number of layers that units: describes'),
);

export const modelForm = z.strictObject(
  {
    kind: z.literal('network', must('network, tree, forest or boosting')).optional(),
    task: oneOf(['classification', 'regression']),
    units: z.union([z.array(count), count], must('a list of whole numbers, such as [32, 16]')).optional(),
    layers: layersOrCount.optional(),
    activation: activation.optional(),
    alpha: nonNegative.optional(),
    dropout: share.optional(),
    normalization: oneOf(['none', 'batch', 'layer']).optional(),
    initializer: initializer.optional(),
    l1: nonNegative.optional(),
    l2: nonNegative.optional(),
    loss: lossForm.optional(),
    ...TREE_KEYS,
  },
  must('a section with task: and units: or layers:'),
);

export type ModelConfig = Readonly<z.infer<typeof modelForm>>;
