/**
 * How a pruner declares itself: its options, each with a rule and a default, and how it is made from them. From the
 * declaration follow the reading of `@sweep`, the messages about what is wrong there, and the types inside.
 */
import type { Pruner } from './pruner.js';

export type OptionRule =
  | { readonly kind: 'integer'; readonly least: number; readonly default?: number }
  /** `above`: strictly above; `most`: at most. */
  | {
      readonly kind: 'number';
      readonly above?: number;
      readonly least?: number;
      readonly most?: number;
      readonly default?: number;
    }
  | { readonly kind: 'word'; readonly words: readonly string[]; readonly default: string }
  /** Another pruner, by its name or with options. */
  | { readonly kind: 'pruner' };

type ValueOf<R extends OptionRule> = R extends { readonly words: readonly (infer W)[] }
  ? W
  : R extends { readonly kind: 'pruner' }
    ? Pruner | undefined
    : R extends { readonly default: number }
      ? number
      : number | undefined;

type OptionRules = Readonly<Record<string, OptionRule>>;
type OptionValues<R extends OptionRules> = { readonly [K in keyof R]: ValueOf<R[K]> };

export interface PrunerDefinition {
  readonly options: OptionRules;
  readonly create: (options: Readonly<Record<string, number | string | Pruner | undefined>>) => Pruner;
  /** An option that is wrong beside the others, and why. */
  readonly check?: (given: Readonly<Record<string, unknown>>) => string | undefined;
}

export function definePruner<const R extends OptionRules>(definition: {
  readonly options: R;
  readonly create: (options: OptionValues<R>) => Pruner;
  readonly check?: (given: Readonly<Record<string, unknown>>) => string | undefined;
}): PrunerDefinition {
  const { options, create, check } = definition;
  // The rules have been applied by who reads the options: the values are what `create` says they are.
  return { options, create: (values) => create(values as OptionValues<R>), ...(check && { check }) };
}
