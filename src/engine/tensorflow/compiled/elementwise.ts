/** The functions of single numbers that assembly/elementwise.ts has, with their derivatives, by name. */

/** In the order of that file's kinds. */
export const ELEMENTWISE = [
  'linear',
  'relu',
  'relu6',
  'leakyRelu',
  'elu',
  'selu',
  'gelu',
  'geluTanh',
  'swish',
  'hardSwish',
  'mish',
  'tanh',
  'sigmoid',
  'hardSigmoid',
  'softplus',
  'softsign',
  'exponential',
] as const;

export type ElementwiseName = (typeof ELEMENTWISE)[number];

export const isElementwise = (name: string): name is ElementwiseName =>
  (ELEMENTWISE as readonly string[]).includes(name);

/** What assembly/elementwise.ts calls it. */
export const elementwiseKind = (name: ElementwiseName): number => ELEMENTWISE.indexOf(name);
