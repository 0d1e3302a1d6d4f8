import { describe, expect, it } from 'vitest';
import { BenchWorker } from '../../bench/training/worker.js';

describe('a worker', () => {
  it.skipIf(process.platform !== 'linux')(
    'keeps to 120 MB over 500 trials, and stops growing',
    async () => {
      const worker = await BenchWorker.start();
      const memory: number[] = [];
      for (let trial = 1; trial <= 500; trial++) {
        await worker.run(1);
        if (trial % 100 === 0) memory.push(worker.memory!);
      }
      await worker.stop();
      expect(memory.at(-1)).toBeLessThan(120);
      expect(memory.at(-1)! - memory[0]!).toBeLessThan(10);
    },
    300_000,
  );
});
