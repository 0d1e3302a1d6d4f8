/**
 * Which declarative configs train in steps compiled as a whole (tensorflow/compiled/), and what else those need to know
 * of a config. Everything else trains operation by operation, on any backend.
 */
import type { DenseShape, Penalties } from '../../tensorflow/compiled/dense-program.js';
import type { Dataset } from '../data/dataset.js';
import { COMMON_DEFAULTS, RULES, type Rule, type RuleOptions } from './optimizers/rules.js';
import type { DeclarativeConfig } from './schema.js';

const ACTIVATIONS = ['relu', 'tanh', 'sigmoid', 'linear'] as const;

export type CompiledShape =
  | { readonly kind: 'compiled'; readonly shape: DenseShape }
  /** `reason` finishes the sentence "not compiled, because of …". */
  | { readonly kind: 'general'; readonly reason: string };

/** The first key that compiled steps have no way for. */
function obstacle({ model, optimizer }: DeclarativeConfig): string | undefined {
  const { task, layers, activation = 'relu', normalization = 'none', loss } = model;
  const plainLoss = task === 'classification' ? 'crossentropy' : 'mse';
  const rule: Rule = RULES[optimizer.name];
  if (Array.isArray(layers) || model.units === undefined) return 'model.layers';
  if (!ACTIVATIONS.some((name) => name === activation)) return `model.activation: ${activation}`;
  if (normalization !== 'none') return `model.normalization: ${normalization}`;
  if ((loss?.name ?? plainLoss) !== plainLoss) return `model.loss: ${loss?.name}`;
  if (!rule.fused || (optimizer.name === 'rmsprop' && optimizer.centered)) {
    return `optimizer.name: ${optimizer.centered ? 'rmsprop, centered' : optimizer.name}`;
  }
  return optimizer.clipNorm === undefined ? undefined : 'optimizer.clipNorm';
}

export function compiledShape(config: DeclarativeConfig, dataset: Dataset): CompiledShape {
  const reason = obstacle(config);
  if (reason !== undefined) return { kind: 'general', reason };
  const { task, units = 1, layers, activation } = config.model;
  return {
    kind: 'compiled',
    shape: {
      inputs: dataset.rowSize,
      units: Array.isArray(units)
        ? units
        : Array.from({ length: typeof layers === 'number' ? layers : 1 }, () => units),
      outputs: dataset.outputs,
      activation: ACTIVATIONS.find((name) => name === activation) ?? 'relu',
      loss: task === 'classification' ? 'crossentropy' : 'mse',
      rows: Math.min(config.training.batchSize, dataset.train.rows),
    },
  };
}

/** The optimizer's settings with nothing left open. */
export function ruleOptions({ optimizer }: DeclarativeConfig): RuleOptions {
  const given = Object.fromEntries(Object.entries(optimizer).filter(([, value]) => value !== undefined));
  const rule: Rule = RULES[optimizer.name];
  return { ...COMMON_DEFAULTS, ...rule.defaults, ...given };
}

export const penalties = ({ model, optimizer }: DeclarativeConfig): Penalties => ({
  l1: model.l1 ?? 0,
  l2: model.l2 ?? 0,
  clipValue: optimizer.clipValue ?? Number.POSITIVE_INFINITY,
});
