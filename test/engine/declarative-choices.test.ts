/** The parts of the declarative trainer that need no TensorFlow: what follows from numbers and seeds alone. */
import { describe, expect, it } from 'vitest';
import { random } from '../../src/core/random.js';
import {
  type AugmentationOptions,
  augment,
  columnDeviations,
} from '../../src/engine/trial/declarative/augment/augment.js';
import {
  type BatchOptions,
  epochOrder,
  strataOfNumbers,
} from '../../src/engine/trial/declarative/batches.js';
import { goalOf, Patience } from '../../src/engine/trial/declarative/early-stopping.js';
import { initialValues } from '../../src/engine/trial/declarative/model/initializers.js';
import { LearningRate } from '../../src/engine/trial/declarative/optimizers/rate.js';
import {
  type ScheduleOptions,
  scheduleShare,
} from '../../src/engine/trial/declarative/optimizers/schedule.js';

describe('the learning-rate schedule', () => {
  const base: ScheduleOptions = {
    name: 'constant',
    warmup: 0,
    every: 2,
    factor: 0.5,
    minimum: 0,
    growth: 1,
    peak: 0.25,
    start: 0.1,
  };
  const share = (options: Partial<ScheduleOptions>, time: number, epochs = 8) =>
    scheduleShare({ ...base, ...options }, time, 0.1, epochs);

  it('constant stays', () => {
    expect([0, 3.7, 7.9].map((time) => share({}, time))).toEqual([1, 1, 1]);
  });

  it('step falls by the factor every so many epochs', () => {
    expect([0, 1.9, 2, 3.9, 4, 6].map((time) => share({ name: 'step' }, time))).toEqual([
      1, 1, 0.5, 0.5, 0.25, 0.125,
    ]);
  });

  it('exponential falls by the factor per epoch, evenly', () => {
    expect(share({ name: 'exponential' }, 3)).toBeCloseTo(0.125, 12);
    expect(share({ name: 'exponential' }, 0.5)).toBeCloseTo(Math.SQRT1_2, 12);
    expect(share({ name: 'exponential', minimum: 0.3 }, 3)).toBe(0.3);
  });

  it('linear reaches the minimum at the end', () => {
    expect(share({ name: 'linear', minimum: 0.2 }, 4)).toBeCloseTo(0.6, 12);
    expect(share({ name: 'linear', minimum: 0.2 }, 8)).toBeCloseTo(0.2, 12);
  });

  it('cosine goes down along half a wave', () => {
    expect(share({ name: 'cosine' }, 0)).toBe(1);
    expect(share({ name: 'cosine' }, 4)).toBeCloseTo(0.5, 12);
    expect(share({ name: 'cosine', minimum: 0.1 }, 8)).toBeCloseTo(0.1, 12);
  });

  it('cosine restarts after each period, each longer by the growth', () => {
    const restarts = { name: 'cosine', period: 1, growth: 2 } as const;
    expect(share(restarts, 0.5)).toBeCloseTo(0.5, 12);
    expect(share(restarts, 1)).toBe(1);
    expect(share(restarts, 2)).toBeCloseTo(0.5, 12);
    expect(share(restarts, 3)).toBe(1);
    expect(share(restarts, 5)).toBeCloseTo(0.5, 12);
  });

  it('oneCycle rises to its peak and falls to the minimum', () => {
    const cycle = { name: 'oneCycle', minimum: 0.01 } as const;
    expect(share(cycle, 0)).toBeCloseTo(0.1, 12);
    expect(share(cycle, 1)).toBeCloseTo(0.55, 12);
    expect(share(cycle, 2)).toBeCloseTo(1, 12);
    expect(share(cycle, 5)).toBeCloseTo(0.505, 12);
    expect(share(cycle, 8)).toBeCloseTo(0.01, 12);
  });

  it('warm-up rises evenly, and the schedule begins after it', () => {
    expect(share({ warmup: 2 }, 0)).toBeCloseTo(0.05, 12);
    expect(share({ warmup: 2 }, 0.9)).toBeCloseTo(0.5, 12);
    expect(share({ name: 'linear', warmup: 2 }, 2)).toBe(1);
    expect(share({ name: 'linear', warmup: 2 }, 5)).toBeCloseTo(0.5, 12);
  });

  it('onPlateau falls when the metric has not got better for patience epochs, not below the minimum', () => {
    const plateau = { goal: 'minimize', patience: 2, minDelta: 0.1 } as const;
    const rate = new LearningRate(1, { ...base, name: 'onPlateau', minimum: 0.2 }, 20, plateau);
    const after = [5, 4, 3.95, 3.95, 3.95, 3.95, 3.95, 3.95, 1].map((loss, i) => {
      rate.observe(i + 1, loss);
      return rate.at(i + 2, 0, 10);
    });
    expect(after).toEqual([1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2]);
  });
});

describe('early stopping', () => {
  const run = (values: readonly number[], options = { patience: 2, minDelta: 0 }) => {
    const patience = new Patience({ goal: 'minimize', ...options });
    return values.map((value, i) => patience.observe(i + 1, value));
  };

  it('runs out of patience after that many epochs without improvement', () => {
    expect(run([3, 2, 2.5, 1, 1.5, 1.2])).toEqual([
      'better',
      'better',
      'waiting',
      'better',
      'waiting',
      'out of patience',
    ]);
  });

  it('counts less than minDelta as no improvement', () => {
    expect(run([3, 2.95, 2.9], { patience: 2, minDelta: 0.2 })).toEqual([
      'better',
      'waiting',
      'out of patience',
    ]);
  });

  it('never takes NaN for better', () => {
    expect(run([Number.NaN, Number.NaN])).toEqual(['waiting', 'out of patience']);
  });

  it('knows which way each metric is better', () => {
    expect(['loss', 'val_mse', 'val_mae', 'accuracy', 'val_r2', 'f1'].map(goalOf)).toEqual([
      'minimize',
      'minimize',
      'minimize',
      'maximize',
      'maximize',
      'maximize',
    ]);
  });
});

describe('batches', () => {
  // 60 rows: 40 of class 0, 16 of class 1, 4 of class 2.
  const strata = Int32Array.from({ length: 60 }, (_, i) => (i < 40 ? 0 : i < 56 ? 1 : 2));
  const source = { rows: 60, strata };
  const order = (name: BatchOptions['name'], more = {}, epoch = 3) =>
    epochOrder({ name, pressure: 100, warmup: 1 }, { ...source, ...more }, 7, epoch);
  const counts = (rows: Uint32Array) => [0, 1, 2].map((c) => rows.filter((row) => strata[row] === c).length);
  const sorted = (rows: Uint32Array) => [...rows].sort((a, b) => a - b);
  const all = [...strata.keys()];

  it('shuffled: every row once, in an order of seed and epoch', () => {
    expect(sorted(order('shuffled'))).toEqual(all);
    expect(order('shuffled')).toEqual(order('shuffled'));
    expect(order('shuffled', {}, 4)).not.toEqual(order('shuffled'));
    expect([...order('shuffled')]).not.toEqual(all);
  });

  it('sequential: as in the data', () => {
    expect([...order('sequential')]).toEqual(all);
  });

  it('stratified: every row once, each batch with its share of every class', () => {
    const rows = order('stratified');
    expect(sorted(rows)).toEqual(all);
    for (let from = 0; from < 60; from += 15) {
      const [a, b, c] = counts(rows.subarray(from, from + 15));
      expect(Math.abs(a! - 10)).toBeLessThanOrEqual(1);
      expect(Math.abs(b! - 4)).toBeLessThanOrEqual(1);
      expect(Math.abs(c! - 1)).toBeLessThanOrEqual(1);
    }
  });

  it('balanced: as many rows of each class in every batch, small classes repeated evenly', () => {
    const rows = order('balanced');
    expect(rows).toHaveLength(60);
    for (let from = 0; from < 60; from += 15)
      expect(counts(rows.subarray(from, from + 15))).toEqual([5, 5, 5]);
    expect([56, 57, 58, 59].map((row) => rows.filter((r) => r === row).length)).toEqual([5, 5, 5, 5]);
  });

  it('weighted: rows as often as their weights say', () => {
    const weights = Float64Array.from(strata, (c) => [0, 1, 11][c]!);
    expect(counts(order('weighted', { weights }))).toEqual([0, 16, 44]);
  });

  it('hardExamples: shuffled at first, then rows of high loss most often', () => {
    const losses = Float64Array.from({ length: 60 }, (_, i) => (i * 37) % 60);
    expect(sorted(order('hardExamples', { losses }, 1))).toEqual(all);
    const rows = order('hardExamples', { losses });
    const mean = rows.reduce((sum, row) => sum + losses[row]!, 0) / 60;
    expect(mean).toBeGreaterThan(40);
    const gentle = epochOrder({ name: 'hardExamples', pressure: 1, warmup: 1 }, { ...source, losses }, 7, 3);
    expect(sorted(gentle)).toEqual(all);
  });

  it('numbers fall into tenths of their order', () => {
    const tenths = strataOfNumbers(Float64Array.from({ length: 50 }, (_, i) => (i * 7) % 50));
    expect(tenths[0]).toBe(0);
    expect([...Array(10).keys()].map((c) => tenths.filter((t) => t === c).length)).toEqual(Array(10).fill(5));
  });
});

describe('augmentation', () => {
  const off: AugmentationOptions = {
    rotate: 0,
    shift: 0,
    scale: 0,
    crop: 0,
    flip: 'none',
    noise: 0,
    cutOut: 0,
    mixUp: 0,
    probability: 1,
  };
  const SIDE = 8;
  const shape = [SIDE, SIDE, 1];
  /** Rows of images whose pixels are their own number from 1. */
  const run = (options: Partial<AugmentationOptions>, rows = 40, seed = 1) => {
    const inputs = Float32Array.from({ length: rows * 64 }, (_, i) => 1 + (i % 64));
    const outputs = Float32Array.from({ length: rows * 2 }, (_, i) =>
      i % 2 === Math.floor(i / 2) % 2 ? 1 : 0,
    );
    augment({ rows, inputs, outputs }, { ...off, ...options }, shape, random('test', seed));
    const images = Array.from({ length: rows }, (_, row) => [...inputs.subarray(row * 64, (row + 1) * 64)]);
    return { images, outputs };
  };
  const [original] = run({}).images;
  const mirrored = original!.map((_, i) => original![Math.floor(i / SIDE) * SIDE + (SIDE - 1 - (i % SIDE))]!);
  const upsideDown = original!.map(
    (_, i) => original![(SIDE - 1 - Math.floor(i / SIDE)) * SIDE + (i % SIDE)]!,
  );

  it('leaves all as it is when nothing is asked for, and repeats by its seed', () => {
    expect(original).toEqual(Array.from({ length: 64 }, (_, i) => i + 1));
    const wild = { rotate: 30, shift: 0.1, scale: 0.2, crop: 1, noise: 1, cutOut: 0.3, mixUp: 0.4 };
    expect(run(wild)).toEqual(run(wild));
    expect(run(wild, 40, 2)).not.toEqual(run(wild));
  });

  it('flips half of the images the way it is told', () => {
    const flipped = run({ flip: 'horizontal' }, 200).images;
    const count = flipped.filter((image) => image.join() === mirrored.join()).length;
    expect(count).toBeGreaterThan(70);
    expect(count + flipped.filter((image) => image.join() === original!.join()).length).toBe(200);
    const vertical = run({ flip: 'vertical' }).images.map((image) => image.join());
    expect(new Set(vertical)).toEqual(new Set([original!.join(), upsideDown.join()]));
    expect(new Set(run({ flip: 'both' }).images.map((image) => image.join())).size).toBe(4);
  });

  it('turns around the middle by at most the angle', () => {
    const { images } = run({ rotate: 90 });
    // A corner pixel moves; the mean of a symmetric pattern stays near.
    expect(images.filter((image) => Math.abs(image[0]! - 1) > 1).length).toBeGreaterThan(30);
    for (const image of images) expect(image.reduce((a, b) => a + b) / 64).toBeCloseTo(32.5, 0);
    const small = run({ rotate: 1 }).images;
    expect(
      Math.max(...small.flatMap((image) => image.map((p, i) => Math.abs(p - original![i]!)))),
    ).toBeLessThan(1);
  });

  it('shifts by at most the share of the side', () => {
    const centre = 4 * SIDE + 4;
    const moved = run({ shift: 0.25 }).images.map((image) => image[centre]! - original![centre]!);
    expect(Math.max(...moved.map(Math.abs))).toBeLessThanOrEqual(2 * SIDE + 2);
    expect(Math.max(...moved) - Math.min(...moved)).toBeGreaterThan(SIDE);
  });

  it('scales around the middle', () => {
    // Pixels rise by SIDE from row to row; magnified they rise less.
    const slopes = run({ scale: 0.5 }).images.map(
      (image) => (image[5 * SIDE]! - image[3 * SIDE]!) / (2 * SIDE),
    );
    expect(Math.min(...slopes)).toBeLessThan(0.8);
    expect(Math.max(...slopes)).toBeGreaterThan(1.2);
    for (const slope of slopes) expect(slope).toBeLessThanOrEqual(2.001);
  });

  it('crops a piece of the padded image', () => {
    const { images } = run({ crop: 2 });
    for (const image of images) {
      const kept = image.filter((pixel) => pixel !== 0);
      expect(kept.length).toBeGreaterThanOrEqual(36);
      expect(kept).toEqual([...kept].sort((a, b) => a - b));
    }
    expect(new Set(images.map((image) => image.join())).size).toBeGreaterThan(10);
  });

  it('cuts out one square', () => {
    const holes = run({ cutOut: 0.5 }).images.map((image) => image.filter((pixel) => pixel === 0).length);
    expect(Math.max(...holes)).toBe(16);
    expect(Math.min(...holes)).toBeGreaterThanOrEqual(4);
  });

  it('adds noise of the deviation asked for', () => {
    const errors = run({ noise: 0.5 }).images.flatMap((image) =>
      image.map((pixel, i) => pixel - original![i]!),
    );
    const deviation = Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / errors.length);
    expect(deviation).toBeGreaterThan(0.45);
    expect(deviation).toBeLessThan(0.55);
  });

  it('changes only the share of rows asked for', () => {
    const { images } = run({ noise: 1, probability: 0.25 }, 400);
    const changed = images.filter((image) => image.join() !== original!.join()).length;
    expect(changed).toBeGreaterThan(70);
    expect(changed).toBeLessThan(130);
  });

  it('mixes rows and their outputs in the same shares, the own row keeping the most', () => {
    const rows = 300;
    const inputs = Float32Array.from({ length: rows }, (_, row) => row % 2);
    const outputs = Float32Array.from({ length: rows * 2 }, (_, i) => ((i >> 1) % 2 === i % 2 ? 1 : 0));
    augment({ rows, inputs, outputs }, { ...off, mixUp: 1 }, [1], random('mix'));
    for (let row = 0; row < rows; row++) {
      expect(outputs[2 * row + 1]).toBeCloseTo(inputs[row]!, 6);
      expect(outputs[2 * row]! + outputs[2 * row + 1]!).toBeCloseTo(1, 6);
      expect(outputs[2 * row + (row % 2)]).toBeGreaterThanOrEqual(0.5 - 1e-6);
    }
    const mixed = inputs.filter((x) => x > 0.001 && x < 0.999).length;
    expect(mixed).toBeGreaterThan(100);
  });

  it('scales the noise of tables by each column, and leaves yes and no alone', () => {
    const deviations = columnDeviations(Float32Array.of(0, 10, 1, 1, 30, 0, 1, 20, 1, 0, 20, 0), 3);
    expect([...deviations]).toEqual([0, Math.sqrt(50), 0]);
    const inputs = Float32Array.of(0, 10, 1, 1, 30, 0);
    augment(
      { rows: 2, inputs, outputs: new Float32Array(2) },
      { ...off, noise: 0.1 },
      [3],
      random('t'),
      deviations,
    );
    expect([inputs[0], inputs[2], inputs[3], inputs[5]]).toEqual([0, 1, 1, 0]);
    expect(inputs[1]).not.toBe(10);
    expect(Math.abs(inputs[1]! - 10)).toBeLessThan(4);
  });
});

describe('initial weights', () => {
  const values = (
    name: Parameters<typeof initialValues>[0]['name'],
    shape: number[],
    scale?: number,
    depthwise = false,
  ) => initialValues({ name, scale }, shape, random('weights'), depthwise);
  const deviation = (x: Float32Array) => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);

  it.each([
    ['glorotUniform', 2 / (300 + 200)],
    ['glorotNormal', 2 / (300 + 200)],
    ['heUniform', 2 / 300],
    ['heNormal', 2 / 300],
    ['leCunUniform', 1 / 300],
    ['leCunNormal', 1 / 300],
  ] as const)('%s has the variance of its paper', (name, variance) => {
    expect(deviation(values(name, [300, 200])) / Math.sqrt(variance)).toBeCloseTo(1, 1);
    expect(deviation(values(name, [300, 200], 3)) / Math.sqrt(variance)).toBeCloseTo(3, 1);
  });

  it('counts the window of a convolution, and for depthwise one channel', () => {
    expect(deviation(values('heNormal', [3, 3, 32, 64])) / Math.sqrt(2 / (9 * 32))).toBeCloseTo(1, 1);
    expect(deviation(values('heNormal', [3, 3, 512, 2], undefined, true)) / Math.sqrt(2 / 9)).toBeCloseTo(
      1,
      1,
    );
  });

  it('uniform ones stay within their bounds, truncated ones within two deviations', () => {
    expect(Math.max(...values('randomUniform', [40, 40], 0.2).map(Math.abs))).toBeLessThanOrEqual(0.2);
    expect(Math.max(...values('truncatedNormal', [40, 40], 0.5).map(Math.abs))).toBeLessThanOrEqual(1);
    expect(Math.max(...values('randomNormal', [40, 40], 0.5).map(Math.abs))).toBeGreaterThan(1);
    expect(new Set(values('zeros', [3, 4]))).toEqual(new Set([0]));
    expect(new Set(values('ones', [3, 4]))).toEqual(new Set([1]));
  });

  it.each([
    [40, 16],
    [16, 40],
  ])('orthogonal %i × %i has orthonormal rows or columns', (rows, columns) => {
    const q = values('orthogonal', [rows, columns]);
    const wide = columns > rows;
    const n = Math.min(rows, columns);
    const at = (vector: number, i: number) => (wide ? q[vector * columns + i]! : q[i * columns + vector]!);
    for (let a = 0; a < n; a++) {
      for (let b = 0; b <= a; b++) {
        let dot = 0;
        for (let i = 0; i < Math.max(rows, columns); i++) dot += at(a, i) * at(b, i);
        expect(dot).toBeCloseTo(a === b ? 1 : 0, 5);
      }
    }
  });
});
