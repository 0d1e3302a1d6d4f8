/** The type of a module made from a `.peggy` grammar by scripts/peggy-plugin.mjs. What `parse` gives is the grammar's. */
declare module '*.peggy' {
  export function parse(input: string, options?: { readonly startRule: string }): unknown;

  /** Thrown by `parse` for text that the grammar does not know. */
  class PeggySyntaxError extends Error {
    readonly expected: readonly {
      readonly type: string;
      readonly text?: string;
      readonly description?: string;
    }[];
    readonly location: { readonly start: { readonly offset: number } };
  }

  export { PeggySyntaxError as SyntaxError };
}
