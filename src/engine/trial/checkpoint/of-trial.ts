/**
 * `trial.checkpoint` of a training module: weights, optimizer and step of a model in the trial's folder. Chance begins
 * anew at each one, from seed and step, so that a training that goes on gives the bits of one that never stopped.
 */
import type { Optimizer, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { JsonObject } from '../../../core/json.js';
import { derivedSeed } from '../../../core/random.js';
import type { TensorFlow } from '../../tensorflow/backend.js';
import { seedMathRandom } from '../../tensorflow/random.js';
import type { Reported, Session } from '../session.js';
import type { Checkpoint } from '../user-api.js';
import { type NamedArray, readCheckpoint, writeCheckpoint } from './file.js';
import { checkpointKey, checkpointPath } from './key.js';

/** How tfjs' optimizers keep what they remember of each weight. */
interface Slot {
  readonly originalName: string;
  readonly variable: Variable;
}

interface Notes {
  readonly key: string;
  readonly step: number;
  readonly reported: readonly Reported[];
  readonly iterations: number;
  /** Names of the weights that each list of slots is about. */
  readonly slotNames: Readonly<Record<string, readonly string[]>>;
  readonly notes: JsonObject;
}

type State = Record<string, unknown> & { iterations_?: number };

const isSlots = (value: unknown): value is Slot[] =>
  Array.isArray(value) &&
  value.every(
    (item) => typeof item === 'object' && item !== null && 'variable' in item && 'originalName' in item,
  );

const toArray = async (name: string, tensor: Tensor): Promise<NamedArray> => {
  const values = await tensor.data();
  return {
    name,
    shape: tensor.shape,
    values: values instanceof Float32Array ? values : Int32Array.from(values),
  };
};

/** Lists of slots and single variables, by the name of the field: not getWeights(), which Adamax lacks and Adam rounds. */
function stateOf(
  tf: TensorFlow,
  optimizer: Optimizer,
): { slots: [string, Slot[]][]; variables: [string, Variable][] } {
  const fields = Object.entries(optimizer as unknown as State);
  return {
    slots: fields.filter((field): field is [string, Slot[]] => isSlots(field[1])),
    variables: fields.filter((field): field is [string, Variable] => field[1] instanceof tf.Variable),
  };
}

async function arraysOf(tf: TensorFlow, model: LayersModel): Promise<readonly NamedArray[]> {
  const arrays = model.getWeights().map((weight, i) => toArray(`weights.${i}`, weight));
  // Absent in a model that is not compiled.
  const optimizer = model.optimizer as Optimizer | undefined;
  if (optimizer) {
    const { slots, variables } = stateOf(tf, optimizer);
    for (const [name, list] of slots) {
      arrays.push(...list.map(({ variable }, i) => toArray(`optimizer.${name}.${i}`, variable)));
    }
    arrays.push(...variables.map(([name, variable]) => toArray(`optimizer.${name}`, variable)));
  }
  return Promise.all(arrays);
}

const tensorOf = (tf: TensorFlow, { shape, values }: NamedArray): Tensor =>
  tf.tensor(values, [...shape], values instanceof Float32Array ? 'float32' : 'int32');

function restoreOptimizer(
  tf: TensorFlow,
  optimizer: Optimizer,
  { slotNames, iterations }: Notes,
  arrays: ReadonlyMap<string, NamedArray>,
): void {
  const state = optimizer as unknown as State;
  for (const [name, weights] of Object.entries(slotNames)) {
    state[name] = weights.map((originalName, i): Slot => {
      const saved = arrays.get(`optimizer.${name}.${i}`)!;
      return { originalName, variable: tf.tidy(() => tensorOf(tf, saved).variable(false)) };
    });
  }
  for (const [name, variable] of stateOf(tf, optimizer).variables) {
    const saved = arrays.get(`optimizer.${name}`);
    if (saved) tf.tidy(() => variable.assign(tensorOf(tf, saved)));
  }
  // Absent until the first step.
  state.iterations_ = iterations;
}

export function checkpointOf(tf: TensorFlow, session: Session): Checkpoint {
  const path = checkpointPath(session);
  const key = checkpointKey(session, tf.getBackend());
  const beginChanceAnew = (step: number): void =>
    seedMathRandom(derivedSeed('checkpoint', session.spec.seed, step));
  return {
    save: async (model, notes = {}) => {
      const step = session.lastStep;
      const optimizer = model.optimizer as Optimizer | undefined;
      const slots = optimizer ? stateOf(tf, optimizer).slots : [];
      const written: Notes = {
        key,
        step,
        reported: [...session.reported],
        iterations: optimizer?.iterations ?? 0,
        slotNames: Object.fromEntries(
          slots.map(([name, list]) => [name, list.map((slot) => slot.originalName)]),
        ),
        notes,
      };
      await writeCheckpoint(path, { notes: written, arrays: await arraysOf(tf, model) });
      beginChanceAnew(step);
    },
    restore: async (model) => {
      const file = await readCheckpoint(path);
      const saved = file?.notes as Notes | undefined;
      if (!file || saved?.key !== key || session.lastStep > 0) return undefined;
      const arrays = new Map(file.arrays.map((array) => [array.name, array]));
      const weights = model.getWeights();
      const fits = weights.every(
        (weight, i) => arrays.get(`weights.${i}`)?.shape.join() === weight.shape.join(),
      );
      if (!fits) return undefined;
      tf.tidy(() => model.setWeights(weights.map((_, i) => tensorOf(tf, arrays.get(`weights.${i}`)!))));
      const optimizer = model.optimizer as Optimizer | undefined;
      if (optimizer) restoreOptimizer(tf, optimizer, saved, arrays);
      await session.replay(saved.reported);
      beginChanceAnew(saved.step);
      return { step: saved.step, notes: saved.notes };
    },
  };
}
