/**
 * The LSTM layer over all its time steps as one operation, forward and back (back-propagation through time), where
 * TensorFlow.js takes some thirty operations for each step. Only for the usual form (tanh, sigmoid or hard sigmoid gates, zero
 * initial state, no mask, no dropout inside) on the embedded backend; otherwise the layer does what it always did.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  customGrad,
  engine,
  slice,
  squeeze,
  type Tensor,
  type TensorInfo,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { matrixProduct, transposeAProduct } from '../kernels/mat-mul.js';
import { allocate, floats, replaceKernels, reshaped } from '../kernels/support.js';
import { address, trainingMath } from '../training-math.js';

const FORWARD = 'SweetspotLstm';
const GRADIENT = 'SweetspotLstmGradient';

interface Attrs {
  readonly isHard: boolean;
}

interface Sizes {
  readonly batch: number;
  readonly steps: number;
  readonly features: number;
  readonly units: number;
}

function sizesOf(x: TensorInfo, recurrent: TensorInfo): Sizes {
  const [batch, steps, features] = x.shape as [number, number, number];
  return { batch, steps, features, units: recurrent.shape[0]! };
}

/** rows(to) += rows(from) · panels, for the rows of one time step of each sample. */
function addStepProduct(
  backend: BackendWasm,
  from: number,
  fromStep: number,
  k: number,
  panels: number,
  to: number,
  toStep: number,
  batch: number,
  n: number,
): void {
  trainingMath(backend).convolve(
    from,
    0,
    0,
    fromStep,
    1,
    1,
    0,
    1,
    k,
    panels,
    0,
    1,
    0,
    to,
    0,
    0,
    toStep,
    1,
    1,
    batch,
    n,
  );
}

interface ForwardInputs {
  readonly x: TensorInfo;
  readonly kernel: TensorInfo;
  readonly recurrent: TensorInfo;
  readonly bias: TensorInfo;
}

/** @returns h and c [batch, steps, units], gates [batch · steps, 4 · units] */
function forward(backend: BackendWasm, inputs: ForwardInputs, { isHard }: Attrs): TensorInfo[] {
  const { x, kernel, recurrent, bias } = inputs;
  const { batch, steps, features, units } = sizesOf(x, recurrent);
  const math = trainingMath(backend);
  const gates = matrixProduct(backend, reshaped(x, [batch * steps, features]), kernel, { bias });
  const h = allocate(backend, [batch, steps, units]);
  const c = allocate(backend, [batch, steps, units]);
  const panels = allocate(backend, [units * Math.ceil(units / 2) * 8]);
  const weights = address(backend, panels);
  math.pack(address(backend, recurrent), weights, units, 4 * units);
  const [atH, atC, atZ] = [h, c, gates].map((info) => address(backend, info)) as [number, number, number];
  const row = units * 4;
  const step = steps * row;
  for (let t = 0; t < steps; t++) {
    const z = atZ + t * row * 4;
    if (t > 0) {
      addStepProduct(backend, atH + (t - 1) * row, step, units, weights, z, step * 4, batch, 4 * units);
    }
    const before = t > 0 ? atC + (t - 1) * row : 0;
    math.lstmStep(z, before, atC + t * row, atH + t * row, step, batch, units, isHard ? 1 : 0);
  }
  backend.disposeData(panels.dataId);
  return [h, c, gates];
}

interface GradientInputs extends ForwardInputs {
  readonly h: TensorInfo;
  readonly c: TensorInfo;
  readonly gates: TensorInfo;
  /** [batch, steps, units], or [batch, units] of the last step alone. */
  readonly dy: TensorInfo;
}

/** dz [batch · steps, 4 · units], the gradient of the sums before the gates. */
function gateGradients(backend: BackendWasm, inputs: GradientInputs, isHard: boolean): TensorInfo {
  const { x, recurrent, h, c, gates, dy } = inputs;
  const { batch, steps, units } = sizesOf(x, recurrent);
  const math = trainingMath(backend);
  const dz = allocate(backend, gates.shape);
  const dh = allocate(backend, [batch, units]);
  const dc = allocate(backend, [batch, units]);
  const panels = allocate(backend, [4 * units * Math.ceil(units / 8) * 8]);
  const weights = address(backend, panels);
  math.packTransposed(address(backend, recurrent), weights, 4 * units, units);
  floats(backend, dc).fill(0);
  const above = floats(backend, dy);
  const hidden = floats(backend, dh);
  const isSequence = dy.shape.length === h.shape.length;
  const [atC, atGates, atDz, atDh] = [c, gates, dz, dh].map((info) => address(backend, info)) as [
    number,
    number,
    number,
    number,
  ];
  const row = units * 4;
  const step = steps * row;
  for (let t = steps - 1; t >= 0; t--) {
    if (isSequence) {
      for (let b = 0; b < batch; b++) {
        const from = (b * steps + t) * units;
        hidden.set(above.subarray(from, from + units), b * units);
      }
    } else if (t === steps - 1) hidden.set(above);
    else hidden.fill(0);
    if (t < steps - 1) {
      const next = atDz + (t + 1) * row * 4;
      addStepProduct(backend, next, step * 4, 4 * units, weights, atDh, row, batch, units);
    }
    math.lstmStepGradient(
      atGates + t * row * 4,
      t > 0 ? atC + (t - 1) * row : 0,
      atC + t * row,
      atDh,
      address(backend, dc),
      atDz + t * row * 4,
      step,
      batch,
      units,
      isHard ? 1 : 0,
    );
  }
  for (const info of [dh, dc, panels]) backend.disposeData(info.dataId);
  return dz;
}

/** @returns gradients of x, kernel, recurrent kernel and bias */
function gradient(backend: BackendWasm, inputs: GradientInputs, { isHard }: Attrs): TensorInfo[] {
  const { x, kernel, recurrent, h } = inputs;
  const { batch, steps, features, units } = sizesOf(x, recurrent);
  const math = trainingMath(backend);
  const dz = gateGradients(backend, inputs, isHard);
  const dRecurrent = allocate(backend, recurrent.shape);
  const dBias = allocate(backend, [4 * units]);
  floats(backend, dRecurrent).fill(0);
  const row = units * 4;
  // Of each sample, the steps before the last with the steps after the first.
  math.addWeightGradient(
    address(backend, h),
    steps * row,
    row,
    address(backend, dz) + row * 4,
    steps * row * 4,
    row * 4,
    batch,
    steps - 1,
    address(backend, dRecurrent),
    units,
    4 * units,
  );
  math.columnSums(address(backend, dz), address(backend, dBias), batch * steps, 4 * units);
  const dKernel = transposeAProduct(backend, reshaped(x, [batch * steps, features]), dz);
  const dx = matrixProduct(backend, dz, kernel, { transposeB: true });
  backend.disposeData(dz.dataId);
  return [reshaped(dx, x.shape), dKernel, dRecurrent, dBias];
}

/** x [batch, steps, features] to [batch, steps, units], or [batch, units] of the last step. */
function lstm(
  x: Tensor,
  weights: readonly [Tensor, Tensor, Tensor],
  isHard: boolean,
  isSequence: boolean,
): Tensor {
  const operation = customGrad((...given) => {
    const [input, kernel, recurrent, bias] = given as Tensor[] as [Tensor, Tensor, Tensor, Tensor];
    const save = given.at(-1) as unknown as (tensors: Tensor[]) => void;
    const inputs = { x: input, kernel, recurrent, bias };
    const [h, c, gates] = engine().runKernel(FORWARD, inputs, { isHard }) as Tensor[] as [
      Tensor,
      Tensor,
      Tensor,
    ];
    save([input, kernel, recurrent, bias, h, c, gates]);
    const [, steps] = input.shape as [number, number];
    return {
      value: isSequence ? h : squeeze(slice(h, [0, steps - 1, 0], [-1, 1, -1]), [1]),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const names = ['x', 'kernel', 'recurrent', 'bias', 'h', 'c', 'gates'];
        const entries = names.map((name, i) => [name, saved[i]!] as const);
        return engine().runKernel(GRADIENT, { dy, ...Object.fromEntries(entries) }, { isHard }) as Tensor[];
      },
    };
  });
  return operation(x, ...weights);
}

interface Weight {
  read(): Tensor;
}

interface LayerFields {
  readonly cell: {
    readonly kernel: Weight;
    readonly recurrentKernel: Weight;
    readonly bias: Weight | null;
    readonly dropout: number;
    readonly recurrentDropout: number;
    readonly activation: { getClassName(): string };
    readonly recurrentActivation: { getClassName(): string };
  };
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly stateful: boolean;
  readonly goBackwards: boolean;
}

interface Arguments {
  readonly mask?: unknown;
  readonly training?: boolean;
  readonly initialState?: unknown;
}

function isUsual({ cell, ...layer }: LayerFields, { mask, training, initialState }: Arguments): boolean {
  const drops = training && (cell.dropout > 0 || cell.recurrentDropout > 0);
  return (
    engine().backendName === 'wasm' &&
    mask == null &&
    initialState == null &&
    !drops &&
    !layer.returnState &&
    !layer.stateful &&
    !layer.goBackwards &&
    cell.activation.getClassName() === 'tanh' &&
    ['sigmoid', 'hardSigmoid'].includes(cell.recurrentActivation.getClassName())
  );
}

/** Call once per process. */
export function fuseLstm(): void {
  replaceKernels<ForwardInputs, Attrs>(FORWARD, ({ inputs, attrs, backend }) =>
    forward(backend, inputs, attrs),
  );
  replaceKernels<GradientInputs, Attrs>(GRADIENT, ({ inputs, attrs, backend }) =>
    gradient(backend, inputs, attrs),
  );

  interface Prototype {
    call(inputs: Tensor | Tensor[], kwargs: Arguments | null): Tensor | Tensor[];
  }
  const prototype = Object.getPrototypeOf(layers.lstm({ units: 1 })) as Prototype;
  const stock = prototype.call;
  prototype.call = function call(this: LayerFields & Prototype, inputs, kwargs) {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    const isSole = !Array.isArray(inputs) || inputs.length === 1;
    if (!isSole || x?.rank !== 3 || x.dtype !== 'float32' || !isUsual(this, kwargs ?? {})) {
      return stock.call(this, inputs, kwargs);
    }
    return tidy(() => {
      const { kernel, recurrentKernel, bias, recurrentActivation } = this.cell;
      const recurrent = recurrentKernel.read();
      const weights = [kernel.read(), recurrent, bias?.read() ?? zeros([recurrent.shape[1]!])] as const;
      return lstm(x, weights, recurrentActivation.getClassName() === 'hardSigmoid', this.returnSequences);
    });
  };
}
