/** The pruners a study can name. What each one is stands in its own file. */
export const PRUNER_NAMES = ['none', 'median', 'asha'] as const;
export type PrunerName = (typeof PRUNER_NAMES)[number];
