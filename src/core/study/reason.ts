/** Why a trial counts for nothing, or for less than its number says: in its own words, or by what its result breaks. */
import { expressionViolation } from '../space/expression.js';
import type { StudySettings, Trial } from './trial.js';

/** The trial's own reason, else the outcome constraints its result breaks: `breaks latency_ms <= 50`. */
export function reasonOf(
  { settings }: { readonly settings?: StudySettings },
  trial: Trial,
): string | undefined {
  if (trial.reason !== undefined || trial.state !== 'complete') return trial.reason;
  const broken = (settings?.outcomeConstraints ?? []).filter(
    ({ expression }) => (expressionViolation(expression, trial.values) ?? 1) > 0,
  );
  return broken.length === 0 ? undefined : `breaks ${broken.map(({ text }) => text).join(', ')}`;
}
