/** The keys of `optimizer:`, with the schedule of its learning rate. What does not concern the chosen one is ignored. */
import { z } from 'zod';
import { count, must, oneOf, positive, share, trueOrFalse } from '../../forms.js';
import { OPTIMIZER_NAMES } from '../optimizers/rules.js';
import { SCHEDULE_NAMES } from '../optimizers/schedule.js';
import { above0To1, from0To1, from1, named, nonNegative, orFalse } from './forms.js';

const scheduleForm = named(
  z.strictObject(
    {
      name: oneOf(SCHEDULE_NAMES).default('constant'),
      warmup: nonNegative.default(0),
      every: positive.default(10),
      factor: above0To1.optional(),
      minimum: from0To1.optional(),
      period: orFalse(positive),
      growth: from1.default(1),
      peak: share.default(0.3),
      start: from0To1.default(0.04),
      patience: count.default(5),
      minDelta: nonNegative.default(0),
      metric: z.string(must('the name of a metric')).optional(),
    },
    must(`one of ${SCHEDULE_NAMES.join(', ')}, or a section with name:`),
  ),
);

export const optimizerForm = z.strictObject(
  {
    name: oneOf(OPTIMIZER_NAMES).default('adam'),
    learningRate: positive.optional(),
    momentum: share.optional(),
    rho: share.optional(),
    beta1: share.optional(),
    beta2: share.optional(),
    epsilon: positive.optional(),
    centered: trueOrFalse.optional(),
    initialAccumulator: nonNegative.optional(),
    weightDecay: nonNegative.optional(),
    clipNorm: orFalse(positive),
    clipValue: orFalse(positive),
    schedule: scheduleForm.prefault({}),
  },
  must('a section with name: and learningRate:'),
);
