/**
 * Where `maskZero` of an embedding makes sense: in front of recurrent layers, which pass over the zeros that pad short
 * texts (Keras' masking). Other layers have no way to leave a step out, and are refused rather than fed the padding.
 */
import type { LayerConfig } from '../schema/layers.js';

const RECURRENT = new Set<LayerConfig['type']>(['lstm', 'gru', 'simpleRnn']);

/**
 * What is wrong with a masking embedding in front of these layers; undefined where it works.
 * @param givesSteps whether the recurrent layer at this index gives every step rather than the last
 */
export function maskProblem(
  after: readonly LayerConfig[],
  givesSteps: (index: number) => boolean,
): string | undefined {
  const remedy = 'maskZero goes with lstm, gru and simpleRnn directly behind the embedding';
  const [next] = after;
  if (!next || !RECURRENT.has(next.type)) {
    return `${remedy}, but ${next ? next.type : 'no layer'} follows. Remove maskZero, or put a recurrent layer there.`;
  }
  const end = after.findIndex(({ type }) => !RECURRENT.has(type));
  const last = (end < 0 ? after.length : end) - 1;
  if (!givesSteps(last)) return undefined;
  return `${remedy}, of which the last must not give every step. Remove maskZero, or returnSequences and what needs it (${after[last + 1]?.type ?? 'the end of the list'}).`;
}
