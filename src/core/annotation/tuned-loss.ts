/**
 * A sweep of the declarative trainer that counts the loss and tunes which loss that is: the smallest number is then that
 * of another unit, not of a better model.
 */
import type { SweepSettings, TunedValue } from './annotated-config.js';
import type { Diagnostics } from './diagnostics.js';

/** Those that change what a loss is. Smoothing and weights are left out of the loss that is reported. */
const UNITS = ['model.loss', 'model.loss.name', 'model.loss.gamma', 'model.loss.delta'];

export function checkTunedLoss(
  { trainer, objectives }: SweepSettings,
  tuned: readonly TunedValue[],
  diagnostics: Diagnostics,
): void {
  const counted = objectives.find(({ metric }) => metric === 'loss' || metric === 'val_loss');
  if (trainer.kind !== 'declarative' || !counted) return;
  for (const { path, annotationRange } of tuned) {
    if (UNITS.includes(path))
      diagnostics.warning(
        'tuned-loss',
        `${counted.metric} does not compare between trials where \`${path}\` differs: it is the loss that they train with. Name a metric that is the same for all, such as val_accuracy, val_f1 or val_mse.`,
        annotationRange.start,
        annotationRange.end,
      );
  }
}
