/** Builds the network and the optimizer that a declarative config describes. */
import type { Optimizer, Tensor } from '@tensorflow/tfjs-core';
import type { Sequential } from '@tensorflow/tfjs-layers';
import type { TensorFlow } from '../../tensorflow/backend.js';
import type { Dataset } from '../data/dataset.js';
import type { Loss } from './metrics.js';
import type { DeclarativeConfig, LayerConfig } from './schema.js';

type TfLayer = Parameters<Sequential['add']>[0];
/** tfjs does not export the type of activation names. */
type Activation = NonNullable<Parameters<TensorFlow['layers']['dense']>[0]['activation']>;

const DEFAULT_ACTIVATION = 'relu';

/** `units: [32, 16]` as layers. */
function layersOf({ model }: DeclarativeConfig): readonly LayerConfig[] {
  if (model.layers) return model.layers;
  const units = typeof model.units === 'number' ? [model.units] : (model.units ?? []);
  const { activation = DEFAULT_ACTIVATION, dropout = 0 } = model;
  return units.flatMap((size): LayerConfig[] => [
    { type: 'dense', units: size, activation },
    ...(dropout > 0 ? [{ type: 'dropout', rate: dropout } as const] : []),
  ]);
}

function createLayer({ layers }: TensorFlow, config: LayerConfig): TfLayer {
  switch (config.type) {
    case 'dense':
      return layers.dense({
        units: config.units,
        activation: (config.activation ?? DEFAULT_ACTIVATION) as Activation,
      });
    case 'conv2d':
      return layers.conv2d({
        filters: config.filters,
        kernelSize: config.kernelSize,
        strides: config.strides ?? 1,
        padding: config.padding ?? 'valid',
        activation: (config.activation ?? DEFAULT_ACTIVATION) as Activation,
      });
    case 'maxPooling2d':
    case 'averagePooling2d': {
      const poolSize = config.poolSize ?? 2;
      const options = {
        poolSize,
        strides: config.strides ?? poolSize,
        padding: config.padding ?? 'valid',
      } as const;
      return config.type === 'maxPooling2d' ? layers.maxPooling2d(options) : layers.averagePooling2d(options);
    }
    case 'flatten':
      return layers.flatten();
    case 'dropout':
      return layers.dropout({ rate: config.rate });
    case 'batchNormalization':
      // tfjs' 0.99 needs several hundred steps before evaluation sees what training does; PyTorch takes 0.9.
      return layers.batchNormalization({ momentum: 0.9 });
  }
}

const isImageLayer = ({ type }: LayerConfig): boolean =>
  type === 'conv2d' || type === 'maxPooling2d' || type === 'averagePooling2d';

/**
 * Input, layers, and an output layer that fits the task. Images are flattened before the first dense layer and before
 * the output where the config does not say so itself.
 * @throws Error where a layer does not fit what comes before it
 */
export function buildNetwork(tf: TensorFlow, config: DeclarativeConfig, dataset: Dataset): Sequential {
  const model = tf.sequential();
  let shape: readonly number[] = dataset.shape;
  const add = (layer: TfLayer): void => {
    model.add(layer);
    shape = (layer.outputShape as (number | null)[]).slice(1).map(Number);
  };
  const flatten = (): void => {
    if (shape.length > 1) add(tf.layers.flatten());
  };

  model.add(tf.layers.inputLayer({ inputShape: [...dataset.shape] }));
  for (const [index, layer] of layersOf(config).entries()) {
    const name = `model.layers.${index} (${layer.type})`;
    if (isImageLayer(layer) && shape.length !== 3) {
      throw new Error(
        `${name} works on images (height, width, channels), but gets [${shape.join(', ')}]. Set data.shape, or move it before flatten and dense.`,
      );
    }
    const before = shape.join(', ');
    if (layer.type === 'dense') flatten();
    add(createLayer(tf, layer));
    if (!shape.every((size) => size >= 1)) {
      throw new Error(
        `${name} leaves nothing of its input [${before}]. Use a smaller window, or padding: same.`,
      );
    }
  }
  flatten();
  const activation = config.model.task === 'classification' ? 'softmax' : 'linear';
  model.add(tf.layers.dense({ units: dataset.outputs, activation }));
  return model;
}

export function createOptimizer({ train }: TensorFlow, optimizer: DeclarativeConfig['optimizer']): Optimizer {
  const { name, learningRate: rate, momentum = 0.9 } = optimizer;
  switch (name) {
    case 'sgd':
      return train.sgd(rate ?? 0.01);
    case 'momentum':
      return train.momentum(rate ?? 0.01, momentum);
    case 'rmsprop':
      return train.rmsprop(rate ?? 0.001, 0.9, optimizer.momentum ?? 0);
    case 'adam':
      return train.adam(rate ?? 0.001);
    case 'adagrad':
      return train.adagrad(rate ?? 0.01);
    case 'adadelta':
      return train.adadelta(rate ?? 1);
    case 'adamax':
      return train.adamax(rate ?? 0.002);
  }
}

/** MomentumOptimizer.dispose forgets the learning rate that it inherits as a tensor. */
export function disposeOptimizer(tf: TensorFlow, optimizer: Optimizer): void {
  optimizer.dispose();
  if (optimizer.getClassName() === 'Momentum') tf.SGDOptimizer.prototype.dispose.call(optimizer);
}

/** What tfjs minimises for each loss. */
export function lossFunction(
  { losses }: TensorFlow,
  loss: Loss,
): string | ((truth: Tensor, predicted: Tensor) => Tensor) {
  switch (loss) {
    case 'crossentropy':
      return 'categoricalCrossentropy';
    case 'mse':
      return 'meanSquaredError';
    case 'mae':
      return 'meanAbsoluteError';
    case 'huber':
      return (truth, predicted) => losses.huberLoss(truth, predicted);
  }
}
