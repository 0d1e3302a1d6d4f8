/** The module trainer: runs the user's `export default async function train(config, trial)`. */
import { access } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { seedMathRandom } from '../../tensorflow/random.js';
import { backendAttributes, backendOf, processAttributes } from '../backend-of-trial.js';
import { placeOfSetting } from '../config-lines.js';
import { FatalTrainingError } from '../fatal-error.js';
import { type Metrics, type Session, toMetrics } from '../session.js';
import { disposingTensors } from '../tensors.js';
import { TENSORFLOW } from './compile.js';
import { type Compile, compiledFile } from './compiled-file.js';
import { createTrial, StopTraining } from './trial-handle.js';

type TrainFunction = (config: unknown, trial: unknown) => unknown;

/** Modules by path: compiled and loaded once per worker, so that an edit during a sweep does not mix two versions. */
const loaded = new Map<string, Promise<TrainFunction>>();

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/** Node tells it with a stack of its own loader and the place of the compiled file, which help nobody. */
function missingPackage(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_MODULE_NOT_FOUND')
    return undefined;
  return /^Cannot find package '((?:@[^/']+\/)?[^/']+)/.exec(error.message)?.[1];
}

const placeOfTrainKey = ({ spec }: Session): string =>
  placeOfSetting(spec.configFile, spec.configText, 'train');

async function load(session: Session, path: string, compile: Compile): Promise<TrainFunction> {
  const name = relative(session.configFolder, path).replaceAll('\\', '/');
  try {
    await access(path);
  } catch {
    throw new FatalTrainingError(
      `${placeOfTrainKey(session)}there is no file "${path}" (train: in @sweep). Correct the path, which is relative to the config's folder.`,
    );
  }
  const compiled = await compiledFile(path, session.configFolder, compile);
  if (compiled.kind === 'failed')
    throw new FatalTrainingError(`${name} does not compile.\n${compiled.message}`);

  // What a module draws while loading must not depend on which trial comes first.
  seedMathRandom(0);
  let module: { default?: unknown };
  try {
    module = await import(pathToFileURL(compiled.path).href);
  } catch (error) {
    const missing = missingPackage(error);
    throw new FatalTrainingError(
      missing === undefined
        ? `${name} does not load.\n${stackOf(error)}`
        : `${name} needs the package "${missing}", which is not installed. In ${dirname(path)} run: npm install ${missing}`,
    );
  }
  if (typeof module.default !== 'function') {
    throw new FatalTrainingError(
      `${name} has no training function. Add: export default async function train(config, trial) { … }`,
    );
  }
  return module.default as TrainFunction;
}

/** What TensorFlow.js says of a tensor that the end of an earlier trial disposed. */
function explained(error: unknown): unknown {
  if (error instanceof Error && /(Tensor|LayersVariable).* (is|already) disposed/.test(error.message)) {
    error.message +=
      ' Tensors of a trial are disposed when it ends; give tf.keep() those to use in later ones.';
  }
  return error;
}

/**
 * @param file as the config names it
 * @throws FatalTrainingError where the module is missing, does not compile or load, or exports no function; what
 *   train() throws comes through as it is, its stack in the user's own lines
 */
export async function trainModule(session: Session, file: string, compile: Compile): Promise<Metrics> {
  const { spec } = session;
  const path = resolve(session.configFolder, file);
  const backend = await backendOf(session);
  const { tf } = backend;
  Object.assign(globalThis, { [TENSORFLOW]: tf });

  let loading = loaded.get(path);
  if (!loading) {
    loading = load(session, path, compile);
    loaded.set(path, loading);
    loading.catch(() => loaded.delete(path));
  }
  const train = await loading;
  session.started({ ...processAttributes(spec.seed), ...backendAttributes(backend) });

  return disposingTensors(tf, async () => {
    seedMathRandom(spec.seed);
    try {
      const result = await train(structuredClone(spec.config), createTrial(tf, session));
      await session.settled();
      return result === undefined || result === null
        ? {}
        : toMetrics(result, spec.metric, 'What train() returned');
    } catch (error) {
      if (error instanceof StopTraining) return {};
      throw explained(error);
    }
  });
}
