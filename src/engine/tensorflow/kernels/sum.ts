/**
 * Sum over the leading axes: the gradient of every bias. The shipped kernel transposes first, since it can only add up
 * along the last axes; adding rows to one another needs no transposition.
 */
import { type SumAttrs, type SumInputs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { address, trainingMath } from '../training-math.js';
import { allocate, kernelOf, replaceKernel, sizeOf } from './support.js';

export function replaceSum(): void {
  const shipped = kernelOf<SumInputs, SumAttrs>('Sum');

  replaceKernel<SumInputs, SumAttrs>('Sum', (args) => {
    const { inputs, attrs, backend } = args;
    const x = inputs.x as TensorInfo;
    const axes = util.parseAxisParam(attrs.axis, x.shape).sort((a, b) => a - b);
    const isLeading = axes.every((axis, i) => axis === i);
    if (x.dtype !== 'float32' || !isLeading || axes.length === 0 || axes.length === x.shape.length) {
      return shipped(args);
    }
    const rows = sizeOf(x.shape.slice(0, axes.length));
    const kept = x.shape.slice(axes.length);
    const sums = allocate(backend, attrs.keepDims ? [...axes.map(() => 1), ...kept] : kept);
    trainingMath(backend).columnSums(address(backend, x), address(backend, sums), rows, sizeOf(kept));
    return sums;
  });
}
