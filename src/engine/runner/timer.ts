/** Timers that may be long: Node fires one of more than 24.8 days at once. */

const LONGEST = 2 ** 31 - 1;

/** As setTimeout; what would take longer than it can count takes as long as it can. */
export const longTimeout = (work: () => void, ms: number): NodeJS.Timeout =>
  setTimeout(work, Math.min(ms, LONGEST));
