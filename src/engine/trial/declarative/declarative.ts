/**
 * The declarative trainer: data and model as the config describes them. Reads the config, loads the data and the
 * backend, and trains once or once per fold; the training itself is train-compiled.ts, or else train-network.ts.
 */
import type { Backend } from '../../tensorflow/backend.js';
import { backendAttributes, backendOf, processAttributes } from '../backend-of-trial.js';
import { type Pace, TrainingCheckpoint } from '../checkpoint/training.js';
import { placeOf } from '../config-lines.js';
import { acrossFolds, type Report } from '../data/cross-validation.js';
import type { Dataset } from '../data/dataset.js';
import { loadData } from '../data/load.js';
import { hasValidation } from '../data/schema.js';
import { FatalTrainingError } from '../fatal-error.js';
import type { Metrics, Session } from '../session.js';
import { disposingTensors } from '../tensors.js';
import { Turns } from '../turns.js';
import { validationOutcome, writeValidation } from '../validation-file.js';
import { checkMetrics } from './check-metrics.js';
import { type CompiledShape, compiledShape } from './compiled-shape.js';
import type { FusedStep } from './optimizers/optimizer.js';
import { readDeclarativeConfig } from './schema.js';
import { trainCompiled } from './train-compiled.js';
import { trainNetwork } from './train-network.js';

/** Optimizer steps in one pass: on the embedded backend alone, and loaded with it. */
async function fusedStep({ kind }: Backend): Promise<FusedStep | undefined> {
  if (kind !== 'embedded') return undefined;
  return (await import('../../tensorflow/optimizers/fused-update.js')).fusedUpdate;
}

const turns = new Turns();
/** Trials of this process that are under way. */
let underWay = 0;

/**
 * Trains the model of a declarative config, going on where an interrupted attempt at the trial stopped.
 * @throws FatalTrainingError for what is wrong with config or data
 */
export async function trainDeclarative(session: Session, pace?: Pace): Promise<Metrics> {
  underWay++;
  try {
    return await train(session, pace);
  } finally {
    underWay--;
  }
}

async function train(session: Session, pace: Pace | undefined): Promise<Metrics> {
  const { spec } = session;
  const config = readDeclarativeConfig(spec.config, spec.configFile, spec.configText);
  checkMetrics(spec, config.model.task, hasValidation(config.data));
  const data = await loadData(session, config.data, config.model.task, config.seed ?? 0);
  const backend = await backendOf(session);
  const { tf } = backend;
  const seed = config.seed ?? spec.seed;
  const choose = (dataset: Dataset): CompiledShape =>
    backend.kind === 'embedded'
      ? compiledShape(config, dataset)
      : { kind: 'general', reason: `the ${backend.kind} backend` };
  const chosen = choose(await data.dataset(0));
  const shares = chosen.kind === 'compiled' && data.folds === 1;
  const dependsOn = [data.attributes, backend.kind, backend.versions, chosen.kind];
  const checkpoint = await TrainingCheckpoint.open(session, dependsOn, pace);
  const { resumed } = checkpoint;
  session.started({
    ...processAttributes(seed),
    ...backendAttributes(backend),
    ...data.attributes,
    steps: chosen.kind,
    ...(chosen.kind === 'general' && { notCompiled: chosen.reason }),
    ...(shares && underWay > 1 && { fused: underWay }),
    ...(resumed && {
      resumedFrom: { epoch: resumed.epoch, ...(data.folds > 1 && { fold: resumed.fold + 1 }) },
    }),
  });
  await checkpoint.replay(data.folds);
  if (resumed && session.shouldStop && data.folds === 1) return resumed.metrics;

  const fused = await fusedStep(backend);
  const complain = (path: readonly (string | number)[], message: string): never => {
    throw new FatalTrainingError(`${placeOf(spec.configFile, spec.configText, path)}${message}`);
  };
  const report =
    (said: Report): Report =>
    async (epoch, reported) => {
      const stop = await said(epoch, reported);
      if (stop) await checkpoint.flush();
      return stop;
    };
  const common = { tf, config, seed, objective: spec.metric, complain };
  let lastValidated: { readonly scores: Float32Array; readonly dataset: Dataset } | undefined;
  const trainOne = (dataset: Dataset, said: Report, fold: number): Promise<Metrics> => {
    session.check();
    const validated = (scores: Float32Array): void => {
      lastValidated = { scores, dataset };
    };
    const request = { ...common, dataset, store: checkpoint.store(fold), report: report(said), validated };
    const steps = choose(dataset);
    return steps.kind === 'compiled'
      ? trainCompiled({ ...request, plan: steps, check: () => session.check() })
      : disposingTensors(tf, () => trainNetwork({ ...request, fused }));
  };
  const work = () => acrossFolds(session, data, trainOne);
  const metrics = await (shares ? turns.shared(work) : turns.alone(work));
  if (!session.shouldStop) await checkpoint.remove();
  const seen = lastValidated;
  if (seen && data.folds === 1 && !session.shouldStop) {
    await writeValidation(spec.folder, validationOutcome(seen.scores, seen.dataset));
  }
  return metrics;
}
