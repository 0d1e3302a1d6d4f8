/** The losses by name, what each is for, and their parameters with nothing left open. */

export type Task = 'classification' | 'regression';

/** What the losses of each task are called. Those of regression also serve classification, on its probabilities. */
const LOSSES_OF = {
  regression: ['mse', 'mae', 'huber', 'logCosh'],
  classification: [
    'crossentropy',
    'binaryCrossentropy',
    'focal',
    'hinge',
    'squaredHinge',
    'categoricalHinge',
    'mse',
    'mae',
    'huber',
    'logCosh',
  ],
} as const satisfies Record<Task, readonly string[]>;

export type LossName = (typeof LOSSES_OF)[Task][number];
export type RegressionLoss = (typeof LOSSES_OF)['regression'][number];

export const LOSS_NAMES = LOSSES_OF.classification;

export const lossesOf = (task: Task): readonly LossName[] => LOSSES_OF[task];

export interface Loss {
  readonly name: LossName;
  /** huber: where the square turns into a line. */
  readonly delta: number;
  /** focal: how much less the well classified count. */
  readonly gamma: number;
}

export const isRegressionLoss = (name: LossName): name is RegressionLoss =>
  (LOSSES_OF.regression as readonly string[]).includes(name);

/** `delta` and `gamma` as Huber's paper's unit and the focal paper's best value have them where they are not given. */
export const lossOf = (
  name: LossName,
  given: { readonly delta?: number | undefined; readonly gamma?: number | undefined } = {},
): Loss => ({ name, delta: given.delta ?? 1, gamma: given.gamma ?? 2 });
