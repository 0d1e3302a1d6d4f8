/** Makes the WebAssembly backend able to train: registers what it lacks and replaces what it does wrong or slowly. */
import { replaceConv2D } from './conv2d.js';
import { addConv2DFilterGradient } from './conv2d-filter-gradient.js';
import { replaceConv2DInputGradient } from './conv2d-input-gradient.js';
import { addDepthwiseGradients } from './depthwise-gradients.js';
import { replaceBatchMatMul } from './mat-mul.js';
import { replacePoolGradients } from './pool-gradients.js';
import { addUnsortedSegmentSum } from './segment-sum.js';
import { replaceSum } from './sum.js';

/** Call once per process, after the backend's own kernels are registered. */
export function installTrainingKernels(): void {
  replaceBatchMatMul();
  replaceConv2D();
  addConv2DFilterGradient();
  replaceConv2DInputGradient();
  addDepthwiseGradients();
  addUnsortedSegmentSum();
  replacePoolGradients();
  replaceSum();
}
