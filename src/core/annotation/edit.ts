/**
 * Puts the values of a trial where the file's own values stand: as an edit of the text that leaves every other byte
 * alone, and as a change of the config's data. Which values are good is none of its business.
 */
import { type Json, jsonEqual } from '../json.js';
import type { Params } from '../space/parameter.js';
import type { SourceRange, TunedValue } from './annotated-config.js';
import { parsePath, withValueAtPath } from './paths.js';
import { printValue, styleOf } from './print-value.js';

export interface ValueEdit {
  readonly range: SourceRange;
  readonly newText: string;
}

/**
 * The text with the values of `params` set, and the edits that lead there, in the order of the text. A value that
 * equals the file's stays as it is written; a parameter that `params` does not hold (an inactive one) keeps its value.
 * `tuned` must come from `parseConfig` of this very text.
 */
export function applyValues(
  text: string,
  tuned: readonly TunedValue[],
  params: Params,
): { readonly text: string; readonly edits: readonly ValueEdit[] } {
  const edits = changed(tuned, params)
    .map(({ tuned: { valueRange, parameter }, value }) => {
      const style = styleOf(text.slice(valueRange.start, valueRange.end), parameter.type === 'float');
      return { range: valueRange, newText: printValue(value, style) };
    })
    .sort((a, b) => a.range.start - b.range.start);
  let result = '';
  let at = 0;
  for (const { range, newText } of edits) {
    result += text.slice(at, range.start) + newText;
    at = range.end;
  }
  return { text: result + text.slice(at), edits };
}

/** The config as data with the values of `params` set; a parameter that `params` does not hold keeps the file's. */
export function patchedData(data: Json, tuned: readonly TunedValue[], params: Params): Json {
  return changed(tuned, params).reduce<Json>(
    (patched, { tuned: { path }, value }) => withValueAtPath(patched, parsePath(path), value),
    data,
  );
}

function changed(
  tuned: readonly TunedValue[],
  params: Params,
): { readonly tuned: TunedValue; readonly value: Json }[] {
  return tuned.flatMap((one) => {
    const value = Object.hasOwn(params, one.name) ? params[one.name] : undefined;
    return value === undefined || jsonEqual(value, one.value) ? [] : [{ tuned: one, value }];
  });
}
