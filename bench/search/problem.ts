/** What a benchmark problem is, and the spaces of problems as samplers of this project read them. */
import type { Json } from '../../src/core/json.js';
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
