/**
 * Puts the values of a trial where the file's own values stand: as an edit of the text that leaves everything else
 * alone and comments in their columns, and as a change of the config's data. Which values are good is none of its business.
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
    .map(({ tuned: one, value }) => commentKept(text, valueEdit(text, one, value)))
    .sort((a, b) => a.range.start - b.range.start);
  let result = '';
  let at = 0;
  for (const { range, newText } of edits) {
    result += text.slice(at, range.start) + newText;
    at = range.end;
  }
  return { text: result + text.slice(at), edits };
}

/**
 * The edit with as many blanks behind it that the comment there stays in its column, two of them at least. A single
 * blank lines nothing up, and stays.
 */
function commentKept(text: string, edit: ValueEdit): ValueEdit {
  const { range, newText } = edit;
  const [blanks = ''] =
    /^ {2,}(?=#)/.exec(text.slice(range.end, text.indexOf('\n', range.end) + 1 || undefined)) ?? [];
  if (blanks === '' || range.line !== range.endLine) return edit;
  const room = blanks.length - (newText.length - (range.end - range.start));
  return {
    range: { ...range, end: range.end + blanks.length, endColumn: range.endColumn + blanks.length },
    newText: newText + ' '.repeat(Math.max(2, room)),
  };
}

/** A value in the place of the file's own, in its style. */
export function valueEdit(text: string, { valueRange, parameter }: TunedValue, value: Json): ValueEdit {
  const style = styleOf(text.slice(valueRange.start, valueRange.end), parameter.type === 'float');
  return { range: valueRange, newText: printValue(value, style) };
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
