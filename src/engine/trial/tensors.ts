/** Frees what a trial leaves behind on the TensorFlow backend, so that a worker can serve many. */
import type { TensorFlow } from '../tensorflow/backend.js';

/**
 * Runs `work`, then disposes the tensors and variables (weights, optimizer state) made in it, also when it throws.
 * Tensors given to `tf.keep` stay.
 */
export async function disposingTensors<T>(tf: TensorFlow, work: () => Promise<T>): Promise<T> {
  const engine = tf.engine();
  const before = new Set(Object.keys(engine.registeredVariables));
  engine.startScope('trial');
  try {
    return await work();
  } finally {
    engine.endScope();
    for (const [name, variable] of Object.entries(engine.registeredVariables)) {
      if (!before.has(name)) variable.dispose();
    }
  }
}
