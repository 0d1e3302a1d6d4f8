/** What one backend's process hands back to the suite. */

export interface Finding {
  /** After each epoch. */
  readonly losses: readonly (number | null)[];
  readonly weights: readonly (number | null)[];
  /** The largest difference between a slope and what the gradient says, in parts of the gradient's length. */
  readonly slopeError: number;
  readonly error?: string;
}

export interface Findings {
  /** TensorFlow.js' name of what really computed: wasm, cpu, tensorflow. */
  readonly backend: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly findings: Readonly<Record<string, Finding>>;
}
