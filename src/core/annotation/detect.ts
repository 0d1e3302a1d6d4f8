/** A cheap first look at a file, for scans of a whole workspace. The truth is what yaml.ts finds. */

/** Whether the text mentions `@sweep` at the beginning of a comment. Can be wrong about text inside a scalar. */
export const looksAnnotated = (text: string): boolean =>
  text.includes('@sweep') && /#[^\S\r\n]*@sweep(?![\w-])/.test(text);
