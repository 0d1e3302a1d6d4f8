/**
 * UnsortedSegmentSum, which the WebAssembly backend lacks: rows of x are added up by their segment number. It is the
 * gradient of gather, hence of embeddings. Rows whose number is outside [0, numSegments) are dropped, as TensorFlow does.
 */
import type { TensorInfo, UnsortedSegmentSumAttrs, UnsortedSegmentSumInputs } from '@tensorflow/tfjs-core';
import { replaceKernel } from './support.js';

export function addUnsortedSegmentSum(): void {
  replaceKernel<UnsortedSegmentSumInputs, UnsortedSegmentSumAttrs>(
    'UnsortedSegmentSum',
    ({ inputs, attrs, backend }) => {
      const x = inputs.x as TensorInfo;
      const segmentIds = inputs.segmentIds as TensorInfo;
      const { numSegments } = attrs;
      const rowShape = x.shape.slice(segmentIds.shape.length);
      const rowSize = rowShape.reduce((product, size) => product * size, 1);
      const result = backend.makeOutput([numSegments, ...rowShape], x.dtype);
      const rows = backend.typedArrayFromHeap(x);
      const ids = backend.typedArrayFromHeap(segmentIds);
      const sums = backend.typedArrayFromHeap(result).fill(0);
      for (let row = 0; row < ids.length; row++) {
        const segment = ids[row]!;
        if (segment < 0 || segment >= numSegments) continue;
        for (let i = 0; i < rowSize; i++) sums[segment * rowSize + i]! += rows[row * rowSize + i]!;
      }
      return result;
    },
  );
}
