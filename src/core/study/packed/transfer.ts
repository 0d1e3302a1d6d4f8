/**
 * A study as a few messages: what a page that has nothing of a long study is given in place of its journal, whose lines
 * would take ten times as long to read. First everything but the ended trials, then those in blocks of columns, each
 * made when it is asked for: an ended trial changes no more, so that all blocks tell of the moment of the first message.
 */
import { parseJson, printJson } from '../journal/line.js';
import { isFinished, type ReducerState, StudyReducer } from '../journal/reduce.js';
import type { Marks } from '../trial.js';
import { rowOf, type TrialRow, trialOfRow } from './stored-trial.js';
import { BLOCK_ROWS, type KeptTrial, packTrials, type TrialBlock, unpackTrials } from './trials.js';

/** The first message. */
export interface StudyTransfer {
  /** ReducerState, as JSON. */
  readonly state: string;
  /** How many trials there are, and in how many blocks of so many numbers each. */
  readonly trials: number;
  readonly blocks: number;
  readonly perBlock: number;
  /** Trials that have not ended, as JSON: `[number, TrialRow][]`. */
  readonly open: string;
  /** Marks of ended trials, as JSON: `[number, Marks][]`. */
  readonly marks: string;
}

/** A study on its way to a page. */
export class OutgoingStudy {
  readonly first: StudyTransfer;
  readonly #trials: readonly (KeptTrial | undefined)[];
  readonly #perBlock: number;

  /** What the reducer says from now on is not in it. `perBlock`: trials in a block, at most BLOCK_ROWS. */
  constructor({ state, stored }: StudyReducer, perBlock = BLOCK_ROWS) {
    const open: (readonly [number, TrialRow])[] = [];
    const marks: (readonly [number, Marks])[] = [];
    this.#perBlock = perBlock;
    this.#trials = stored.map((trial) => {
      if (!isFinished(trial.state)) {
        open.push([trial.number, rowOf(trial)]);
        return undefined;
      }
      if (trial.marks) marks.push([trial.number, trial.marks]);
      return trial;
    });
    this.first = {
      state: printJson(state),
      trials: stored.length,
      blocks: Math.ceil(stored.length / perBlock),
      perBlock,
      open: printJson(open),
      marks: printJson(marks),
    };
  }

  /** The ended trials of a block, by its position. */
  block(index: number): TrialBlock {
    const from = index * this.#perBlock;
    return packTrials(this.#trials.slice(from, from + this.#perBlock).filter((trial) => trial !== undefined));
  }
}

/** A study that is arriving: blocks come in their order. */
export class IncomingStudy {
  /** Of the trials that have arrived; complete with the last block, and to be given records only then. */
  readonly reducer: StudyReducer;
  readonly #first: StudyTransfer;
  readonly #open: ReadonlyMap<number, TrialRow>;
  readonly #marks: ReadonlyMap<number, Marks>;
  #blocks = 0;

  constructor(first: StudyTransfer) {
    this.#first = first;
    this.#open = new Map(parseJson(first.open) as readonly (readonly [number, TrialRow])[]);
    this.#marks = new Map(parseJson(first.marks) as readonly (readonly [number, Marks])[]);
    this.reducer = StudyReducer.restore(parseJson(first.state) as ReducerState, () => []);
  }

  get complete(): boolean {
    return this.#blocks === this.#first.blocks;
  }

  add(block: TrialBlock): void {
    const from = this.#blocks++ * this.#first.perBlock;
    const to = Math.min(this.#first.trials, from + this.#first.perBlock);
    const ended = unpackTrials(block);
    this.reducer.add((pool) =>
      Array.from({ length: to - from }, (_, index) => {
        const number = from + index;
        const row = this.#open.get(number);
        if (row) return trialOfRow(number, row, NO_NUMBERS, 0, pool);
        const trial = ended.next().value as KeptTrial;
        const marks = this.#marks.get(number);
        if (marks) trial.marks = marks;
        return trial;
      }),
    );
  }
}

const NO_NUMBERS = new Float64Array(0);
