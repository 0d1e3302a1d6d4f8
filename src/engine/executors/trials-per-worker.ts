/**
 * How many trials share a worker: the `fuse` of a sweep. More at a time hide each other's waiting for the journal, but are
 * asked for before the results of the others are known, which costs samplers that learn some of what they know.
 */
import type { AnnotatedConfig } from '../../core/annotation/annotated-config.js';
import type { Json, JsonObject } from '../../core/json.js';
import type { StudySettings } from '../../core/study/trial.js';

/** By themselves only where nothing is lost by asking early: these samplers do not look at results. */
const NOT_LEARNING = new Set(['random', 'grid', 'qmc']);
const AUTOMATIC = 8;

/** Layers of which compiled-shape.ts makes compiled steps. Others would wait for one another. */
const MAY_COMPILE = new Set([
  'dense',
  'activation',
  'flatten',
  'dropout',
  'alphaDropout',
  'gaussianDropout',
  'gaussianNoise',
  'batchNormalization',
  'layerNormalization',
]);

const sectionOf = (data: Json, key: string): JsonObject => {
  const section = (data as JsonObject | null)?.[key];
  return typeof section === 'object' && section !== null && !Array.isArray(section)
    ? (section as JsonObject)
    : {};
};

export function trialsPerWorker(
  { sweep, data }: AnnotatedConfig,
  { sampler, stop }: Pick<StudySettings, 'sampler' | 'stop'>,
  fuse: number | undefined,
  backend: 'auto' | 'embedded' | 'native',
): number {
  if (sweep.trainer.kind !== 'declarative') return 1;
  const { kind = 'network', units, layers } = sectionOf(data, 'model');
  if (kind !== 'network') return 1;
  if (fuse !== undefined) return fuse;
  const isCompiled = Array.isArray(layers)
    ? layers.every((layer) => MAY_COMPILE.has(String(sectionOf({ layer }, 'layer').type)))
    : units !== undefined;
  // Trials that share a process take longer each: a limit on the time of one would hit them.
  const mayShare = isCompiled && backend !== 'native' && stop.trialMinutes === undefined;
  return mayShare && NOT_LEARNING.has(sampler) ? AUTOMATIC : 1;
}
