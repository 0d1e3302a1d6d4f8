/** What a benchmark problem is, and the spaces of problems as samplers of this project read them. */
import type { Json } from '../../src/core/json.js';
import { type Random, random } from '../../src/core/random.js';
import { normalQuantile } from '../../src/core/samplers/normal.js';
import type { Distribution, Parameter, Params, Space } from '../../src/core/space/parameter.js';

/** A parameter as problem files describe it. */
export interface ParameterRecord {
  readonly name: string;
  readonly type: 'float' | 'int' | 'categorical';
  readonly low?: number;
  readonly high?: number;
  readonly log?: boolean;
  readonly choices?: readonly string[];
  readonly when?: { readonly param: string; readonly in: readonly string[] };
}

export interface ProblemRecord {
  readonly id: string;
  readonly split?: string;
  readonly params: readonly ParameterRecord[];
  readonly fn: { readonly kind: string; readonly [key: string]: unknown };
}

export interface Check {
  readonly params: Params;
  readonly value: number;
}

export type ProblemGroup = 'numeric' | 'mixed' | 'conditional';

/** A function to be minimised. */
export interface Problem {
  readonly id: string;
  readonly group: ProblemGroup;
  readonly space: Space;
  readonly evaluate: (params: Params) => number;
  /** The smallest value there is, or the smallest known. */
  readonly best: number;
  /** The median over uniform draws. */
  readonly reference: number;
  /** Relative tolerance at which `checks` must hold. */
  readonly tolerance: number;
  readonly checks: readonly Check[];
  /** Standard deviation of normal noise on what samplers are told; absent: none. */
  readonly noise?: number;
}

/** A problem as one search meets it: what it is told of each trial, and what the search has come to. */
export class Measured {
  /** After each trial the true value of the one that looks best, which without noise is the best value. */
  readonly y: number[] = [];
  readonly #problem: Problem;
  readonly #noise: Random;
  #least = Infinity;
  #truth = Number.NaN;

  constructor(problem: Problem, seed: number) {
    this.#problem = problem;
    this.#noise = random('noise', problem.id, seed);
  }

  /** What the next trial is told. */
  measure(params: Params): number {
    const { evaluate, noise = 0 } = this.#problem;
    const truth = evaluate(params);
    const told = noise > 0 ? truth + noise * normalQuantile(Math.max(1e-12, this.#noise.next())) : truth;
    if (!(told >= this.#least)) {
      this.#least = told;
      this.#truth = truth;
    }
    this.y.push(this.#truth);
    return told;
  }
}

function distributionOf(record: ParameterRecord): Distribution {
  const { type, low = 0, high = 1, log } = record;
  if (type === 'categorical') return { type, choices: record.choices ?? [] };
  return { type, low, high, ...(log ? { log } : {}) };
}

export function spaceOf(records: readonly ParameterRecord[]): Space {
  return Object.fromEntries(
    records.map((record): [string, Parameter] => {
      const { when } = record;
      const distribution = distributionOf(record);
      return [
        record.name,
        when ? { ...distribution, when: { param: when.param, in: when.in } } : distribution,
      ];
    }),
  );
}

/** `conditional` where some parameter depends on another, `mixed` where some has no order, else `numeric`. */
export function groupOf(records: readonly ParameterRecord[]): ProblemGroup {
  if (records.some(({ when }) => when)) return 'conditional';
  return records.some(({ type }) => type === 'categorical') ? 'mixed' : 'numeric';
}

/** The first check that fails, in words. */
export function checkFailure({ id, evaluate, checks, tolerance }: Problem): string | undefined {
  for (const { params, value } of checks) {
    const ours = evaluate(params as Readonly<Record<string, Json>>);
    if (!(Math.abs(ours - value) <= tolerance * Math.max(1, Math.abs(value)))) {
      return `${id} at ${JSON.stringify(params)} gives ${ours} instead of ${value}`;
    }
  }
  return undefined;
}
