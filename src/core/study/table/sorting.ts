/** The order of a table's rows: by one column or several, and among what those cannot tell apart as people expect it. */
import type { Json } from '../../json.js';
import type { Trial, TrialState } from '../trial.js';
import { cellsOf, ranksOf } from './columns.js';
import { orderBy } from './order.js';
import type { Column } from './table.js';

export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

const STATE_RANK: Readonly<Record<TrialState | 'paused', number>> = {
  running: 0,
  paused: 1,
  waiting: 1,
  complete: 2,
  pruned: 3,
  failed: 4,
};

/**
 * The trials in the order of the sorts, the first counting most; what they cannot tell apart stays in natural order.
 * Numbers before words, and nothing last in either direction: what a trial does not have, non-finite numbers, and the
 * objective of one that did not complete, whose last report is no result.
 */
export function sortTrials(
  trials: readonly Trial[],
  sorts: readonly Sort[],
  columns: readonly Column[],
  now: number,
): readonly Trial[] {
  let order = naturalOrder(trials);
  // The least important first: each sort keeps the order of what is alike to it.
  for (const { column: id, descending } of sorts.toReversed()) {
    const column = columns.find((one) => one.id === id);
    if (column) for (const keys of sortKeys(trials, column, descending, now)) order = orderBy(keys, order);
  }
  const sorted = new Array<Trial>(order.length);
  for (let place = 0; place < order.length; place++) sorted[place] = trials[order[place] as number] as Trial;
  return sorted;
}

const COLLATOR = new Intl.Collator(undefined, { numeric: true });
const NOTHING = Number.MAX_VALUE;
/** The more important keys last. */
function sortKeys(
  trials: readonly Trial[],
  column: Column,
  descending: boolean,
  now: number,
): readonly Float64Array[] {
  const sign = descending ? -1 : 1;
  const cells = cellsOf(trials, column, now);
  const places = column.kind === 'state' ? stateRanks(cells.words) : placesOf(cells.words);
  const byNumber = ranksOf(cells, {
    number: (value) => (Number.isFinite(value) ? sign * value : NOTHING),
    word: () => 0,
    nothing: NOTHING,
  });
  if (column.kind === 'objective')
    for (let at = 0; at < byNumber.length; at++) if (trials[at]?.state !== 'complete') byNumber[at] = NOTHING;
  if (cells.words.length === 0) return [byNumber];
  const byWord = ranksOf(cells, {
    // Before or after all words, whichever way those go; what is no finite number counts as nothing.
    number: (value) => (Number.isFinite(value) ? sign * -1 : NOTHING),
    word: (word) => {
      const place = places[word];
      return place === undefined ? NOTHING : sign * place;
    },
    nothing: NOTHING,
  });
  return [byNumber, byWord];
}

const stateRanks = (words: readonly Json[]): readonly number[] =>
  words.map((word) => STATE_RANK[word as keyof typeof STATE_RANK]);

/** Where each word comes among them; null, which says nothing, nowhere. */
function placesOf(words: readonly Json[]): readonly (number | undefined)[] {
  const texts = words.map((word) =>
    word === null ? undefined : typeof word === 'string' ? word : JSON.stringify(word),
  );
  const sorted = [...new Set(texts)].filter((text) => text !== undefined).sort(COLLATOR.compare);
  const places = new Map(sorted.map((text, place) => [text, place]));
  return texts.map((text) => (text === undefined ? undefined : places.get(text)));
}

/** Positions in the order of rows that no sort tells apart: at work first, then finished, pruned, failed; newest first. */
export function naturalOrder(trials: readonly Trial[]): Uint32Array {
  const starts = new Uint32Array(6);
  for (const { state } of trials) (starts[STATE_RANK[state] + 1] as number)++;
  for (let rank = 1; rank < starts.length; rank++)
    starts[rank] = (starts[rank] as number) + (starts[rank - 1] as number);
  const order = new Uint32Array(trials.length);
  // Trials come by number: read backwards, each state's are newest first without comparing any.
  for (let index = trials.length - 1; index >= 0; index--) {
    const rank = STATE_RANK[(trials[index] as Trial).state];
    order[starts[rank] as number] = index;
    (starts[rank] as number)++;
  }
  return order;
}
