/**
 * What a search space is made of: distributions, parameters, conditions. Data only; sampling and encoding are in
 * encode.ts, conditions are evaluated in condition.ts, and reading them from comments is in ../annotation.
 */
import type { Json } from '../json.js';

/** A real number in [low, high], both inclusive. `log` needs low > 0 and excludes `step`. */
export interface FloatDistribution {
  readonly type: 'float';
  readonly low: number;
  readonly high: number;
  readonly log?: boolean;
  readonly step?: number;
}

/** A whole number in [low, high], both inclusive. `log` needs low > 0 and excludes `step`. */
export interface IntDistribution {
  readonly type: 'int';
  readonly low: number;
  readonly high: number;
  readonly log?: boolean;
  readonly step?: number;
}

/** One of several values without order; a value may be a list or a mapping. */
export interface CategoricalDistribution {
  readonly type: 'categorical';
  readonly choices: readonly Json[];
}

/** One of several values whose order carries meaning (8, 16, 32): neighbours are expected to behave alike. */
export interface OrdinalDistribution {
  readonly type: 'ordinal';
  readonly choices: readonly Json[];
}

export interface BoolDistribution {
  readonly type: 'bool';
}

export type Distribution =
  | FloatDistribution
  | IntDistribution
  | CategoricalDistribution
  | OrdinalDistribution
  | BoolDistribution;

/**
 * When a parameter takes part. `param` names another parameter of the space. A condition on an inactive parameter is
 * false, also under `not`: what is not there is neither equal nor unequal to anything.
 */
export type Condition =
  | { readonly param: string; readonly in: readonly Json[] }
  | { readonly param: string; readonly notIn: readonly Json[] }
  | { readonly and: readonly Condition[] }
  | { readonly or: readonly Condition[] }
  | { readonly not: Condition };

/**
 * What the user believes of a numeric parameter: a normal distribution around a value, cut off at the bounds. `sd` is in
 * the parameter's own unit, in decades where it is logarithmic; absent: a sixth of the range. Of an ordinal: around the
 * place of a choice, the first being 0, with `sd` in places.
 */
export interface Prior {
  readonly mean: number;
  readonly sd?: number;
}

export type Parameter = Distribution & {
  readonly when?: Condition;
  /** Of float, int and ordinal alone. */
  readonly prior?: Prior;
  /**
   * Of categorical and bool (false, true) alone: how likely the user believes each choice to be the best, in any unit.
   */
  readonly weights?: readonly number[];
  /** How many values of a range a grid takes; of float and int without `step`. */
  readonly steps?: number;
};

/** Parameters by name, in the order of the file. The name is the dotted path in the config, or what `as` gave. */
export type Space = Readonly<Record<string, Parameter>>;

/** The values of the active parameters of one point of the space. */
export type Params = Readonly<Record<string, Json>>;
