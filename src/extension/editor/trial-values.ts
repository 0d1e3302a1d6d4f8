/**
 * A config with the values of a trial in place of its own: the one rule for comparing and applying. Refuses, naming
 * the cause, where the annotations have changed so that the trial no longer fits the file.
 */
import type { ParsedConfig } from '../../core/annotation/annotated-config.js';
import { applyValues, type ValueEdit } from '../../core/annotation/edit.js';
import { formatValue } from '../../core/format.js';
import { contains } from '../../core/space/encode.js';
import type { Params } from '../../core/space/parameter.js';
import { formatDistribution } from '../format.js';

export type TrialValues =
  | { readonly kind: 'ok'; readonly text: string; readonly edits: readonly ValueEdit[] }
  | { readonly kind: 'error'; readonly message: string };

/** `fileName` is for the message. `parsed` must come from this very text. */
export function withTrialValues(
  fileName: string,
  text: string,
  parsed: ParsedConfig,
  params: Params,
): TrialValues {
  const problem = parsed.diagnostics.find(({ severity }) => severity === 'error');
  if (problem || !parsed.config) {
    const where = problem ? `${fileName}:${problem.range.line}` : fileName;
    return { kind: 'error', message: `${where}: ${problem?.message ?? 'The file has no @sweep block.'}` };
  }
  const { tuned } = parsed.config;
  for (const [name, value] of Object.entries(params)) {
    const now = tuned.find((one) => one.name === name);
    if (!now) {
      return {
        kind: 'error',
        message: `${fileName} no longer tunes ${name}, which the trial set to ${formatValue(value)}. Annotate it again, or start a new study.`,
      };
    }
    if (!contains(now.parameter, value)) {
      return {
        kind: 'error',
        message: `${fileName}:${now.annotationRange.line}: the trial's ${name} = ${formatValue(value)} is outside ${formatDistribution(now.parameter)}. Widen the annotation, or start a new study.`,
      };
    }
  }
  const { text: changed, edits } = applyValues(text, tuned, params);
  return { kind: 'ok', text: changed, edits };
}
