/** For every key of a declarative config a base and a change of that key, which must change the training. Data only. */
export type Config = { readonly [key: string]: unknown };

const isSection = (value: unknown): value is Config =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const merged = (a: Config, b: Config): Config => {
  const entries = Object.entries(b).map(([key, value]) => {
    const old = a[key];
    return [key, isSection(old) && isSection(value) ? merged(old, value) : value];
  });
  return { ...a, ...Object.fromEntries(entries) };
};

export const TABLE: Config = {
  data: { csv: 'kinds.csv', target: 'kind', validation: 0.25 },
  model: { task: 'classification', units: [6] },
  optimizer: { learningRate: 0.02 },
  training: { epochs: 2, batchSize: 16 },
  seed: 3,
};
const NUMBERS = merged(TABLE, {
  data: { csv: 'sizes.csv', target: 'size', standardize: true },
  model: { task: 'regression' },
});
export const ofLayers = (shape: readonly number[], ...layers: Config[]): Config => {
  const { units: _, ...model } = TABLE.model as Config;
  return { ...TABLE, data: { ...(TABLE.data as Config), shape }, model: { ...model, layers } };
};
export const IMAGE = [6, 6, 1];
const SEQUENCE = [9, 4];
const WORDS = merged(ofLayers([6], { type: 'embedding', units: 4 }), { data: { csv: 'words.csv' } });

type Change = readonly [key: string, base: Config, change: Config];

const optimizer = (name: string, more: Config = {}): Config =>
  merged(TABLE, { optimizer: { name, ...more } });
const ofOptimizer = (key: string, base: Config, value: unknown): Change => [
  `optimizer.${key}`,
  base,
  { optimizer: { [key]: value } },
];
const schedule = (name: string, more: Config = {}): Config =>
  merged(TABLE, { training: { epochs: 4 }, optimizer: { schedule: { name, ...more } } });
const ofSchedule = (key: string, base: Config, value: unknown): Change => [
  `optimizer.schedule.${key}`,
  base,
  { optimizer: { schedule: { [key]: value } } },
];
const ofModel = (key: string, value: unknown, base = TABLE): Change => [
  `model.${key}`,
  base,
  { model: { [key]: value } },
];
const ofLoss = (key: string, base: Config, value: unknown): Change => [
  `model.loss.${key}`,
  base,
  { model: { loss: { [key]: value } } },
];
const ofTraining = (section: string, key: string, base: Config, value: unknown): Change => [
  `training.${section}.${key}`,
  base,
  { training: { [section]: { [key]: value } } },
];
const plateau = schedule('onPlateau', { patience: 1, minDelta: 10, factor: 0.5 });
const pictures = ofLayers(IMAGE, { type: 'conv2d', filters: 2, kernelSize: 3 });
const batches = (name: string, more: Config = {}): Config =>
  merged(TABLE, { training: { epochs: 3, batches: { name, ...more } } });
const stopping = merged(TABLE, {
  optimizer: { learningRate: 0.3 },
  training: { epochs: 12, earlyStopping: { patience: 3 } },
});

export const CHANGES: readonly Change[] = [
  ['seed', TABLE, { seed: 4 }],
  ['training.epochs', TABLE, { training: { epochs: 3 } }],
  ['training.batchSize', TABLE, { training: { batchSize: 20 } }],
  ['training.trainMetrics', TABLE, { training: { trainMetrics: 'exact' } }],
  ofModel('units', [7]),
  ['model.layers', merged(TABLE, { model: { units: 6 } }), { model: { layers: 2 } }],
  ofModel('activation', 'tanh'),
  ofModel('alpha', 0.5, merged(TABLE, { model: { activation: 'leakyRelu' } })),
  ofModel('dropout', 0.3),
  ofModel('normalization', 'batch'),
  ofModel('initializer', 'heUniform'),
  ['model.initializer.name', TABLE, { model: { initializer: { name: 'orthogonal' } } }],
  [
    'model.initializer.scale',
    merged(TABLE, { model: { initializer: { name: 'randomNormal' } } }),
    { model: { initializer: { scale: 0.5 } } },
  ],
  ofModel('l1', 0.01),
  ofModel('l2', 0.1),
  ofModel('loss', 'focal'),
  ...[
    'binaryCrossentropy',
    'focal',
    'hinge',
    'squaredHinge',
    'categoricalHinge',
    'mse',
    'mae',
    'huber',
    'logCosh',
  ].map((name) => ofLoss('name', TABLE, name)),
  ...['mae', 'huber', 'logCosh'].map((name) => ofLoss('name', NUMBERS, name)),
  ofLoss('delta', merged(NUMBERS, { model: { loss: { name: 'huber' } } }), 0.1),
  ofLoss('gamma', merged(TABLE, { model: { loss: { name: 'focal' } } }), 4),
  ofLoss('labelSmoothing', TABLE, 0.2),
  ofLoss('classWeights', TABLE, 'balanced'),
  ofLoss('classWeights', TABLE, { rare: 5 }),

  ...['sgd', 'momentum', 'nesterov', 'rmsprop', 'adagrad', 'adadelta', 'adamw', 'adamax', 'lion'].map(
    (name) => ofOptimizer('name', TABLE, name),
  ),
  ofOptimizer('learningRate', TABLE, 0.03),
  ofOptimizer('momentum', optimizer('momentum'), 0.5),
  ofOptimizer('momentum', optimizer('rmsprop'), 0.5),
  ofOptimizer('rho', optimizer('rmsprop'), 0.5),
  ofOptimizer('rho', optimizer('adadelta', { learningRate: 1 }), 0.5),
  ofOptimizer('beta1', optimizer('adam'), 0.5),
  ofOptimizer('beta1', optimizer('lion'), 0.5),
  ofOptimizer('beta2', optimizer('adam'), 0.9),
  ofOptimizer('epsilon', optimizer('adam'), 0.1),
  ofOptimizer('centered', optimizer('rmsprop'), true),
  ofOptimizer('initialAccumulator', optimizer('adagrad'), 1),
  ofOptimizer('weightDecay', TABLE, 0.5),
  ofOptimizer('weightDecay', optimizer('sgd'), 0.5),
  ofOptimizer('clipNorm', optimizer('sgd'), 0.05),
  ofOptimizer('clipValue', optimizer('sgd'), 0.01),
  ofOptimizer('schedule', TABLE, 'linear'),
  ...['step', 'exponential', 'linear', 'cosine', 'oneCycle'].map((name) =>
    ofSchedule('name', schedule('constant', { every: 2 }), name),
  ),
  ofSchedule('name', plateau, 'constant'),
  ofSchedule('warmup', schedule('constant'), 2),
  ofSchedule('every', schedule('step', { every: 1 }), 2),
  ofSchedule('factor', schedule('exponential'), 0.5),
  ofSchedule('factor', plateau, 0.1),
  ofSchedule('minimum', schedule('linear'), 0.5),
  ofSchedule('period', schedule('cosine'), 2),
  ofSchedule('growth', schedule('cosine', { period: 1 }), 2),
  ofSchedule('peak', schedule('oneCycle'), 0.6),
  ofSchedule('start', schedule('oneCycle'), 0.5),
  ofSchedule('patience', plateau, 2),
  ofSchedule('minDelta', plateau, 0),
  ofSchedule(
    'metric',
    merged(schedule('onPlateau', { patience: 1, factor: 0.1 }), { training: { epochs: 6 } }),
    'val_accuracy',
  ),

  ['training.batches', TABLE, { training: { batches: 'sequential' } }],
  ...['sequential', 'stratified', 'balanced'].map((name) => ofTraining('batches', 'name', TABLE, name)),
  ofTraining('batches', 'name', batches('hardExamples'), 'shuffled'),
  ofTraining('batches', 'weights', batches('weighted', { weights: { rare: 5 } }), { rare: 2 }),
  ofTraining('batches', 'pressure', batches('hardExamples'), 2),
  ofTraining('batches', 'warmup', batches('hardExamples'), 2),
  ['training.augmentation', TABLE, { training: { augmentation: { noise: 0.2 } } }],
  ofTraining('augmentation', 'noise', TABLE, 0.1),
  ofTraining('augmentation', 'mixUp', TABLE, 0.4),
  ofTraining(
    'augmentation',
    'probability',
    merged(TABLE, { training: { augmentation: { noise: 0.5 } } }),
    0.5,
  ),
  ofTraining('augmentation', 'rotate', pictures, 20),
  ofTraining('augmentation', 'shift', pictures, 0.2),
  ofTraining('augmentation', 'scale', pictures, 0.2),
  ofTraining('augmentation', 'crop', pictures, 1),
  ...['horizontal', 'vertical', 'both'].map((flip) => ofTraining('augmentation', 'flip', pictures, flip)),
  ofTraining('augmentation', 'cutOut', pictures, 0.4),
  [
    'training.earlyStopping',
    merged(TABLE, { training: { epochs: 12 }, optimizer: { learningRate: 0.3 } }),
    { training: { earlyStopping: 3 } },
  ],
  ofTraining('earlyStopping', 'patience', stopping, 1),
  ofTraining('earlyStopping', 'minDelta', stopping, 5),
  ofTraining('earlyStopping', 'metric', stopping, 'loss'),
  ofTraining('earlyStopping', 'goal', stopping, 'maximize'),
  ofTraining('earlyStopping', 'from', stopping, 9),
];

/** The first layer is the one whose key changes. */
const layer = (
  shape: readonly number[],
  first: Config,
  key: string,
  value: unknown,
  ...rest: Config[]
): Change => [
  `layer.${first.type}.${key}`,
  ofLayers(shape, first, ...rest),
  { model: { layers: [{ ...first, [key]: value }, ...rest] } },
];
const DENSE = { type: 'dense', units: 5 };
export const CONV = { type: 'conv2d', filters: 3, kernelSize: 2 };
const CONV1 = { type: 'conv1d', filters: 3, kernelSize: 2 };
const DEPTH = { type: 'depthwiseConv2d', kernelSize: 2 };
const SEPARABLE = { type: 'separableConv2d', filters: 3, kernelSize: 2 };
const POOL2 = ['maxPooling2d', 'averagePooling2d'];
const POOL1 = ['maxPooling1d', 'averagePooling1d'];
const weighted = (shape: readonly number[], base: Config): Change[] => [
  layer(shape, base, 'initializer', 'heNormal'),
  layer(shape, base, 'l1', 0.05),
  layer(shape, base, 'l2', 0.2),
  layer(shape, base, 'bias', false),
];
const activated = (shape: readonly number[], base: Config): Change[] => [
  layer(shape, base, 'activation', 'tanh'),
  layer(shape, { ...base, activation: 'leakyRelu' }, 'alpha', 0.5),
];
const block = (more: Config = {}): Config => ({ type: 'residual', layers: [DENSE], ...more });

export const LAYER_CHANGES: readonly Change[] = [
  layer([36], DENSE, 'units', 6),
  ...activated([36], DENSE),
  ...weighted([36], DENSE),
  ...[CONV, CONV1, DEPTH, SEPARABLE].flatMap((base) => {
    const shape = base === CONV1 ? SEQUENCE : IMAGE;
    return [
      layer(shape, base, 'kernelSize', 3),
      layer(shape, base, 'strides', 2),
      layer(shape, base, 'padding', 'same'),
      ...activated(shape, base),
      ...weighted(shape, base),
    ];
  }),
  layer(IMAGE, CONV, 'filters', 4),
  layer(IMAGE, CONV, 'dilation', 2),
  layer(SEQUENCE, CONV1, 'filters', 4),
  layer(SEQUENCE, CONV1, 'dilation', 2),
  layer(SEQUENCE, { ...CONV1, padding: 'same' }, 'padding', 'causal'),
  layer(IMAGE, SEPARABLE, 'filters', 4),
  layer(IMAGE, SEPARABLE, 'depthMultiplier', 2),
  layer(IMAGE, DEPTH, 'depthMultiplier', 2),
  ...['lstm', 'gru', 'simpleRnn'].flatMap((type) => {
    const base = { type, units: 3 };
    return [
      layer(SEQUENCE, base, 'units', 4),
      layer(SEQUENCE, base, 'activation', 'relu'),
      ...weighted(SEQUENCE, base),
      layer(SEQUENCE, base, 'recurrentInitializer', 'glorotUniform'),
      layer(SEQUENCE, base, 'dropout', 0.3),
      layer(SEQUENCE, base, 'recurrentDropout', 0.3),
      layer(SEQUENCE, base, 'returnSequences', true),
      ...(type === 'simpleRnn' ? [] : [layer(SEQUENCE, base, 'recurrentActivation', 'hardSigmoid')]),
    ];
  }),
  layer(SEQUENCE, { type: 'bidirectional', layer: { type: 'lstm', units: 2 } }, 'layer', {
    type: 'gru',
    units: 2,
  }),
  ...['sum', 'mul', 'ave'].map((merge) =>
    layer(SEQUENCE, { type: 'bidirectional', layer: { type: 'lstm', units: 2 } }, 'merge', merge),
  ),
  ['layer.embedding.units', WORDS, { model: { layers: [{ type: 'embedding', units: 5 }] } }],
  [
    'layer.embedding.initializer',
    WORDS,
    { model: { layers: [{ type: 'embedding', units: 4, initializer: 'heNormal' }] } },
  ],
  ['layer.embedding.l1', WORDS, { model: { layers: [{ type: 'embedding', units: 4, l1: 0.1 }] } }],
  [
    'layer.embedding.maskZero',
    merged(ofLayers([6], { type: 'embedding', units: 4 }, { type: 'gru', units: 3 }), {
      data: { csv: 'words.csv' },
    }),
    {
      model: {
        layers: [
          { type: 'embedding', units: 4, maskZero: true },
          { type: 'gru', units: 3 },
        ],
      },
    },
  ],
  ['layer.embedding.l2', WORDS, { model: { layers: [{ type: 'embedding', units: 4, l2: 0.5 }] } }],
  layer([36], { type: 'batchNormalization' }, 'momentum', 0.5, DENSE),
  layer([36], { type: 'batchNormalization' }, 'epsilon', 0.5, DENSE),
  layer([36], { type: 'layerNormalization' }, 'epsilon', 0.5, DENSE),
  ...[...POOL2, ...POOL1].flatMap((type) => {
    const shape = POOL2.includes(type) ? IMAGE : SEQUENCE;
    return [
      layer(shape, { type }, 'poolSize', 3),
      layer(shape, { type }, 'strides', 1),
      layer(shape, { type, strides: shape === IMAGE ? 5 : 4 }, 'padding', 'same'),
    ];
  }),
  layer([36], { type: 'reshape', shape: SEQUENCE }, 'shape', [4, 9], { type: 'gru', units: 3 }),
  layer([36], { type: 'activation', activation: 'tanh' }, 'activation', 'softsign', DENSE),
  layer([36], { type: 'activation', activation: 'elu' }, 'alpha', 2, DENSE),
  ...['dropout', 'alphaDropout', 'gaussianDropout'].map((type) =>
    layer([36], { type, rate: 0.1 }, 'rate', 0.4, DENSE),
  ),
  layer(IMAGE, { type: 'spatialDropout', rate: 0 }, 'rate', 0.5, CONV),
  layer([36], { type: 'gaussianNoise', deviation: 0.1 }, 'deviation', 0.5, DENSE),
  layer([36], block(), 'layers', [{ ...DENSE, units: 6 }]),
  layer([36], block(), 'activation', 'relu'),
  layer([36], block({ activation: 'leakyRelu' }), 'alpha', 0.5),
  layer([36], block(), 'initializer', 'heNormal'),
  layer([36], block(), 'drop', 0.5),
  layer([36], { type: 'repeat', times: 1, layers: [DENSE] }, 'times', 3),
  layer([36], { type: 'repeat', times: 1, layers: [DENSE] }, 'layers', [{ ...DENSE, units: 6 }]),
];
