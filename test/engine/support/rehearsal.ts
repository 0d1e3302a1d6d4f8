/** A session whose every report is judged at once: what trainers are tested with. */
import { mkdtempSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { parse } from 'yaml';
import { parseOutcome, VALIDATION_FILE } from '../../../src/core/study/validation-outcome.js';
import type { AttemptSpec, FromWorker } from '../../../src/engine/trial/messages.js';
import { Session } from '../../../src/engine/trial/session.js';

export interface Rehearsal {
  readonly session: Session;
  readonly sent: FromWorker[];
  /** Metrics of each report, in order. */
  readonly reports: () => readonly Readonly<Record<string, number>>[];
}

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sweetspot-trial-'));
  folders.push(folder);
  return folder;
}

/** `stopAfter`: the verdict on that step and later ones is to stop. */
export function rehearse(
  configFile: string,
  configText: string,
  options: Partial<AttemptSpec> & { readonly stopAfter?: number } = {},
): Rehearsal {
  const { stopAfter = Number.POSITIVE_INFINITY, ...rest } = options;
  const sent: FromWorker[] = [];
  const spec: AttemptSpec = {
    trial: 3,
    attempt: 1,
    trainer: { kind: 'declarative' },
    configFile,
    config: parse(configText),
    configText,
    params: {},
    metric: 'val_loss',
    metrics: ['val_loss'],
    seed: 11,
    folder: rest.folder ?? newFolder(),
    backend: 'embedded',
    tensorflowFolders: [],
    ...rest,
  };
  const session: Session = new Session(spec, (message) => {
    sent.push(message);
    if (message.kind === 'report') setImmediate(() => session.judge(message.step >= stopAfter));
  });
  const reports = () => sent.flatMap((message) => (message.kind === 'report' ? [message.metrics] : []));
  return { session, sent, reports };
}

/** What a trial left of its validation rows; undefined where it left nothing. */
export async function validationIn(folder: string): Promise<ReturnType<typeof parseOutcome>> {
  const text = await readFile(join(folder, VALIDATION_FILE), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseOutcome(text);
}
