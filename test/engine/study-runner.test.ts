/** How a study ends that can go on no longer. */
import { expect, it } from 'vitest';
import { runner } from './support/runner.js';

it('a study whose journal can no longer be written ends with the reason, whatever its trials are about', async () => {
  const { study, journal } = await runner(undefined, 3, async (trial, events) => {
    for (let step = 1; step <= 5; step++) {
      await new Promise((done) => setTimeout(done, 5));
      if (trial === 4 && step === 2) await journal.close();
      if (await events.report(step, { score: step })) break;
    }
    return { kind: 'finished', values: {}, stopped: false };
  });
  await expect(study.run()).rejects.toThrow(/a\.jsonl cannot be written/);
});
