/** The keys of `training:`: its length, which rows make a batch, augmentation, early stopping. */
import { z } from 'zod';
import { count, must, oneOf, trueOrFalse } from '../../forms.js';
import { BATCH_NAMES } from '../batches.js';
import { from0To1, from1, named, nonNegative, orFalse, wholeFrom0 } from './forms.js';

const classWeight = must('a weight of at least 0 for each class, such as {yes: 2, no: 1}');

const batchesForm = named(
  z.strictObject(
    {
      name: oneOf(BATCH_NAMES).default('shuffled'),
      weights: z.record(z.string(), nonNegative, classWeight).optional(),
      pressure: from1.default(100),
      warmup: count.default(1),
    },
    must(`one of ${BATCH_NAMES.join(', ')}, or a section with name:`),
  ),
);

const shares = must('a share of the image from 0 up to, but not including, 1');
const imageShare = z.number(shares).min(0, shares).lt(1, shares);

const augmentationForm = z.strictObject(
  {
    rotate: nonNegative.default(0),
    shift: imageShare.default(0),
    scale: imageShare.default(0),
    crop: wholeFrom0.default(0),
    flip: oneOf(['none', 'horizontal', 'vertical', 'both']).default('none'),
    noise: nonNegative.default(0),
    cutOut: imageShare.default(0),
    mixUp: nonNegative.default(0),
    probability: from0To1.default(1),
  },
  must('a section such as {flip: horizontal, rotate: 10}'),
);

const earlyStoppingForm = named(
  z.strictObject(
    {
      metric: z.string(must('the name of a metric')).optional(),
      goal: oneOf(['minimize', 'maximize']).optional(),
      patience: count.default(10),
      minDelta: nonNegative.default(0),
      restoreBest: trueOrFalse.default(true),
      from: count.default(1),
    },
    must('a number of epochs, or a section with patience:'),
  ),
  'patience',
);

export const trainingForm = z.strictObject(
  {
    epochs: count.default(30),
    batchSize: count.default(32),
    batches: batchesForm.prefault({}),
    augmentation: augmentationForm.prefault({}),
    earlyStopping: orFalse(earlyStoppingForm),
    trainMetrics: oneOf(['running', 'exact']).default('running'),
  },
  must('a section with epochs: and batchSize:'),
);
