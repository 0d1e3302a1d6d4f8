/**
 * Dense and two-dimensional convolution layers as one operation each, bias and activation included, forward and backward.
 * While training, TensorFlow.js takes three operations for each, and more for their gradients. Only on the embedded backend;
 * elsewhere, and for inputs of other ranks, the layers do what they always did.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  engine,
  type GradFunc,
  mul,
  type NamedAttrMap,
  registerGradient,
  sub,
  type Tensor,
  type TensorInfo,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { elementwiseKind } from '../compiled/elementwise.js';
import { matrixProduct } from '../kernels/mat-mul.js';
import { allocate, callKernel, replaceKernel, sizeOf } from '../kernels/support.js';
import { address, trainingMath } from '../training-math.js';

const DENSE = 'SweetspotDense';
const CONV2D = 'SweetspotConv2D';
const ACTIVATION_GRADIENT = 'SweetspotActivationGradient';

/** What is fused; another activation follows a fused linear layer as an operation of its own. */
const FUSED = ['linear', 'relu', 'sigmoid', 'tanh'] as const;
type FusedActivation = (typeof FUSED)[number];
const isFused = (name: string): name is FusedActivation => (FUSED as readonly string[]).includes(name);

interface LayerFields {
  readonly kernel: { read(): Tensor };
  readonly bias: { read(): Tensor } | null;
  readonly activation: { getClassName(): string; apply(x: Tensor): Tensor } | null;
  readonly rank: number;
  readonly strides: number | number[];
  readonly padding: string;
  readonly dataFormat: string;
  readonly dilationRate: number | number[];
  invokeCallHook(inputs: Tensor | Tensor[], kwargs: object): void;
}

interface LayerPrototype {
  call(inputs: Tensor | Tensor[], kwargs: object): Tensor | Tensor[];
}

/** Applies sigmoid or tanh to what the shipped kernels fuse up to a ReLU. */
function activated(backend: BackendWasm, linear: TensorInfo, activation: FusedActivation): TensorInfo {
  if (activation === 'linear' || activation === 'relu') return linear;
  const y = callKernel(activation === 'tanh' ? 'Tanh' : 'Sigmoid', backend, { x: linear }, {});
  backend.disposeData(linear.dataId);
  return y;
}

interface LayerInputs {
  readonly x: TensorInfo;
  readonly kernel: TensorInfo;
  readonly bias?: TensorInfo;
}

interface ActivationAttrs {
  readonly activation: FusedActivation;
}

interface ConvolutionAttrs extends ActivationAttrs {
  readonly strides: [number, number];
  readonly pad: 'valid' | 'same';
}

function registerKernels(): void {
  replaceKernel<LayerInputs, ActivationAttrs>(DENSE, ({ inputs: { x, kernel, bias }, attrs, backend }) => {
    const linear = matrixProduct(backend, x, kernel, { bias, relu: attrs.activation === 'relu' });
    return activated(backend, linear, attrs.activation);
  });

  replaceKernel<LayerInputs, ConvolutionAttrs>(CONV2D, ({ inputs: { x, kernel, bias }, attrs, backend }) => {
    const { strides, pad, activation } = attrs;
    const linear = callKernel(
      'FusedConv2D',
      backend,
      { x, filter: kernel, ...(bias && { bias }) },
      {
        strides,
        pad,
        dataFormat: 'NHWC',
        dilations: [1, 1],
        activation: activation === 'relu' ? 'relu' : 'linear',
      },
    );
    return activated(backend, linear, activation);
  });

  replaceKernel<{ readonly dy: TensorInfo; readonly y: TensorInfo }, ActivationAttrs>(
    ACTIVATION_GRADIENT,
    ({ inputs: { dy, y }, attrs, backend }) => {
      const result = allocate(backend, y.shape);
      // The derivatives of these activations are found from y alone.
      const [above, value] = [address(backend, dy), address(backend, y)];
      const kind = elementwiseKind(attrs.activation);
      const to = address(backend, result);
      trainingMath(backend).activationGradient(kind, above, value, value, to, sizeOf(y.shape), 0);
      return result;
    },
  );
}

/** dy before the activation. */
const beforeActivation = (dy: Tensor, y: Tensor, { activation }: ActivationAttrs): Tensor =>
  activation === 'linear' ? dy : engine().runKernel(ACTIVATION_GRADIENT, { dy, y }, { activation });

const biasGradient = (pre: Tensor): Tensor =>
  engine().runKernel('Sum', { x: pre }, { axis: pre.shape.slice(1).map((_, i) => i), keepDims: false });

const product = (a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor =>
  engine().runKernel('BatchMatMul', { a, b }, { transposeA, transposeB });

function registerGradients(): void {
  const dense = (dy: Tensor, saved: Tensor[], attrs: NamedAttrMap) => {
    const [x, kernel, y] = saved as [Tensor, Tensor, Tensor];
    const pre = beforeActivation(dy, y, attrs as unknown as ActivationAttrs);
    return {
      x: () => product(pre, kernel, false, true),
      kernel: () => product(x, pre, true, false),
      bias: () => biasGradient(pre),
    };
  };
  const conv2d = (dy: Tensor, saved: Tensor[], attrs: NamedAttrMap) => {
    const [x, kernel, y] = saved as [Tensor, Tensor, Tensor];
    const { strides, pad, activation } = attrs as unknown as ConvolutionAttrs;
    const pre = beforeActivation(dy, y, { activation });
    const shared = { strides, pad, dataFormat: 'NHWC' };
    return {
      x: (): Tensor =>
        engine().runKernel(
          'Conv2DBackpropInput',
          { dy: pre, filter: kernel },
          { ...shared, inputShape: x.shape },
        ),
      kernel: (): Tensor =>
        engine().runKernel('Conv2DBackpropFilter', { x, dy: pre }, { ...shared, filterShape: kernel.shape }),
      bias: () => biasGradient(pre),
    };
  };
  // For gradients of gradients, such as penalties on them.
  registerGradient({
    kernelName: ACTIVATION_GRADIENT,
    inputsToSave: ['dy', 'y'],
    gradFunc: ((above: Tensor, saved: Tensor[], attrs: NamedAttrMap) => {
      const [dy, y] = saved as [Tensor, Tensor];
      const { activation } = attrs as unknown as ActivationAttrs;
      const slope = (): Tensor => {
        if (activation === 'sigmoid') return sub(1, mul(2, y));
        return activation === 'tanh' ? mul(-2, y) : zerosLike(y);
      };
      return {
        dy: () => beforeActivation(above, y, { activation }),
        y: () => mul(mul(above, dy), slope()),
      };
    }) as GradFunc,
  });
  for (const [kernelName, gradFunc] of [
    [DENSE, dense],
    [CONV2D, conv2d],
  ] as const) {
    registerGradient({
      kernelName,
      inputsToSave: ['x', 'kernel'],
      outputsToSave: [true],
      gradFunc: gradFunc as GradFunc,
    });
  }
}

/** The layer's one input where the fused form can take it. */
function soleInput(inputs: Tensor | Tensor[], rank: number): Tensor | undefined {
  const x = Array.isArray(inputs) ? inputs[0] : inputs;
  const isSole = !Array.isArray(inputs) || inputs.length === 1;
  return engine().backendName === 'wasm' && isSole && x?.rank === rank && x.dtype === 'float32'
    ? x
    : undefined;
}

function apply(layer: LayerFields, kernelName: string, x: Tensor, attrs: object): Tensor {
  const name = layer.activation?.getClassName() ?? 'linear';
  const bias = layer.bias?.read();
  const y: Tensor = engine().runKernel(
    kernelName,
    { x, kernel: layer.kernel.read(), ...(bias && { bias }) },
    { ...attrs, activation: isFused(name) ? name : 'linear' },
  );
  return isFused(name) || !layer.activation ? y : layer.activation.apply(y);
}

function replaceCalls(): void {
  const dense = Object.getPrototypeOf(layers.dense({ units: 1 })) as LayerPrototype;
  const callDense = dense.call;
  dense.call = function call(this: LayerFields & LayerPrototype, inputs, kwargs) {
    const x = soleInput(inputs, 2);
    if (!x) return callDense.call(this, inputs, kwargs);
    return tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      return apply(this, DENSE, x, {});
    });
  };

  // Conv2D inherits `call` from the convolution of any rank.
  const conv = Object.getPrototypeOf(
    Object.getPrototypeOf(layers.conv2d({ filters: 1, kernelSize: 1 })),
  ) as LayerPrototype;
  const callConv = conv.call;
  conv.call = function call(this: LayerFields & LayerPrototype, inputs, kwargs) {
    const x = this.rank === 2 ? soleInput(inputs, 4) : undefined;
    const isPlain =
      this.dataFormat === 'channelsLast' &&
      [this.dilationRate].flat().every((d) => d === 1) &&
      (this.padding === 'valid' || this.padding === 'same');
    if (!x || !isPlain) return callConv.call(this, inputs, kwargs);
    const [height, width = height] = [this.strides].flat() as [number, number?];
    return tidy(() => apply(this, CONV2D, x, { strides: [height, width], pad: this.padding }));
  };
}

/** Call once per process. */
export function fuseLayers(): void {
  registerKernels();
  registerGradients();
  replaceCalls();
}
