/** Texts as numbers without a dictionary: words are hashed, so that nothing has to be fitted or kept. */

const WORD = /[\p{L}\p{N}]+/gu;

/** FNV-1a over UTF-16 units, mixed once more so that the low bits depend on all. */
function hash(word: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) h = Math.imul(h ^ word.charCodeAt(i), 0x01000193);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
}

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(WORD) ?? [];

/**
 * Counts of words in `size` buckets with a random sign each, of length 1 (K. Weinberger et al., "Feature Hashing for
 * Large Scale Multitask Learning", ICML 2009).
 */
export function bagOfWords(text: string, size: number, into: Float32Array): void {
  for (const word of wordsOf(text)) {
    const h = hash(word);
    into[h % size]! += h & 0x80000000 ? 1 : -1;
  }
  const length = Math.sqrt(into.reduce((sum, value) => sum + value ** 2, 0));
  if (length > 0) for (let i = 0; i < into.length; i++) into[i]! /= length;
}

/** The last words of a text as numbers from 1 to size − 1, zeros before a short one, as Keras pads. */
export function wordNumbers(text: string, size: number, into: Float32Array): void {
  const words = wordsOf(text).slice(-into.length);
  const start = into.length - words.length;
  for (const [i, word] of words.entries()) into[start + i] = 1 + (hash(word) % Math.max(1, size - 1));
}
