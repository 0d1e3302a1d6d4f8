/**
 * A study as one message: what a page that has nothing of a long study is given in place of its journal, whose lines
 * would take ten times as long to read. Pure; the message is kept by nobody.
 */
import { parseJson, printJson } from './journal-line.js';
import { type ReducerState, StudyReducer } from './reduce.js';
import { packedSize, rowOf, type TrialRow, trialOfRow } from './stored-trial.js';

export interface StudyTransfer {
  /** ReducerState, as JSON. */
  readonly state: string;
  /** TrialRow[] of so many trials each, as JSON: a bare NaN slows the reading of its own piece only. */
  readonly pieces: readonly string[];
  /** Packed reports, in the order of the trials. */
  readonly numbers: Float64Array;
}

const PIECE = 2000;

export function packStudy({ state, stored }: StudyReducer): StudyTransfer {
  const pieces: string[] = [];
  const sizes: number[] = [];
  for (let from = 0; from < stored.length; from += PIECE) {
    const rows = stored.slice(from, from + PIECE).map(rowOf);
    pieces.push(printJson(rows));
    for (const row of rows) sizes.push(packedSize(row));
  }
  const numbers = new Float64Array(sizes.reduce((sum, size) => sum + size, 0));
  let next = 0;
  stored.forEach(({ packed }, index) => {
    const size = sizes[index] ?? 0;
    if (packed) numbers.set(packed.block.subarray(packed.at, packed.at + size), next);
    next += size;
  });
  return { state: printJson(state), pieces, numbers };
}

/** A reducer that goes on where the packed one stood. */
export function unpackStudy({ state, pieces, numbers }: StudyTransfer): StudyReducer {
  return StudyReducer.restore(parseJson(state) as ReducerState, function* (pool) {
    let number = 0;
    let at = 0;
    for (const piece of pieces) {
      for (const row of parseJson(piece) as readonly TrialRow[]) {
        yield trialOfRow(number++, row, numbers, at, pool);
        at += packedSize(row);
      }
    }
  });
}
