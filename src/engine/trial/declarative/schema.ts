/**
 * The keys of a declarative config, what each may hold, and the errors for what it may not. Only the form is checked
 * here: whether columns exist is for the data, whether metrics do for the trainer.
 */
import { z } from 'zod';
import { didYouMean } from '../../../core/annotation/nearest.js';
import type { Json } from '../../../core/json.js';
import { placeOf } from '../config-lines.js';
import { dataConflict, dataForm } from '../data/schema.js';
import { FatalTrainingError } from '../fatal-error.js';
import { count, must, oneOf, positive, share } from '../forms.js';

const pairOf = must('a whole number or a pair of them, such as 3 or [3, 3]');
const pair = z.union([count, z.tuple([count, count])], pairOf);

const activation = oneOf([
  'relu',
  'tanh',
  'elu',
  'selu',
  'gelu',
  'sigmoid',
  'hardSigmoid',
  'softplus',
  'softsign',
  'relu6',
  'swish',
  'mish',
  'linear',
]);

const LAYERS = {
  dense: z.strictObject({ type: z.literal('dense'), units: count, activation: activation.optional() }),
  conv2d: z.strictObject({
    type: z.literal('conv2d'),
    filters: count,
    kernelSize: pair,
    strides: pair.optional(),
    padding: oneOf(['valid', 'same']).optional(),
    activation: activation.optional(),
  }),
  maxPooling2d: z.strictObject({
    type: z.literal('maxPooling2d'),
    poolSize: pair.optional(),
    strides: pair.optional(),
    padding: oneOf(['valid', 'same']).optional(),
  }),
  averagePooling2d: z.strictObject({
    type: z.literal('averagePooling2d'),
    poolSize: pair.optional(),
    strides: pair.optional(),
    padding: oneOf(['valid', 'same']).optional(),
  }),
  flatten: z.strictObject({ type: z.literal('flatten') }),
  dropout: z.strictObject({ type: z.literal('dropout'), rate: share }),
  batchNormalization: z.strictObject({ type: z.literal('batchNormalization') }),
} as const;

const layer = z.discriminatedUnion(
  'type',
  [
    LAYERS.dense,
    LAYERS.conv2d,
    LAYERS.maxPooling2d,
    LAYERS.averagePooling2d,
    LAYERS.flatten,
    LAYERS.dropout,
    LAYERS.batchNormalization,
  ],
  must(`a layer whose type is one of ${Object.keys(LAYERS).join(', ')}`),
);

const SECTIONS = {
  data: dataForm,
  model: z.strictObject(
    {
      task: oneOf(['classification', 'regression']),
      units: z.union([z.array(count), count], must('a list of whole numbers, such as [32, 16]')).optional(),
      layers: z.array(layer, must('a list of layers')).optional(),
      activation: activation.optional(),
      dropout: share.optional(),
      loss: oneOf(['crossentropy', 'mse', 'mae', 'huber']).optional(),
    },
    must('a section with task: and units: or layers:'),
  ),
  optimizer: z.strictObject(
    {
      name: oneOf(['sgd', 'momentum', 'rmsprop', 'adam', 'adagrad', 'adadelta', 'adamax']).default('adam'),
      learningRate: positive.optional(),
      momentum: share.optional(),
    },
    must('a section with name: and learningRate:'),
  ),
  training: z.strictObject(
    { epochs: count.default(30), batchSize: count.default(32) },
    must('a section with epochs: and batchSize:'),
  ),
} as const;

const seedForm = must('a whole number of at least 0');
const schema = z.strictObject({
  data: SECTIONS.data,
  model: SECTIONS.model,
  optimizer: SECTIONS.optimizer.prefault({}),
  training: SECTIONS.training.prefault({}),
  seed: z.number(seedForm).int(seedForm).min(0, seedForm).optional(),
});

export type DeclarativeConfig = Readonly<z.infer<typeof schema>>;
export type LayerConfig = z.infer<typeof layer>;

type Path = readonly (string | number)[];

function at(config: Json, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
    config,
  );
}

/** The keys that may stand at `path`. */
function knownKeys(config: Json, path: Path): readonly string[] {
  const [section] = path;
  if (section === undefined) return Object.keys(schema.shape);
  if (path.length === 1 && typeof section === 'string' && section in SECTIONS) {
    return Object.keys(SECTIONS[section as keyof typeof SECTIONS].shape);
  }
  const type = at(config, [...path, 'type']);
  return typeof type === 'string' && type in LAYERS
    ? Object.keys(LAYERS[type as keyof typeof LAYERS].shape)
    : [];
}

/** What to write instead of an unknown key. */
function remedy(config: Json, path: Path, key: string): string {
  const elsewhere = Object.entries(SECTIONS).find(([, section]) => key in section.shape);
  if (elsewhere) return ` It belongs under "${elsewhere[0]}:".`;
  const here = knownKeys(config, path);
  return didYouMean(key, here) || ` Known here: ${here.join(', ')}.`;
}

const shown = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : JSON.stringify(value));

/** Reads a declarative config. Throws FatalTrainingError that names every wrong key with its line. */
export function readDeclarativeConfig(
  config: Json,
  configFile: string,
  configText: string,
): DeclarativeConfig {
  const result = schema.safeParse(config);
  const messages = (result.error?.issues ?? []).flatMap((issue) => {
    const path = issue.path.filter((key) => typeof key !== 'symbol');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const name = [...path, key].join('.');
        return `${placeOf(configFile, configText, [...path, key])}unknown key "${name}".${remedy(config, path, key)}`;
      });
    }
    const value = at(config, path);
    const name = path.length === 0 ? 'the config' : path.join('.');
    const found = value === undefined ? 'is missing: it' : '';
    const end = value === undefined ? '.' : `; it is ${shown(value)}.`;
    const place = placeOf(configFile, configText, value === undefined ? path.slice(0, -1) : path);
    return [`${place}${name} ${found} ${issue.message}${end}`.replace(/ +/g, ' ')];
  });
  if (!result.success) throw new FatalTrainingError(messages.join('\n'));

  const { data, model } = result.data;
  const wrong = (path: Path, message: string): never => {
    throw new FatalTrainingError(`${placeOf(configFile, configText, path)}${message}`);
  };
  if (model.layers && (model.units !== undefined || model.dropout !== undefined || model.activation)) {
    wrong(
      ['model', 'layers'],
      'model.layers stands alone: give units, activation and dropout inside the layers.',
    );
  }
  if (!model.layers && model.units === undefined) {
    wrong(['model'], 'model needs units, such as [32, 16], or layers.');
  }
  if (
    (model.loss === 'crossentropy') !== (model.task === 'classification') &&
    model.loss === 'crossentropy'
  ) {
    wrong(['model', 'loss'], 'model.loss crossentropy is for classification; use mse, mae or huber.');
  }
  const conflict = dataConflict(data);
  if (conflict) wrong(['data', conflict.key], conflict.message);
  return result.data;
}
