/**
 * The inner loops of training in AssemblyScript, compiled to WebAssembly with SIMD at build time. They work on the heap of
 * the TensorFlow.js backend: every pointer is a byte offset in it, every array holds float32, every count is in numbers
 * unless it says bytes. Nothing is allocated here and nothing checked: the callers in kernels/ and optimizers/ do both.
 * Multiplications and additions keep one order, so a result has the same bits on every machine.
 */
export * from './elementwise';
export * from './gradients';
export * from './lstm';
export * from './matrices';
export * from './normalization';
export * from './optimizers';
export * from './pooling';
export * from './products';
