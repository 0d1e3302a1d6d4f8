/**
 * The filter of a study's trials as the tree sees it: the one that the pages share (an expression and what was brushed),
 * applied to the trials as they stand.
 */
import { type Brush, brushMask, brushText, parseFilter, passing } from '../core/study/table/filter.js';
import { columnsOf } from '../core/study/table/table.js';
import type { Study, Trial } from '../core/study/trial.js';
import type { PageFilter } from '../protocol/panel.js';

export interface FilteredTrials {
  readonly trials: readonly Trial[];
  /** What is asked for, in words. */
  readonly text: string;
}

/** undefined where there is no filter, or one that cannot be read: then all trials are seen. */
export function filteredTrials(study: Study, filter: PageFilter | undefined): FilteredTrials | undefined {
  const text = filter?.text.trim() ?? '';
  const brushes = filter?.brushes ?? [];
  if (text === '' && brushes.length === 0) return undefined;
  const columns = columnsOf(study);
  const parsed = text === '' ? undefined : parseFilter(text, columns);
  const masks = [
    ...(parsed?.kind === 'mask' ? [parsed.mask] : []),
    ...brushes.flatMap((brush: Brush) => brushMask(brush, columns) ?? []),
  ];
  if (masks.length === 0) return undefined;
  return {
    // A list of its own: what is known of a list is kept, and the study's goes on changing.
    trials: passing([...study.trials], masks),
    text: [
      ...(parsed?.kind === 'mask' ? [text] : []),
      ...brushes.map((brush) => brushText(brush, columns)),
    ].join(' · '),
  };
}

/** What is wrong with an expression over the study's columns; undefined while nothing is. */
export function filterProblem(study: Study, text: string): string | undefined {
  if (text.trim() === '') return undefined;
  const parsed = parseFilter(text, columnsOf(study));
  return parsed.kind === 'error' ? parsed.message : undefined;
}
