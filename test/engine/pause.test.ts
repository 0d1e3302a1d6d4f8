/** Trials that a pruner pauses: they go on from their checkpoint when promoted, also after the engine was killed. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isPaused } from '../../src/core/study/pause.js';
import type { Study } from '../../src/core/study/trial.js';
import { bundle, project, readStudy, startEngine, until } from './support/engine.js';

const rows = Array.from({ length: 120 }, (_, i) => `${Math.sin(i)},${Math.cos(3 * i)},${i % 3}`);

const make = (stop: string) =>
  project({
    'rows.csv': `a,b,y\n${rows.join('\n')}\n`,
    'a.yaml': `# @sweep
#   metric: val_loss
#   stop: ${stop}
#   sampler: random
#   pruner: {name: asha, mode: promote, minResource: 1}
#   workers: 2
data: {csv: rows.csv, target: y, validation: 0.25}
model: {task: classification, units: [8]}
optimizer:
  learningRate: 0.01   # @tune float(1e-4, 1e-1, log)
training: {epochs: 9, batchSize: 8}
`,
  });

/** What must hold of every finished study, however often it was interrupted. */
function check(study: Study): void {
  expect(study.status).toMatchObject({ kind: 'finished', reason: 'all 13 trials were started' });
  expect(study.trials).toHaveLength(13);
  for (const { state, reports, attributes, reason } of study.trials) {
    const steps = reports.length;
    expect(reports.map(({ step }) => step)).toEqual(Array.from({ length: steps }, (_, i) => i + 1));
    if (state === 'complete') expect(steps).toBe(9);
    else {
      expect(state).toBe('pruned');
      expect([1, 3, 9]).toContain(steps);
      expect(reason).toMatch(/^paused: .*; not promoted before the study ended$/);
      expect(attributes['sweetspot:paused']).toEqual({ step: steps });
    }
  }
  const complete = study.trials.filter(({ state }) => state === 'complete');
  expect(complete.length).toBeGreaterThanOrEqual(1);
  expect(complete.length).toBeLessThanOrEqual(5);
}

describe('a study whose pruner pauses', () => {
  it('promotes trials from their checkpoint, and prunes at its end whom it never promoted', async () => {
    const folder = await make('{trials: 13}');
    const engine = await startEngine(join(folder, 'a.yaml'));
    expect(await engine.exited).toBe(0);
    const study = await readStudy(engine.started);
    check(study);
    // The file's own values are what all is compared with: they are not paused.
    expect(study.trials[0]?.state).toBe('complete');
    const resumed = study.trials.filter(({ attributes }) => attributes.resumedFrom !== undefined);
    expect(resumed.length).toBeGreaterThan(0);
    for (const { attributes } of resumed) {
      expect([1, 3]).toContain((attributes.resumedFrom as { epoch: number }).epoch);
      expect(attributes['sweetspot:paused']).toBeDefined();
    }
    const again = spawnSync(process.execPath, [bundle('cli.js'), 'replay', join(folder, 'a.yaml')]);
    expect(again.stdout.toString()).toContain('13 suggestions, ');
    expect(again.status).toBe(0);
  });

  it('goes on after kill -9 with what was paused', async () => {
    const folder = await make('{trials: 13}');
    const engine = await startEngine(join(folder, 'a.yaml'));
    const before = await until(engine.started, ({ trials }) => trials.filter(isPaused).length >= 2);
    engine.process.kill('SIGKILL');
    await engine.exited;
    expect(before.status.kind).toBe('running');
    const second = await startEngine(join(folder, 'a.yaml'));
    expect(await second.exited).toBe(0);
    check(await readStudy(second.started));
  });
});
