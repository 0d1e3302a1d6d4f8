/** What a model made of validation rows: a classifier of irises, and a regression that errs more where values are high. */
import { numberOutcome, type ValidationOutcome } from '../../../src/core/study/validation-outcome.js';

export const sampleConfusion: ValidationOutcome = {
  kind: 'classes',
  classes: ['setosa', 'versicolor', 'virginica'],
  counts: [
    [12, 0, 0],
    [0, 11, 2],
    [0, 1, 12],
  ],
};

const actual = Float64Array.from({ length: 400 }, (_, row) => 10 + ((row * 37) % 100) / 2);
export const sampleResiduals: ValidationOutcome = numberOutcome(
  actual.map((value, row) => value + Math.sin(row * 2.3) * value * 0.08),
  actual,
);
