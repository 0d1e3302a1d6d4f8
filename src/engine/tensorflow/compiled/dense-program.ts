/**
 * Training steps of a dense network compiled as a whole: a fixed sequence of calls into assembly/kernels.ts over memory laid
 * out once, without tensors, tape or dispatch. One program serves any number of networks of the same shape in turn, each
 * with weights, optimizer state and rates of its own, as arrays of trainings fused horizontally do (Wang et al.,
 * "Horizontally fused training array", MLSys 2021): what is saved on a small network is all but the arithmetic.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { allocate } from '../kernels/support.js';
import { type FusedRule, stepInPlace } from '../optimizers/fused-update.js';
import { address, type TrainingMath, trainingMath } from '../training-math.js';

export interface DenseShape {
  readonly inputs: number;
  /** Of each hidden layer. */
  readonly units: readonly number[];
  readonly outputs: number;
  /** Of the hidden layers; the output has none. */
  readonly activation: 'relu' | 'tanh' | 'sigmoid' | 'linear';
  /** On softmax of the outputs, or on the outputs themselves; its mean over rows (and outputs) is minimised. */
  readonly loss: 'crossentropy' | 'mse';
  /** Most rows of one step. */
  readonly rows: number;
}

/** What is added to the gradient of a kernel, and the largest absolute value of any gradient after that. */
export interface Penalties {
  /** λ of λ·Σ|w| and of λ·Σw². */
  readonly l1: number;
  readonly l2: number;
  readonly clipValue: number;
}

/** Kernels read and write up to 12 bytes past the end of some arrays. */
const MARGIN = 4;
/** What an optimizer keeps per weight, at most. */
const SLOTS = 2;

interface Layer {
  readonly inputs: number;
  readonly units: number;
  /** Addresses of the layer's input, output before and after dropout, and mask. */
  readonly x: number;
  readonly y: number;
  readonly dropped: number;
  readonly mask: number;
  readonly isLast: boolean;
}

/** One network: kernel and bias of each layer in turn. */
export interface DenseNetwork {
  readonly memory: TensorInfo;
  /** In numbers, kernel and bias of each layer in turn. */
  readonly sizes: readonly number[];
  readonly weights: readonly number[];
  readonly slots: readonly (readonly number[])[];
}

export class DenseProgram {
  readonly #math: TrainingMath;
  readonly #memory: TensorInfo;
  readonly #layers: readonly Layer[];
  readonly #truth: number;
  readonly #scores: number;
  /** Gradients of outputs, of inputs, and of one weight; packed weights. */
  readonly #dy: number;
  readonly #dx: number;
  readonly #dW: number;
  readonly #panels: number;

  constructor(
    private readonly backend: BackendWasm,
    readonly shape: DenseShape,
  ) {
    this.#math = trainingMath(backend);
    const { inputs, units, outputs, rows } = shape;
    const widths = [inputs, ...units, outputs];
    const widest = Math.max(...widths);
    let size = 0;
    const reserve = (count: number): number => {
      const at = size;
      size += count + MARGIN;
      return at;
    };
    const relative: Layer[] = [];
    let x = reserve(rows * inputs);
    for (const [i, width] of widths.slice(1).entries()) {
      const isLast = i === units.length;
      const y = reserve(rows * width);
      const dropped = isLast ? y : reserve(rows * width);
      const mask = isLast ? y : reserve(rows * width);
      relative.push({ inputs: widths[i]!, units: width, x, y, dropped, mask, isLast });
      x = dropped;
    }
    const truth = reserve(rows * outputs);
    const [dy, dx] = [reserve(rows * widest), reserve(rows * widest)];
    const largest = Math.max(...relative.map((layer) => layer.inputs * layer.units));
    const dW = reserve(largest);
    const panels = reserve((widest + 8) * (widest + 8));
    this.#memory = allocate(backend, [size]);
    const base = address(backend, this.#memory);
    const at = (offset: number): number => base + offset * 4;
    this.#layers = relative.map((layer) => ({
      ...layer,
      x: at(layer.x),
      y: at(layer.y),
      dropped: at(layer.dropped),
      mask: at(layer.mask),
    }));
    this.#truth = at(truth);
    this.#scores = this.#layers.at(-1)!.y;
    [this.#dy, this.#dx, this.#dW, this.#panels] = [at(dy), at(dx), at(dW), at(panels)];
  }

  #view(at: number, size: number): Float32Array {
    return new Float32Array(this.backend.typedArrayFromHeap(this.#memory).buffer, at, size);
  }

  /** To be filled before a step; valid until something is allocated. [rows, inputs] */
  inputs(rows: number): Float32Array {
    return this.#view(this.#layers[0]!.x, rows * this.shape.inputs);
  }

  /** To be filled before a step: one-hot classes or (standardised) targets. [rows, outputs] */
  truth(rows: number): Float32Array {
    return this.#view(this.#truth, rows * this.shape.outputs);
  }

  /** To be filled before a step with dropout: what the outputs of hidden layer `i` are multiplied with. */
  mask(i: number, rows: number): Float32Array {
    const { mask, units } = this.#layers[i]!;
    return this.#view(mask, rows * units);
  }

  /** What the last forward pass gave. [rows, outputs] */
  scores(rows: number): Float32Array {
    return this.#view(this.#scores, rows * this.shape.outputs);
  }

  /** @param weights kernel [inputs, units] and bias [units] of each layer in turn */
  network(weights: readonly Float32Array[]): DenseNetwork {
    const sizes = weights.map(({ length }) => length);
    const padded = sizes.map((size) => size + MARGIN);
    const total = padded.reduce((sum, size) => sum + size, 0);
    const memory = allocate(this.backend, [total * (1 + SLOTS)]);
    const base = address(this.backend, memory);
    this.backend.typedArrayFromHeap(memory).fill(0);
    const starts = (part: number): number[] => {
      let at = base + part * total * 4;
      return padded.map((size) => {
        const start = at;
        at += size * 4;
        return start;
      });
    };
    const addresses = starts(0);
    for (const [i, numbers] of weights.entries()) this.#view(addresses[i]!, sizes[i]!).set(numbers);
    const states = Array.from({ length: SLOTS }, (_, slot) => starts(slot + 1));
    return {
      memory,
      sizes,
      weights: addresses,
      slots: addresses.map((_, i) => states.map((state) => state[i]!)),
    };
  }

  /** The numbers of a network as they are now, copied. */
  weightsOf({ weights, sizes }: DenseNetwork): Float32Array[] {
    return weights.map((at, i) => this.#view(at, sizes[i]!).slice());
  }

  /** The first `count` state arrays of each weight, weight by weight, copied. */
  slotsOf({ slots, sizes }: DenseNetwork, count: number): Float32Array[] {
    return slots.flatMap((own, i) => own.slice(0, count).map((at) => this.#view(at, sizes[i]!).slice()));
  }

  /** Takes back what weightsOf and slotsOf gave. */
  restore(
    network: DenseNetwork,
    weights: readonly Float32Array[],
    slots: readonly Float32Array[],
    count: number,
  ): void {
    for (const [i, at] of network.weights.entries()) {
      const size = network.sizes[i]!;
      this.#view(at, size).set(weights[i]!);
      for (let k = 0; k < count; k++) this.#view(network.slots[i]![k]!, size).set(slots[i * count + k]!);
    }
  }

  #product(from: number, rows: number, k: number, bias: number, relu: boolean, to: number, n: number): void {
    this.#math.convolve(
      from,
      0,
      0,
      k * 4,
      1,
      1,
      0,
      1,
      k,
      this.#panels,
      bias,
      0,
      relu ? 1 : 0,
      to,
      0,
      0,
      n * 4,
      1,
      1,
      rows,
      n,
    );
  }

  /** Fills scores from inputs, with masks where `drops`. */
  forward({ weights }: DenseNetwork, rows: number, drops: boolean): void {
    const { activation } = this.shape;
    for (const [i, layer] of this.#layers.entries()) {
      const { inputs, units, y, isLast } = layer;
      this.#math.pack(weights[2 * i]!, this.#panels, inputs, units);
      const relu = !isLast && activation === 'relu';
      const x = i > 0 && !drops ? this.#layers[i - 1]!.y : layer.x;
      this.#product(x, rows, inputs, weights[2 * i + 1]!, relu, y, units);
      if (isLast) continue;
      if (activation === 'tanh') this.#math.applyTanh(y, rows * units);
      if (activation === 'sigmoid') this.#math.applySigmoid(y, rows * units);
      if (drops) {
        this.#view(layer.dropped, rows * units).set(this.#view(y, rows * units));
        this.#math.applyMask(layer.dropped, layer.mask, rows * units);
      }
    }
  }

  /** Into dy: the gradient of the mean loss with respect to the scores. */
  #lossGradient(rows: number): void {
    const { outputs, loss } = this.shape;
    if (loss === 'crossentropy') {
      this.#math.softmaxGradient(this.#scores, this.#truth, this.#dy, rows, outputs);
      return;
    }
    const scores = this.scores(rows);
    const truth = this.truth(rows);
    const dy = this.#view(this.#dy, rows * outputs);
    for (let i = 0; i < dy.length; i++) dy[i] = (2 * (scores[i]! - truth[i]!)) / dy.length;
  }

  /**
   * One step: forward, backward, and the optimizer's update of every weight.
   * @param ruleOf the update of a kernel, or of a bias
   * @param rowWeights what each row counts in the loss; all alike without it
   */
  step(
    network: DenseNetwork,
    rows: number,
    drops: boolean,
    ruleOf: (isKernel: boolean) => FusedRule,
    penalties?: Penalties,
    rowWeights?: Float32Array,
  ): void {
    this.forward(network, rows, drops);
    this.#lossGradient(rows);
    if (rowWeights) this.#weigh(rows, rowWeights);
    let dy = this.#dy;
    let dx = this.#dx;
    const { activation } = this.shape;
    for (let i = this.#layers.length - 1; i >= 0; i--) {
      const { inputs, units, x } = this.#layers[i]!;
      const before = this.#layers[i - 1];
      // Before this layer's weights change.
      if (before) {
        this.#math.packTransposed(network.weights[2 * i]!, this.#panels, units, inputs);
        this.#product(dy, rows, units, 0, false, dx, inputs);
        if (drops) this.#math.applyMask(dx, before.mask, rows * inputs);
        const gradient = {
          relu: this.#math.reluGradient,
          tanh: this.#math.tanhGradient,
          sigmoid: this.#math.sigmoidGradient,
          linear: undefined,
        }[activation];
        gradient?.(dx, before.y, dx, rows * inputs);
      }
      const input = before && !drops ? before.y : x;
      this.#view(this.#dW, inputs * units).fill(0);
      this.#math.addWeightGradient(input, 0, inputs * 4, dy, 0, units * 4, 1, rows, this.#dW, inputs, units);
      if (penalties) this.#penalize(network.weights[2 * i]!, inputs * units, penalties);
      this.#update(network, 2 * i, ruleOf(true));
      this.#math.columnSums(dy, this.#dW, rows, units);
      if (penalties) this.#clip(units, penalties.clipValue);
      this.#update(network, 2 * i + 1, ruleOf(false));
      [dy, dx] = [dx, dy];
    }
  }

  #weigh(rows: number, weights: Float32Array): void {
    const { outputs } = this.shape;
    const dy = this.#view(this.#dy, rows * outputs);
    for (let i = 0; i < dy.length; i++) dy[i] = dy[i]! * weights[Math.floor(i / outputs)]!;
  }

  #penalize(weights: number, size: number, { l1, l2, clipValue }: Penalties): void {
    if (l1 > 0 || l2 > 0) {
      const w = this.#view(weights, size);
      const dW = this.#view(this.#dW, size);
      for (let i = 0; i < size; i++) dW[i] = dW[i]! + l1 * Math.sign(w[i]!) + 2 * l2 * w[i]!;
    }
    this.#clip(size, clipValue);
  }

  #clip(size: number, most: number): void {
    if (most === Number.POSITIVE_INFINITY) return;
    const dW = this.#view(this.#dW, size);
    for (let i = 0; i < size; i++) dW[i] = Math.max(-most, Math.min(most, dW[i]!));
  }

  #update({ weights, sizes, slots }: DenseNetwork, i: number, rule: FusedRule): void {
    stepInPlace(this.#math, weights[i]!, this.#dW, sizes[i]!, rule, slots[i]!);
  }

  release({ memory }: DenseNetwork): void {
    this.backend.disposeData(memory.dataId);
  }

  dispose(): void {
    this.backend.disposeData(this.#memory.dataId);
  }
}
