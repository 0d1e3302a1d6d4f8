/** Tells whether a checkpoint belongs to the training at hand: same config, data, seed and backend. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Session } from '../session.js';

/** Raised when what a checkpoint holds changes. */
const FORMAT = 1;

export const checkpointPath = ({ spec }: Session): string => join(spec.folder, 'checkpoint.safetensors');

/** @param dependsOn whatever else the bits of the result depend on */
export const checkpointKey = ({ spec }: Session, dependsOn: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify([FORMAT, spec.config, spec.seed, dependsOn]))
    .digest('hex')
    .slice(0, 16);
