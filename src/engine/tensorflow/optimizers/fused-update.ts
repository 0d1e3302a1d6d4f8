/**
 * One optimizer step of one weight as a single pass over the heap of the embedded backend, where plain TensorFlow.js takes
 * a dozen operations with a tensor each. Any optimizer may use it and falls back on plain operations where it says no:
 * on other backends. How optimizers of TensorFlow.js itself use it is stock-optimizers.ts.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { engine, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { address, type TrainingMath, trainingMath } from '../training-math.js';

interface Common {
  readonly rate: number;
  /** What the old weight is multiplied with, such as 1 − rate · λ for decoupled weight decay; 1 without it. */
  readonly kept?: number | undefined;
}

/** The formulas are those of assembly/optimizers.ts; `slots` are what the optimizer keeps for this weight, in that order. */
export type FusedUpdate =
  | (Common & { readonly kind: 'sgd' })
  | (Common & {
      readonly kind: 'momentum';
      readonly momentum: number;
      readonly nesterov: boolean;
      readonly slots: readonly [velocity: Variable];
    })
  | (Common & {
      readonly kind: 'adam';
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      /** Number of this step, from 1. */
      readonly t: number;
      readonly slots: readonly [first: Variable, second: Variable];
    })
  | (Common & {
      readonly kind: 'adamax';
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      readonly t: number;
      readonly slots: readonly [first: Variable, largest: Variable];
    })
  | (Common & {
      readonly kind: 'lion';
      readonly beta1: number;
      readonly beta2: number;
      readonly slots: readonly [first: Variable];
    })
  | (Common & {
      readonly kind: 'rmsprop';
      readonly decay: number;
      readonly momentum: number;
      readonly epsilon: number;
      /** With the third one it is centered. */
      readonly slots: readonly [meanSquare: Variable, velocity: Variable, mean?: Variable];
    })
  | (Common & {
      readonly kind: 'adagrad';
      readonly epsilon: number;
      readonly slots: readonly [squares: Variable];
    })
  | (Common & {
      readonly kind: 'adadelta';
      readonly decay: number;
      readonly epsilon: number;
      readonly slots: readonly [meanSquare: Variable, updates: Variable];
    });

type WithoutSlots<T> = T extends unknown ? Omit<T, 'slots'> : never;
/** A step without saying where its state lies. */
export type FusedRule = WithoutSlots<FusedUpdate>;

const slotsOf = (update: FusedUpdate): readonly Variable[] => {
  const slots: readonly (Variable | undefined)[] = update.kind === 'sgd' ? [] : update.slots;
  return slots.filter((slot) => slot !== undefined);
};

/** A tensor may share its numbers with others (clones, reshapes): then the variable gets numbers of its own first. */
function makeSole(backend: BackendWasm, variable: Variable): void {
  if (backend.refCount(variable.dataId) === 1) return;
  const numbers = backend.typedArrayFromHeap(variable).slice();
  const copy = engine().makeTensor(numbers, variable.shape, variable.dtype) as Tensor;
  variable.assign(copy);
  copy.dispose();
}

/** XNNPACK keeps weights packed by tensor: makes it forget those of one whose numbers were changed in place. */
function forgetPacked(backend: BackendWasm, variable: Variable): void {
  const { id, memoryOffset } = backend.dataIdMap.get(variable.dataId);
  backend.wasm.tfjs.disposeData(id);
  backend.wasm.tfjs.registerTensor(id, variable.size, memoryOffset);
}

/** The step of `size` numbers at the addresses of weight, gradient and state, in the order of FusedUpdate's slots. */
export function stepInPlace(
  math: TrainingMath,
  w: number,
  g: number,
  size: number,
  update: FusedRule,
  slots: readonly number[],
): void {
  const { rate, kept = 1 } = update;
  const own = [...slots, g, size, kept, rate] as const;
  switch (update.kind) {
    case 'sgd':
      math.gradientStep(w, ...own);
      return;
    case 'momentum':
      math.momentumStep(w, ...own, update.momentum, update.nesterov ? 1 : 0);
      return;
    case 'adam': {
      const { beta1, beta2, epsilon, t } = update;
      const corrections = [1 - beta1, 1 - beta2, 1 - beta1 ** t, 1 - beta2 ** t];
      math.adamStep(w, ...own, beta1, beta2, ...corrections, epsilon);
      return;
    }
    case 'adamax': {
      const { beta1, beta2, epsilon, t } = update;
      const corrected = rate / (1 - beta1 ** t);
      math.adamaxStep(w, ...slots, g, size, kept, corrected, beta1, beta2, 1 - beta1, epsilon);
      return;
    }
    case 'lion': {
      const { beta1, beta2 } = update;
      math.lionStep(w, ...own, beta1, beta2, 1 - beta1, 1 - beta2);
      return;
    }
    case 'rmsprop': {
      const { decay, momentum, epsilon } = update;
      const [meanSquare, velocity, mean = 0] = slots as [number, number, number?];
      const state = [meanSquare, velocity, mean];
      math.rmspropStep(w, ...state, g, size, kept, rate, decay, 1 - decay, momentum, epsilon);
      return;
    }
    case 'adagrad':
      math.adagradStep(w, ...own, update.epsilon);
      return;
    case 'adadelta':
      math.adadeltaStep(w, ...own, update.decay, 1 - update.decay, update.epsilon);
      return;
    default:
      update satisfies never;
  }
}

/** The embedded backend, where it is the active one. */
export function embeddedBackend(): BackendWasm | undefined {
  if (engine().backendName !== 'wasm') return undefined;
  return engine().backend as BackendWasm;
}

/**
 * Takes the step in place: `variable` and the slots hold the new numbers afterwards, tensors that shared the old ones keep
 * them. `gradient` is read only.
 * @returns false, with nothing done, where this is not the embedded backend or something is not float32 on it
 */
export function fusedUpdate(variable: Variable, gradient: Tensor, update: FusedUpdate): boolean {
  const backend = embeddedBackend();
  if (!backend) return false;
  const slots = slotsOf(update);
  const written = [variable, ...slots];
  const isOurs = (tensor: Tensor): boolean =>
    tensor.dtype === 'float32' && tensor.size === variable.size && backend.dataIdMap.has(tensor.dataId);
  if (!isOurs(gradient) || !written.every(isOurs)) return false;

  for (const tensor of written) makeSole(backend, tensor);
  const addresses = slots.map((slot) => address(backend, slot));
  stepInPlace(
    trainingMath(backend),
    address(backend, variable),
    address(backend, gradient),
    variable.size,
    update,
    addresses,
  );
  forgetPacked(backend, variable);
  return true;
}
