/**
 * Which declarative configs train in steps compiled as a whole (tensorflow/compiled/), and what else those need to know
 * of a config. Everything else trains operation by operation, on any backend.
 */
import { isElementwise } from '../../tensorflow/compiled/elementwise.js';
import type { LayerShape } from '../../tensorflow/compiled/layers.js';
import type { ProgramShape } from '../../tensorflow/compiled/program.js';
import type { Dataset } from '../data/dataset.js';
import { type ActivationName, alphaOf } from './model/activations.js';
import { DEFAULT_ACTIVATION, DEFAULT_EPSILON, DEFAULT_MOMENTUM } from './model/layers.js';
import { layersOf } from './model/network.js';
import { hasOffsets, type Noise } from './model/noise.js';
import { COMMON_DEFAULTS, RULES, type Rule, type RuleOptions } from './optimizers/rules.js';
import type { LayerConfig } from './schema/layers.js';
import type { ModelConfig } from './schema/model.js';
import type { DeclarativeConfig } from './schema.js';

export interface CompiledPlan {
  readonly shape: ProgramShape;
  /** What is drawn for each layer of noise, in turn. */
  readonly noises: readonly Noise[];
}

export type CompiledShape =
  | ({ readonly kind: 'compiled' } & CompiledPlan)
  /** `reason` finishes the sentence "not compiled, because of …". */
  | { readonly kind: 'general'; readonly reason: string };

/** Rows that a program has room for at least, so that judging takes few passes where batches are small. */
const LEAST_ROWS = 64;

/** What a config has that compiled steps have no way for. */
class NotCompiled extends Error {}

class Planner {
  readonly layers: LayerShape[] = [];
  readonly noises: Noise[] = [];

  constructor(
    private readonly model: ModelConfig,
    /** Whether a row is a plain list of numbers, not an image or a sequence. */
    private isFlat: boolean,
  ) {}

  dense(
    units: number,
    own: {
      readonly bias?: boolean | undefined;
      readonly l1?: number | undefined;
      readonly l2?: number | undefined;
    },
  ): void {
    const { l1 = this.model.l1 ?? 0, l2 = this.model.l2 ?? 0, bias = true } = own;
    this.layers.push({ kind: 'dense', units, bias, l1, l2 });
    this.isFlat = true;
  }

  #activation(given: ActivationName, alpha: number | undefined): void {
    const name = given === 'silu' ? 'swish' : given;
    if (name === 'linear') return;
    if (name === 'prelu' && this.isFlat) this.layers.push({ kind: 'prelu' });
    else if (isElementwise(name))
      this.layers.push({ kind: 'elementwise', name, alpha: alphaOf(name, alpha) });
    else throw new NotCompiled(`model.activation: ${name}`);
  }

  #noise(noise: Noise): void {
    if (noise.amount === 0) return;
    this.layers.push({ kind: 'noise', offsets: hasOffsets(noise) });
    this.noises.push(noise);
  }

  add(config: LayerConfig): void {
    switch (config.type) {
      case 'dense':
        this.dense(config.units, config);
        this.#activation(config.activation ?? DEFAULT_ACTIVATION, config.alpha);
        return;
      case 'activation':
        this.#activation(config.activation, config.alpha);
        return;
      case 'flatten':
        this.isFlat = true;
        return;
      case 'dropout':
      case 'alphaDropout':
      case 'gaussianDropout':
        this.#noise({ type: config.type, amount: config.rate });
        return;
      case 'gaussianNoise':
        this.#noise({ type: config.type, amount: config.deviation });
        return;
      case 'batchNormalization':
      case 'layerNormalization': {
        // Of an image each channel has its own mean.
        if (!this.isFlat) break;
        const { epsilon = DEFAULT_EPSILON } = config;
        const momentum = 'momentum' in config ? (config.momentum ?? DEFAULT_MOMENTUM) : DEFAULT_MOMENTUM;
        this.layers.push(
          config.type === 'layerNormalization'
            ? { kind: config.type, epsilon }
            : { kind: config.type, epsilon, momentum },
        );
        return;
      }
      default:
        break;
    }
    throw new NotCompiled(`model.layers: ${config.type}`);
  }
}

export function compiledShape({ model, training }: DeclarativeConfig, dataset: Dataset): CompiledShape {
  const planner = new Planner(model, dataset.shape.length === 1);
  try {
    for (const config of layersOf(model)) planner.add(config);
  } catch (error) {
    if (error instanceof NotCompiled) return { kind: 'general', reason: error.message };
    throw error;
  }
  planner.dense(dataset.outputs, {});
  const { layers, noises } = planner;
  const rows = Math.max(LEAST_ROWS, Math.min(training.batchSize, dataset.train.rows));
  return { kind: 'compiled', shape: { inputs: dataset.rowSize, layers, rows }, noises };
}

/** The optimizer's settings with nothing left open. */
export function ruleOptions({ optimizer }: DeclarativeConfig): RuleOptions {
  const given = Object.fromEntries(Object.entries(optimizer).filter(([, value]) => value !== undefined));
  const rule: Rule = RULES[optimizer.name];
  return { ...COMMON_DEFAULTS, ...rule.defaults, ...given };
}
