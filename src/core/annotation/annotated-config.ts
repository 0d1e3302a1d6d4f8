/**
 * What reading an annotated file gives. Lines and columns count from 1; offsets are UTF-16 code units from the start
 * of the text, as VS Code counts them.
 */
import type { Json } from '../json.js';
import type { PrunerChoice } from '../pruners/names.js';
import type { Constraint } from '../space/constraint.js';
import type { Parameter, Space } from '../space/parameter.js';
import type { Retention } from '../study/retention.js';
import type { Objective, StopCriteria } from '../study/trial.js';

export interface SourceRange {
  /** Offsets: start inclusive, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A problem with an annotation or the file around it, worded for its author: what is wrong and what to do. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly range: SourceRange;
  /** Stable name of the kind of problem, such as `log-of-zero`. */
  readonly code: string;
}

/** How trials are trained. */
export type TrainerSpec =
  | { readonly kind: 'declarative' }
  /** `train: ./train.ts`, relative to the config. */
  | { readonly kind: 'module'; readonly file: string }
  | { readonly kind: 'command'; readonly command: string };

/** The `@sweep` block, defaults filled in. */
export interface SweepSettings {
  readonly trainer: TrainerSpec;
  readonly objectives: readonly Objective[];
  /** `{ trials: 50 }` where the block says nothing. */
  readonly stop: StopCriteria;
  readonly sampler: string;
  readonly pruner: PrunerChoice;
  /** Trainings of each point, and further ones of the best at the end; absent where the block does not say. */
  readonly repeats?: number;
  readonly race?: number;
  /** Absent when the file does not say; the study's seed is then 0. */
  readonly seed?: number;
  readonly workers?: number;
  /** Trials at a time in each worker, where they can share one; absent: as the sampler bears it. */
  readonly fuse?: number;
  /** Whose files stay when trials have ended; absent: everybody's. */
  readonly keep?: Retention;
  /** Studies to learn from: `study`, `./other.yaml`, `./other.yaml#study`; absent for none. */
  readonly warmStart?: readonly string[];
  /** Between parameters, and on metrics; absent for none. */
  readonly constraints?: readonly Constraint[];
  readonly outcomeConstraints?: readonly Constraint[];
}

/** One `@tune` and the value it stands on. */
export interface TunedValue {
  /** Name in the space: `path`, or what `as` gave. */
  readonly name: string;
  /** Dotted path of the value in the config. */
  readonly path: string;
  readonly parameter: Parameter;
  /** The file's own value. */
  readonly value: Json;
  /** Where the value stands: what an edit replaces. */
  readonly valueRange: SourceRange;
  /** Where the annotation stands, from `@tune` to its end. */
  readonly annotationRange: SourceRange;
}

export interface AnnotatedConfig {
  /** Where the `@sweep` block stands. */
  readonly sweepRange: SourceRange;
  readonly sweep: SweepSettings;
  readonly tuned: readonly TunedValue[];
  readonly space: Space;
  /** The file's own values by parameter name. */
  readonly baseline: Readonly<Record<string, Json>>;
  /** The whole config as data. */
  readonly data: Json;
}

/** `config` is there only when no diagnostic is an error. `sweepRange` is there whenever a `@sweep` was found. */
export interface ParsedConfig {
  readonly config?: AnnotatedConfig;
  readonly sweepRange?: SourceRange;
  /** Every annotated value that could be read, also beside errors elsewhere: for lenses and hovers. */
  readonly tuned: readonly TunedValue[];
  readonly diagnostics: readonly Diagnostic[];
}
