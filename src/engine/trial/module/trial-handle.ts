/** The `trial` object that a user's train() is given. */
import { mkdirSync } from 'node:fs';
import { format } from 'node:util';
import { outcomeOfRows } from '../../../core/study/validation-outcome.js';
import type { TensorFlow } from '../../tensorflow/backend.js';
import { checkpointOf } from '../checkpoint/of-trial.js';
import type { Session } from '../session.js';
import type { Trial } from '../user-api.js';
import { writeValidation } from '../validation-file.js';

/** Thrown into a training that goes on reporting after it was told to stop. Not a failure. */
export class StopTraining extends Error {
  override readonly name = 'StopTraining';
  constructor() {
    super('This trial was told to stop. Ask trial.shouldStop() after each report to end it yourself.');
  }
}

/** tfjs-layers' short names for what we call by its full one. */
const FULL_NAMES: Readonly<Record<string, string>> = { acc: 'accuracy', val_acc: 'val_accuracy' };

/** tfjs tells only callbacks of its own class which model they serve, and those resolve the logs to numbers. */
function kerasCallback(tf: TensorFlow, session: Session): ReturnType<Trial['callback']> {
  let fitted: { stopTraining: boolean } | undefined;
  class ModelAware extends tf.CustomCallback {
    override setModel(model: unknown): void {
      fitted = model as { stopTraining: boolean };
    }
  }
  return new ModelAware({
    onEpochEnd: async (_epoch, logs = {}) => {
      const metrics = Object.entries(logs).map(([name, value]) => [FULL_NAMES[name] ?? name, value] as const);
      const stop = await session.report(session.lastStep + 1, Object.fromEntries(metrics));
      if (stop && fitted) fitted.stopTraining = true;
    },
  });
}

export function createTrial(tf: TensorFlow, session: Session): Trial {
  const { spec } = session;
  return {
    number: spec.trial,
    params: spec.params,
    seed: spec.seed,
    get folder() {
      mkdirSync(spec.folder, { recursive: true });
      return spec.folder;
    },
    tf,
    report: async (step, metrics) => {
      if (session.shouldStop) throw new StopTraining();
      await session.report(step, metrics);
    },
    shouldStop: () => session.shouldStop,
    callback: () => kerasCallback(tf, session),
    checkpoint: checkpointOf(tf, session),
    validation: async (rows) => {
      const outcome = outcomeOfRows(rows);
      if (typeof outcome === 'string') throw new TypeError(`What trial.validation() was given ${outcome}.`);
      await writeValidation(spec.folder, outcome);
    },
    log: (...values) => {
      process.stdout.write(`${format(...values)}\n`);
    },
  };
}
