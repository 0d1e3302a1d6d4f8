/**
 * The layers that compiled programs are made of: what each does to rows of numbers, forward and back, by calls into
 * assembly/kernels.ts on memory reserved once. What weights they have is said here, where those lie is the program's.
 */
import type { TrainingMath } from '../training-math.js';
import { type ElementwiseName, elementwiseKind } from './elementwise.js';
import type { Memory } from './memory.js';

export type LayerShape =
  | {
      readonly kind: 'dense';
      readonly units: number;
      readonly bias: boolean;
      /** λ of λ·Σ|w| and of λ·Σw², added to the loss for the kernel. */
      readonly l1: number;
      readonly l2: number;
    }
  | { readonly kind: 'elementwise'; readonly name: ElementwiseName; readonly alpha: number }
  /** A slope below 0 for each number, learned. */
  | { readonly kind: 'prelu' }
  | { readonly kind: 'batchNormalization'; readonly momentum: number; readonly epsilon: number }
  | { readonly kind: 'layerNormalization'; readonly epsilon: number }
  /** In training x · factors, or with `offsets` x · factors + offsets; else nothing. */
  | { readonly kind: 'noise'; readonly offsets: boolean };

/** Addresses of a layer's own arrays: of its weights (first those that are trained) or of their gradients. */
export type Arrays = readonly number[];

export interface Weight {
  readonly size: number;
  /** Kernels decay, moving averages are not trained. */
  readonly role: 'kernel' | 'other' | 'average';
}

export interface CompiledLayer {
  /** Numbers per row that it gives. */
  readonly width: number;
  readonly weights: readonly Weight[];
  /** Where a training pass puts its output. */
  readonly y: number;
  /** @returns where the output is */
  forward(x: number, rows: number, weights: Arrays, training: boolean): number;
  /**
   * From dy, the gradient of its output, fills those of its weights, and unless `dx` is 0 finds that of its input.
   * @param x the input of the training pass before
   * @returns where the gradient of the input is: at dx, or in place of dy
   */
  backward(x: number, dy: number, dx: number, rows: number, weights: Arrays, gradients: Arrays): number;
}

/** What all layers of a program share. */
export interface Workshop {
  readonly math: TrainingMath;
  readonly memory: Memory;
  /** Most rows of one pass. */
  readonly rows: number;
  /** Room for the packed kernel of the largest dense layer, either way round. */
  readonly panels: number;
}

/** Numbers that a kernel packed for `convolve` takes. */
export const panelSize = (inputs: number, units: number): number =>
  Math.max(inputs * Math.ceil(units / 8), units * Math.ceil(inputs / 8)) * 8;

/** to [rows, n] = from [rows, k] · panels + bias (0 for none). */
function product(
  { math, panels }: Workshop,
  from: number,
  rows: number,
  k: number,
  bias: number,
  to: number,
  n: number,
): void {
  math.convolve(from, 0, 0, k * 4, 1, 1, 0, 1, k, panels, bias, 0, 0, to, 0, 0, n * 4, 1, 1, rows, n);
}

class Dense implements CompiledLayer {
  readonly width: number;
  readonly weights: readonly Weight[];
  readonly y: number;

  constructor(
    private readonly shop: Workshop,
    private readonly inputs: number,
    private readonly shape: Extract<LayerShape, { kind: 'dense' }>,
  ) {
    this.width = shape.units;
    this.y = shop.memory.reserve(shop.rows * shape.units);
    this.weights = [
      { size: inputs * shape.units, role: 'kernel' },
      ...(shape.bias ? [{ size: shape.units, role: 'other' } as const] : []),
    ];
  }

  forward(x: number, rows: number, [kernel, bias]: Arrays): number {
    const { shop, inputs, width, y } = this;
    shop.math.pack(kernel!, shop.panels, inputs, width);
    product(shop, x, rows, inputs, bias ?? 0, y, width);
    return y;
  }

  backward(
    x: number,
    dy: number,
    dx: number,
    rows: number,
    [kernel]: Arrays,
    [ofKernel, ofBias]: Arrays,
  ): number {
    const { shop, inputs, width, shape } = this;
    const { math, memory } = shop;
    const { l1, l2 } = shape;
    memory.view(ofKernel!, inputs * width).fill(0);
    math.addWeightGradient(x, 0, inputs * 4, dy, 0, width * 4, 1, rows, ofKernel!, inputs, width);
    if (l1 > 0 || l2 > 0) math.addPenalty(ofKernel!, kernel!, inputs * width, l1, l2);
    if (ofBias !== undefined) math.columnSums(dy, ofBias, rows, width);
    if (dx === 0) return dy;
    math.packTransposed(kernel!, shop.panels, width, inputs);
    product(shop, dy, rows, width, 0, dx, inputs);
    return dx;
  }
}

class Elementwise implements CompiledLayer {
  readonly weights: readonly Weight[] = [];
  readonly y: number;
  readonly #kind: number;

  constructor(
    private readonly shop: Workshop,
    readonly width: number,
    private readonly shape: Extract<LayerShape, { kind: 'elementwise' }>,
  ) {
    this.y = shop.memory.reserve(shop.rows * width);
    this.#kind = elementwiseKind(shape.name);
  }

  forward(x: number, rows: number): number {
    this.shop.math.activate(this.#kind, x, this.y, rows * this.width, this.shape.alpha);
    return this.y;
  }

  backward(x: number, dy: number, _dx: number, rows: number): number {
    this.shop.math.activationGradient(this.#kind, dy, x, this.y, dy, rows * this.width, this.shape.alpha);
    return dy;
  }
}

/** He et al., ICCV 2015. Rare enough for plain loops. */
class Prelu implements CompiledLayer {
  readonly weights: readonly Weight[];
  readonly y: number;

  constructor(
    private readonly shop: Workshop,
    readonly width: number,
  ) {
    this.y = shop.memory.reserve(shop.rows * width);
    this.weights = [{ size: width, role: 'other' }];
  }

  forward(x: number, rows: number, [alpha]: Arrays): number {
    const { memory } = this.shop;
    const slopes = memory.view(alpha!, this.width);
    const from = memory.view(x, rows * this.width);
    const to = memory.view(this.y, rows * this.width);
    for (const [i, value] of from.entries()) to[i] = value < 0 ? value * slopes[i % this.width]! : value;
    return this.y;
  }

  backward(x: number, dy: number, _dx: number, rows: number, [alpha]: Arrays, [ofAlpha]: Arrays): number {
    const { memory } = this.shop;
    const slopes = memory.view(alpha!, this.width);
    const sums = memory.view(ofAlpha!, this.width).fill(0);
    const gradients = memory.view(dy, rows * this.width);
    for (const [i, value] of memory.view(x, rows * this.width).entries()) {
      if (value >= 0) continue;
      const column = i % this.width;
      sums[column]! += gradients[i]! * value;
      gradients[i]! *= slopes[column]!;
    }
    return dy;
  }
}

class Normalization implements CompiledLayer {
  readonly weights: readonly Weight[];
  readonly y: number;
  /** x̂ of each number, and 1 / deviation of each row or column. */
  readonly #normal: number;
  readonly #inverse: number;

  constructor(
    private readonly shop: Workshop,
    readonly width: number,
    private readonly shape: Extract<LayerShape, { kind: 'batchNormalization' | 'layerNormalization' }>,
  ) {
    const { memory, rows } = shop;
    this.y = memory.reserve(rows * width);
    this.#normal = memory.reserve(rows * width);
    this.#inverse = memory.reserve(Math.max(rows, width));
    const averages = shape.kind === 'batchNormalization' ? 2 : 0;
    this.weights = Array.from({ length: 2 + averages }, (_, i) => ({
      size: width,
      role: i < 2 ? 'other' : 'average',
    }));
  }

  /** Groups of numbers that share a mean: how many, and bytes between them, of rows and of weights; then their members. */
  #groups(rows: number): readonly number[] {
    const row = this.width * 4;
    return this.shape.kind === 'batchNormalization'
      ? [this.width, 4, 4, rows, row, 0]
      : [rows, row, 0, this.width, 4, 4];
  }

  forward(x: number, rows: number, [gamma, beta, mean = 0, variance = 0]: Arrays, training: boolean): number {
    const { math } = this.shop;
    const { shape, y, width } = this;
    if (shape.kind === 'batchNormalization' && !training) {
      math.normalizeColumns(x, y, mean, variance, gamma!, beta!, rows, width, shape.epsilon);
      return y;
    }
    const averages = [mean, variance, 'momentum' in shape ? shape.momentum : 0];
    const kept = [this.#normal, this.#inverse];
    math.normalizeGroups(x, y, ...kept, gamma!, beta!, ...this.#groups(rows), shape.epsilon, ...averages);
    return y;
  }

  backward(_x: number, dy: number, dx: number, rows: number, [gamma]: Arrays, gradients: Arrays): number {
    const { math } = this.shop;
    const [ofGamma, ofBeta] = gradients;
    math.columnProducts(dy, this.#normal, ofGamma!, rows, this.width);
    math.columnSums(dy, ofBeta!, rows, this.width);
    if (dx === 0) return dy;
    math.normalizeGroupsGradient(dy, this.#normal, this.#inverse, gamma!, ...this.#groups(rows));
    return dy;
  }
}

/** Dropout and its like: numbers drawn by who trains, put here before each step. */
export class NoiseLayer implements CompiledLayer {
  readonly weights: readonly Weight[] = [];
  readonly y: number;
  readonly #factors: number;
  readonly #offsets: number;

  constructor(
    private readonly shop: Workshop,
    readonly width: number,
    { offsets }: Extract<LayerShape, { kind: 'noise' }>,
  ) {
    const { memory, rows } = shop;
    this.y = memory.reserve(rows * width);
    this.#factors = memory.reserve(rows * width);
    this.#offsets = offsets ? memory.reserve(rows * width) : 0;
  }

  /** To be filled before a step; `offsets` are empty where the layer has none. [rows, width] */
  toFill(rows: number): { readonly factors: Float32Array; readonly offsets: Float32Array } {
    const { memory } = this.shop;
    const count = rows * this.width;
    return {
      factors: memory.view(this.#factors, count),
      offsets: memory.view(this.#offsets, this.#offsets === 0 ? 0 : count),
    };
  }

  forward(x: number, rows: number, _weights: Arrays, training: boolean): number {
    if (!training) return x;
    this.shop.math.applyNoise(x, this.#factors, this.#offsets, this.y, rows * this.width);
    return this.y;
  }

  backward(_x: number, dy: number, _dx: number, rows: number): number {
    this.shop.math.applyNoise(dy, this.#factors, 0, dy, rows * this.width);
    return dy;
  }
}

/** @param inputs numbers per row of what comes in */
export function compiledLayer(shop: Workshop, shape: LayerShape, inputs: number): CompiledLayer {
  switch (shape.kind) {
    case 'dense':
      return new Dense(shop, inputs, shape);
    case 'elementwise':
      return new Elementwise(shop, inputs, shape);
    case 'prelu':
      return new Prelu(shop, inputs);
    case 'batchNormalization':
    case 'layerNormalization':
      return new Normalization(shop, inputs, shape);
    case 'noise':
      return new NoiseLayer(shop, inputs, shape);
    default:
      return shape satisfies never;
  }
}
