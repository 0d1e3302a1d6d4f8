/**
 * Training steps compiled as a whole: a fixed sequence of calls into assembly/kernels.ts over memory laid out once, without
 * tensors, tape or dispatch. One program serves any number of networks of the same shape in turn, each with weights,
 * optimizer state and rates of its own, as arrays of trainings fused horizontally do (Wang et al., "Horizontally fused
 * training array", MLSys 2021): what is saved on a small network is all but the arithmetic.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type FusedRule, stepInPlace } from '../optimizers/fused-update.js';
import { type TrainingMath, trainingMath } from '../training-math.js';
import {
  type Arrays,
  type CompiledLayer,
  compiledLayer,
  type LayerShape,
  NoiseLayer,
  panelSize,
  type Weight,
} from './layers.js';
import { Memory, withMargin } from './memory.js';

export interface ProgramShape {
  /** Numbers per row. */
  readonly inputs: number;
  /** One after the other; the last one gives the scores. */
  readonly layers: readonly LayerShape[];
  /** Most rows of one pass. */
  readonly rows: number;
}

/** Fills `to` with the gradient of the mean loss, from scores and truth [rows, outputs]. */
export type LossGradient = (scores: Float32Array, truth: Float32Array, to: Float32Array) => void;

export interface Step {
  /** That of the cross-entropy of softmax(scores) is compiled as well. */
  readonly loss: 'crossentropy' | LossGradient;
  /** The optimizer's, for weights of which `kept` stays. */
  readonly rule: (kept: number) => FusedRule;
  /** What of a kernel stays, before the rest of the step: less than 1 by weight decay. */
  readonly kept: number;
  /** Largest absolute value of a gradient, and then largest norm of all together. */
  readonly clipValue?: number | undefined;
  readonly clipNorm?: number | undefined;
  /** What each row counts in the loss; all alike without it. */
  readonly rowWeights?: Float32Array | undefined;
}

/** One network: its weights, what the optimizer keeps of each, its moving averages. */
export interface Network {
  readonly memory: Memory;
  readonly at: number;
  readonly slots: readonly number[];
  /** Addresses of each layer's weights, and of where a step puts their gradients. */
  readonly weights: readonly Arrays[];
  readonly gradients: readonly Arrays[];
}

interface Place extends Weight {
  /** Of its layer. */
  readonly layer: number;
  /** In bytes from where the network's trained weights, or its averages, begin. */
  offset: number;
}

export class Program {
  readonly outputs: number;
  readonly #math: TrainingMath;
  readonly #memory: Memory;
  readonly #layers: readonly CompiledLayer[];
  /** Those of the network that are drawn anew for each step, in order. */
  readonly noises: readonly NoiseLayer[];
  /** Every weight in the order that TensorFlow.js gives them: the trained, then the averages, each by layer. */
  readonly #places: readonly Place[];
  /** Numbers that kernels take, and all that is trained: kernels lie first. */
  readonly #kernels: number;
  readonly #trained: number;
  readonly #averages: number;
  /** Before this one nothing is trained. */
  readonly #first: number;
  readonly #x: number;
  readonly #truth: number;
  readonly #gradients: number;
  /** Gradients of outputs and of inputs, in turn. */
  readonly #dy: readonly [number, number];

  constructor(
    private readonly backend: BackendWasm,
    readonly shape: ProgramShape,
  ) {
    const { inputs, layers, rows } = shape;
    this.#math = trainingMath(backend);
    const memory = new Memory(backend);
    this.#memory = memory;
    const widths = [inputs];
    for (const layer of layers) widths.push(layer.kind === 'dense' ? layer.units : widths.at(-1)!);
    const panels = Math.max(...widths.slice(1).map((width, i) => panelSize(widths[i]!, width)));
    const shop = { math: this.#math, memory, rows, panels: memory.reserve(panels) };
    this.#x = memory.reserve(rows * inputs);
    this.#layers = layers.map((layer, i) => compiledLayer(shop, layer, widths[i]!));
    this.noises = this.#layers.filter((layer) => layer instanceof NoiseLayer);
    this.outputs = widths.at(-1)!;
    this.#truth = memory.reserve(rows * this.outputs);
    const widest = rows * Math.max(...widths);
    this.#dy = [memory.reserve(widest), memory.reserve(widest)];

    const all = this.#layers.flatMap(({ weights }, layer) =>
      weights.map((weight): Place => ({ ...weight, layer, offset: 0 })),
    );
    const of = (role: Weight['role']): Place[] => all.filter((place) => place.role === role);
    const layOut = (places: readonly Place[], from: number): number =>
      places.reduce((at, place) => {
        place.offset = at * 4;
        return at + withMargin(place.size);
      }, from);
    this.#kernels = layOut(of('kernel'), 0);
    this.#trained = layOut(of('other'), this.#kernels);
    this.#averages = layOut(of('average'), 0);
    this.#places = [...all.filter(({ role }) => role !== 'average'), ...of('average')];
    this.#first = Math.min(...all.map(({ layer }) => layer));
    this.#gradients = memory.reserve(this.#trained);
  }

  /** To be filled before a pass; valid until something is allocated. [rows, inputs] */
  inputs(rows: number): Float32Array {
    return this.#memory.view(this.#x, rows * this.shape.inputs);
  }

  /** To be filled before a step: one-hot classes or (standardised) targets. [rows, outputs] */
  truth(rows: number): Float32Array {
    return this.#memory.view(this.#truth, rows * this.outputs);
  }

  /** What the last forward pass gave. [rows, outputs] */
  scores(rows: number): Float32Array {
    return this.#memory.view(this.#layers.at(-1)!.y, rows * this.outputs);
  }

  /**
   * @param weights in the order of TensorFlow.js
   * @param slots how many numbers the optimizer keeps for each weight, and what they begin as
   */
  network(weights: readonly Float32Array[], slots: number, initial = 0): Network {
    const memory = new Memory(this.backend);
    const at = memory.reserve(this.#trained * (1 + slots) + this.#averages);
    const own = Array.from({ length: slots }, (_, i) => at + this.#trained * (i + 1) * 4);
    const byLayer = (addressOf: (place: Place) => number): readonly Arrays[] =>
      this.#layers.map((_, i) => this.#places.filter(({ layer }) => layer === i).map(addressOf));
    const network = {
      memory,
      at,
      slots: own,
      weights: byLayer((place) => this.#addressOf({ at, slots: own }, place)),
      gradients: byLayer(({ offset }) => this.#gradients + offset),
    };
    for (const [i, place] of this.#places.entries()) {
      this.#numbersOf(network, place).set(weights[i]!);
      if (place.role === 'average') continue;
      for (const slot of own) memory.view(slot + place.offset, place.size).fill(initial);
    }
    return network;
  }

  #addressOf({ at, slots }: Pick<Network, 'at' | 'slots'>, { role, offset }: Place): number {
    return at + offset + (role === 'average' ? this.#trained * (1 + slots.length) * 4 : 0);
  }

  #numbersOf(network: Network, place: Place): Float32Array {
    return network.memory.view(this.#addressOf(network, place), place.size);
  }

  /** The numbers of a network as they are now, copied. */
  weightsOf(network: Network): Float32Array[] {
    return this.#places.map((place) => this.#numbersOf(network, place).slice());
  }

  /** What the optimizer keeps, weight by weight. */
  #slotViews({ memory, slots }: Network): Float32Array[] {
    return this.#places
      .filter(({ role }) => role !== 'average')
      .flatMap(({ offset, size }) => slots.map((slot) => memory.view(slot + offset, size)));
  }

  /** The same, copied. */
  slotsOf(network: Network): Float32Array[] {
    return this.#slotViews(network).map((numbers) => numbers.slice());
  }

  /** Takes back what weightsOf and slotsOf gave. */
  restore(network: Network, weights: readonly Float32Array[], slots: readonly Float32Array[]): void {
    for (const [i, place] of this.#places.entries()) this.#numbersOf(network, place).set(weights[i]!);
    for (const [i, numbers] of this.#slotViews(network).entries()) numbers.set(slots[i]!);
  }

  /** Fills scores from inputs; in training with noise and with each batch's own means. */
  forward({ weights }: Network, rows: number, training: boolean): void {
    let x = this.#x;
    for (const [i, layer] of this.#layers.entries()) x = layer.forward(x, rows, weights[i]!, training);
  }

  /** One step: forward, backward, and the optimizer's update of every weight. */
  step(network: Network, rows: number, step: Step): void {
    const math = this.#math;
    this.forward(network, rows, true);
    this.#lossGradient(rows, step);
    let [dy, dx] = this.#dy;
    for (let i = this.#layers.length - 1; i >= this.#first; i--) {
      const x = this.#layers[i - 1]?.y ?? this.#x;
      const wanted = i > this.#first ? dx : 0;
      const [weights, gradients] = [network.weights[i]!, network.gradients[i]!];
      const found = this.#layers[i]!.backward(x, dy, wanted, rows, weights, gradients);
      if (found !== dy) [dy, dx] = [dx, dy];
    }
    const { clipValue, clipNorm, kept, rule } = step;
    if (clipValue !== undefined) math.clipValues(this.#gradients, this.#trained, clipValue);
    if (clipNorm !== undefined) math.clipNorm(this.#gradients, this.#trained, clipNorm);
    const decays = kept === 1 ? 0 : this.#kernels;
    if (decays > 0) this.#update(network, 0, decays, rule(kept));
    if (decays < this.#trained) this.#update(network, decays, this.#trained, rule(1));
  }

  /** Into the first dy: the gradient of the mean loss with respect to the scores. */
  #lossGradient(rows: number, { loss, rowWeights }: Step): void {
    const { outputs } = this;
    const [dy] = this.#dy;
    const to = this.#memory.view(dy, rows * outputs);
    if (loss === 'crossentropy') {
      this.#math.softmaxGradient(this.#layers.at(-1)!.y, this.#truth, dy, rows, outputs);
    } else loss(this.scores(rows), this.truth(rows), to);
    if (!rowWeights) return;
    for (let i = 0; i < to.length; i++) to[i] = to[i]! * rowWeights[Math.floor(i / outputs)]!;
  }

  /** Of the trained numbers from one place to another. */
  #update({ at, slots }: Network, from: number, to: number, rule: FusedRule): void {
    const bytes = from * 4;
    const own = slots.map((slot) => slot + bytes);
    stepInPlace(this.#math, at + bytes, this.#gradients + bytes, to - from, rule, own);
  }

  dispose(): void {
    this.#memory.dispose();
  }
}
