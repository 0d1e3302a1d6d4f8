/**
 * Layers that tfjs lacks or gets wrong: convolutions with dilation (no gradient in tfjs) and causal padding (not implemented
 * there), and any function as a layer. Dropout and its like are noise.ts.
 */
import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { LayerVariable, layers, regularizers } from '@tensorflow/tfjs-layers';
import type { TensorFlow } from '../../../tensorflow/backend.js';
import type { TfInitializer } from './initializers.js';

type Layer = layers.Layer;
type Shape = (number | null)[];
type Kwargs = Readonly<Record<string, unknown>>;

const only = (inputs: Tensor | Tensor[]): Tensor => (Array.isArray(inputs) ? inputs[0]! : inputs);

/** A layer without weights that applies `f`, which keeps the shape. */
export function functionLayer(
  tf: TensorFlow,
  className: string,
  f: (x: Tensor, training: boolean) => Tensor,
): Layer {
  class FunctionLayer extends tf.layers.Layer {
    static readonly className = className;
    override computeOutputShape(inputShape: Shape): Shape {
      return inputShape;
    }
    override call(inputs: Tensor | Tensor[], kwargs: Kwargs): Tensor {
      return tf.tidy(() => f(only(inputs), kwargs.training === true));
    }
  }
  return new FunctionLayer({});
}

export interface OwnConvolution {
  readonly filters: number;
  /** One size for sequences, two for images. */
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: 'valid' | 'same' | 'causal';
  readonly useBias: boolean;
  readonly initializer: TfInitializer;
  readonly regularizer?: ReturnType<typeof regularizers.l1l2> | undefined;
}

/** [spread size, size]: 1 where a tap of the dilated kernel comes from a tap of the kernel. */
function spreadMatrix(kernelSize: readonly number[], dilation: readonly number[]): Float32Array {
  const spread = kernelSize.map((size, i) => (size - 1) * dilation[i]! + 1);
  const taps = kernelSize.reduce((product, n) => product * n, 1);
  const matrix = new Float32Array(spread.reduce((product, n) => product * n, 1) * taps);
  for (let tap = 0; tap < taps; tap++) {
    const columns = kernelSize.at(-1)!;
    const [row, column] = kernelSize.length === 1 ? [0, tap] : [Math.floor(tap / columns), tap % columns];
    const at = row * dilation[0]! * spread.at(-1)! + column * dilation.at(-1)!;
    matrix[at * taps + tap] = 1;
  }
  return matrix;
}

/**
 * A convolution whose kernel is spread with zeros in place of dilation, so that the plain gradients hold: Yu and
 * Koltun, "Multi-scale context aggregation by dilated convolutions", ICLR 2016; causal: van den Oord et al.,
 * "WaveNet", 2016.
 */
export function ownConvolution(tf: TensorFlow, options: OwnConvolution): Layer {
  const { filters, kernelSize, strides, dilation, padding, useBias } = options;
  const spread = kernelSize.map((size, i) => (size - 1) * dilation[i]! + 1);
  const isDilated = dilation.some((d) => d > 1);
  const taps = kernelSize.reduce((product, n) => product * n, 1);
  const spreadTaps = spread.reduce((product, n) => product * n, 1);

  class OwnConvolutionLayer extends tf.layers.Layer {
    static readonly className = 'SweetspotConvolution';
    kernel: LayerVariable | undefined;
    bias: LayerVariable | undefined;

    override build(inputShape: Shape): void {
      const channels = inputShape.at(-1)!;
      this.kernel = this.addWeight(
        'kernel',
        [...kernelSize, channels, filters],
        'float32',
        options.initializer,
        options.regularizer,
        true,
      );
      if (useBias) this.bias = this.addWeight('bias', [filters], 'float32', tf.initializers.zeros());
      this.built = true;
    }

    override computeOutputShape(inputShape: Shape): Shape {
      const sizes = kernelSize.map((_, i) => {
        const size = inputShape[i + 1]!;
        return Math.ceil((padding === 'valid' ? size - spread[i]! + 1 : size) / strides[i]!);
      });
      return [inputShape[0]!, ...sizes, filters];
    }

    #spreadKernel(kernel: Tensor): Tensor {
      if (!isDilated) return kernel;
      const channels = kernel.shape.slice(-2);
      const flat = tf.reshape(kernel, [taps, channels[0]! * channels[1]!]);
      const matrix = tf.tensor2d(spreadMatrix(kernelSize, dilation), [spreadTaps, taps]);
      return tf.reshape(tf.matMul(matrix, flat), [...spread, ...channels]);
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const kernel = this.#spreadKernel(this.kernel!.read());
        const x = only(inputs);
        const output =
          kernelSize.length === 2
            ? tf.conv2d(
                x as Tensor4D,
                kernel as Tensor4D,
                strides as [number, number],
                padding as 'valid' | 'same',
              )
            : tf.conv1d(
                (padding === 'causal'
                  ? tf.pad(x, [
                      [0, 0],
                      [spread[0]! - 1, 0],
                      [0, 0],
                    ])
                  : x) as Tensor3D,
                kernel as Tensor3D,
                strides[0]!,
                padding === 'same' ? 'same' : 'valid',
              );
        return this.bias ? tf.add(output, this.bias.read()) : output;
      });
    }
  }
  return new OwnConvolutionLayer({});
}
