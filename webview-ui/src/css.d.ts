/** A style sheet imported as text, see esbuild's `with { type: 'text' }`. */
declare module '*.css' {
  const text: string;
  export default text;
}
