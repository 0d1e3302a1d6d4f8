/**
 * How weights start: drawn by us in double precision from Math.random, which the trial seeds, so that they are the same
 * bits on every backend. tfjs' own orthogonal initializer takes seconds and its normal ones lack the correction for
 * what truncation takes off the variance.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import { type Random, random } from '../../../../core/random.js';
import type { TensorFlow } from '../../../tensorflow/backend.js';
import { gaussian } from '../gaussian.js';

export const INITIALIZER_NAMES = [
  'zeros',
  'ones',
  'randomUniform',
  'randomNormal',
  'truncatedNormal',
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'leCunUniform',
  'leCunNormal',
  'orthogonal',
] as const;

export interface InitializerOptions {
  readonly name: (typeof INITIALIZER_NAMES)[number];
  /** randomUniform: up to ± this. randomNormal, truncatedNormal: standard deviation. The others are multiplied by it. */
  readonly scale?: number | undefined;
}

export type TfInitializer = ReturnType<TensorFlow['initializers']['zeros']>;
type InitializerClass = abstract new () => TfInitializer;

/** Deviation of a standard normal variable cut off at ±2. */
const TRUNCATED_DEVIATION = 0.87962566103423978;
const DEFAULT_SCALE = 0.05;

/** Normal numbers within two deviations. */
function truncatedGaussian(r: Random): () => number {
  const normal = gaussian(r);
  return () => {
    for (;;) {
      const x = normal();
      if (Math.abs(x) <= 2) return x;
    }
  };
}

/**
 * Inputs and outputs that meet in one weight. `depthwise` kernels [h, w, channels, multiplier] connect each channel
 * with itself alone.
 */
function fans(
  shape: readonly number[],
  depthwise: boolean,
): { readonly fanIn: number; readonly fanOut: number } {
  const window = shape.slice(0, -2).reduce((product, n) => product * n, 1);
  const [inputs = 1, outputs = 1] = shape.length < 2 ? [shape[0], shape[0]] : shape.slice(-2);
  return { fanIn: window * (depthwise ? 1 : inputs), fanOut: window * outputs };
}

/**
 * A matrix of orthonormal rows or columns, whichever are fewer, uniformly distributed: modified Gram–Schmidt over Gaussian
 * vectors, which are well enough conditioned for double precision. Saxe, McClelland and Ganguli, "Exact solutions to the
 * nonlinear dynamics of learning in deep linear neural networks", ICLR 2014.
 */
function orthogonal(rows: number, columns: number, r: Random): Float64Array {
  const length = Math.max(rows, columns);
  const normal = gaussian(r);
  const vectors = Array.from({ length: Math.min(rows, columns) }, () =>
    Float64Array.from({ length }, normal),
  );
  for (const [i, vector] of vectors.entries()) {
    for (let j = 0; j < i; j++) {
      const other = vectors[j]!;
      let dot = 0;
      for (let k = 0; k < length; k++) dot += vector[k]! * other[k]!;
      for (let k = 0; k < length; k++) vector[k]! -= dot * other[k]!;
    }
    let squares = 0;
    for (let k = 0; k < length; k++) squares += vector[k]! ** 2;
    const norm = Math.sqrt(squares);
    for (let k = 0; k < length; k++) vector[k]! /= norm;
  }
  return Float64Array.from({ length: rows * columns }, (_, at) => {
    const row = Math.floor(at / columns);
    const column = at % columns;
    return rows < columns ? vectors[row]![column]! : vectors[column]![row]!;
  });
}

/**
 * Glorot and Bengio, AISTATS 2010; He et al., "Delving deep into rectifiers", ICCV 2015; LeCun et al., "Efficient
 * BackProp", 1998: the variance is 2 / (in + out), 2 / in and 1 / in.
 */
function variance(name: string, fanIn: number, fanOut: number): number {
  if (name.startsWith('glorot')) return 2 / (fanIn + fanOut);
  return (name.startsWith('he') ? 2 : 1) / fanIn;
}

/** The starting values of one weight, row by row. */
export function initialValues(
  { name, scale }: InitializerOptions,
  shape: readonly number[],
  r: Random,
  depthwise = false,
): Float32Array {
  const size = shape.reduce((product, n) => product * n, 1);
  const fill = (draw: () => number): Float32Array => {
    const values = new Float32Array(size);
    for (let i = 0; i < size; i++) values[i] = draw();
    return values;
  };
  const { fanIn, fanOut } = fans(shape, depthwise);
  switch (name) {
    case 'zeros':
      return new Float32Array(size);
    case 'ones':
      return new Float32Array(size).fill(scale ?? 1);
    case 'randomUniform':
      return fill(() => (2 * r.next() - 1) * (scale ?? DEFAULT_SCALE));
    case 'randomNormal':
    case 'truncatedNormal': {
      const draw = name === 'randomNormal' ? gaussian(r) : truncatedGaussian(r);
      const deviation = scale ?? DEFAULT_SCALE;
      return fill(() => draw() * deviation);
    }
    case 'glorotUniform':
    case 'heUniform':
    case 'leCunUniform': {
      const limit = Math.sqrt(3 * variance(name, fanIn, fanOut)) * (scale ?? 1);
      return fill(() => (2 * r.next() - 1) * limit);
    }
    case 'glorotNormal':
    case 'heNormal':
    case 'leCunNormal': {
      const deviation = (Math.sqrt(variance(name, fanIn, fanOut)) * (scale ?? 1)) / TRUNCATED_DEVIATION;
      const draw = truncatedGaussian(r);
      return fill(() => draw() * deviation);
    }
    case 'orthogonal': {
      const columns = shape.at(-1) ?? 1;
      const values = orthogonal(size / columns, columns, r);
      return Float32Array.from(values, (value) => value * (scale ?? 1));
    }
  }
}

/** As a tfjs initializer. tfjs takes instances of its own base class only, which it does not export. */
export function createInitializer(
  tf: TensorFlow,
  options: InitializerOptions,
  depthwise = false,
): TfInitializer {
  const Base = Object.getPrototypeOf(tf.initializers.zeros().constructor) as InitializerClass;
  class Drawn extends Base {
    static readonly className = 'SweetspotInitializer';
    override apply(shape: number[]): Tensor {
      const r = random('initializer', Math.random());
      return tf.tensor(initialValues(options, shape, r, depthwise), shape, 'float32');
    }
    override getConfig(): Record<string, string> {
      return { name: options.name };
    }
  }
  return new Drawn();
}
