/** "Did you mean …?": the known word that is closest to a mistyped one. */
import { distance } from 'fastest-levenshtein';

/** The known word closest in edits, if at most a third of the letters (and at least two) would have to change. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    if (edits < least && edits < Math.max(word.length, candidate.length)) {
      best = candidate;
      least = edits;
    }
  }
  return best;
}

/** ` Did you mean \`x\`?` with a space before it, or nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const best = nearest(word, known);
  return best === undefined ? '' : ` Did you mean \`${best}\`?`;
}

/** The word that such a message means instead of `written`, if it speaks of that. */
export function meantIn(message: string, written: string): string | undefined {
  const meant = /Did you mean `([^`]+)`\?/.exec(message)?.[1];
  return message.includes(`\`${written}\``) ? meant : undefined;
}
