/**
 * Keeps a worker that serves many trials small. V8 lets garbage lie while the machine has memory to spare, but here one such
 * process runs per core. Not for what trials leave on the TensorFlow backend, which tensors.ts frees.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes of new garbage that a collection is worth. */
const WORTH = 8e6;

let collect: (() => void) | undefined;
let used = 0;

/** Between two trials: collects where enough has come together since the last time. Takes some 10 ms then. */
export function collectGarbage(): void {
  if (process.memoryUsage().heapUsed - used < WORTH) return;
  if (!collect) {
    // The only way to ask for a collection without a flag on the command line.
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  used = process.memoryUsage().heapUsed;
}
