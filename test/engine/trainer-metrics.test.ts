import { describe, expect, it } from 'vitest';
import { split } from '../../src/engine/trial/data/split.js';
import { classificationMetrics, regressionMetrics } from '../../src/engine/trial/declarative/metrics.js';

describe('classification metrics', () => {
  // Truth 0 0 1 1 2, predicted 0 1 1 1 0.
  const labels = Int32Array.of(0, 0, 1, 1, 2);
  const rows = [
    [0.6, 0.3, 0.1],
    [0.2, 0.7, 0.1],
    [0.1, 0.8, 0.1],
    [0.3, 0.4, 0.3],
    [0.5, 0.2, 0.3],
  ];

  it('equal those counted by hand', () => {
    const metrics = classificationMetrics(Float32Array.from(rows.flat()), labels, 3, 'crossentropy');
    expect(metrics.accuracy).toBeCloseTo(3 / 5, 12);
    expect(metrics.precision).toBeCloseTo((1 / 2 + 2 / 3 + 0) / 3, 12);
    expect(metrics.recall).toBeCloseTo((1 / 2 + 1 + 0) / 3, 12);
    expect(metrics.f1).toBeCloseTo((1 / 2 + 4 / 5 + 0) / 3, 12);
    const logs = [0.6, 0.2, 0.8, 0.4, 0.3].map(Math.log);
    expect(metrics.loss).toBeCloseTo(-logs.reduce((a, b) => a + b) / 5, 6);
  });

  it('leave out a class that neither occurs nor is predicted', () => {
    const metrics = classificationMetrics(
      Float32Array.of(0.9, 0.1, 0, 0.2, 0.8, 0),
      Int32Array.of(0, 1),
      3,
      'mse',
    );
    expect(metrics).toMatchObject({ accuracy: 1, precision: 1, recall: 1, f1: 1 });
    expect(metrics.loss).toBeCloseTo((0.01 + 0.01 + 0.04 + 0.04) / 6, 6);
  });

  it('are NaN for a model that predicts nothing', () => {
    const metrics = classificationMetrics(
      Float32Array.of(Number.NaN, 1),
      Int32Array.of(0),
      2,
      'crossentropy',
    );
    expect(Object.values(metrics).every(Number.isNaN)).toBe(true);
  });
});

describe('regression metrics', () => {
  it('equal those computed by hand', () => {
    const metrics = regressionMetrics(Float64Array.of(2, 2, 5), Float64Array.of(1, 2, 3), 'mae', 1);
    expect(metrics).toEqual({ loss: 1, mse: 5 / 3, mae: 1, r2: 1 - 5 / 2 });
    const huber = regressionMetrics(Float64Array.of(2, 2, 5), Float64Array.of(1, 2, 3), 'huber', 1);
    expect(huber.loss).toBeCloseTo((0.5 + 0 + 1.5) / 3, 12);
  });

  it('give a constant target r2 of 1 when right and 0 when not', () => {
    expect(regressionMetrics(Float64Array.of(4, 4), Float64Array.of(4, 4), 'mse', 1).r2).toBe(1);
    expect(regressionMetrics(Float64Array.of(4, 5), Float64Array.of(4, 4), 'mse', 1).r2).toBe(0);
  });
});

describe('the split', () => {
  it('takes the floor of the fraction, evenly over the classes', () => {
    const labels = Int32Array.from({ length: 150 }, (_, i) => Math.floor(i / 50));
    const { train, validation } = split(150, 0.25, 1, labels);
    expect(validation).toHaveLength(37);
    const perClass = [0, 1, 2].map((c) => validation.filter((row) => labels[row] === c).length);
    expect(perClass.sort()).toEqual([12, 12, 13]);
    expect([...train, ...validation].sort((a, b) => a - b)).toEqual([...labels.keys()]);
  });

  it('follows from the seed', () => {
    expect(split(40, 0.5, 3)).toEqual(split(40, 0.5, 3));
    expect(split(40, 0.5, 3)).not.toEqual(split(40, 0.5, 4));
  });
});
