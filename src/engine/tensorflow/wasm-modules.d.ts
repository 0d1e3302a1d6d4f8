/** A `.wasm` import is the AssemblyScript file of the same name, compiled by scripts/assembly-plugin.mjs. */
declare module '*.wasm' {
  export const bytes: Uint8Array;
}
