import { describe, expect, it } from 'vitest';
import { layoutErrors } from '../../webview-ui/src/charts/layouts/errors.js';
import type { ChartInput } from '../../webview-ui/src/charts/layouts/input.js';
import { sampleTheme as theme } from '../webview/support/sample-theme.js';
import { sampleConfusion, sampleResiduals } from '../webview/support/sample-validation.js';

const input = (outcome: ChartInput['outcome'], width = 900) =>
  ({ outcome, width, height: 300, theme }) as ChartInput;

describe('the errors of the best trial', () => {
  it('are a matrix with a cell per pair of classes, the numbers in it, and the share that is right', () => {
    const { shapes, targets, description, table } = layoutErrors(
      input({ trial: 7, outcome: sampleConfusion }),
    );
    expect(shapes.filter(({ kind }) => kind === 'rects').length).toBe(9);
    expect(shapes.some((shape) => shape.kind === 'text' && shape.text === '11')).toBe(true);
    expect(description).toContain('trial 7 over 38 validation rows and 3 classes: 92.1 % right');
    expect(targets[5]!.tip()).toEqual(['versicolor taken for virginica', '2 of 13 rows (15.4 %)']);
    expect(table().rows[1]).toEqual(['versicolor', 0, 11, 2]);
  });

  it('are predicted against actual and residuals of a regression, all within the picture', () => {
    const { shapes, width, height, description } = layoutErrors(
      input({ trial: 3, outcome: sampleResiduals }),
    );
    const dots = shapes.flatMap((shape) => (shape.kind === 'marks' ? [shape.at] : []));
    expect(dots.map(({ length }) => length).filter((length) => length > 0)).toEqual([500, 500]);
    for (const at of dots.flat().entries()) {
      expect(at[1]).toBeGreaterThanOrEqual(0);
      expect(at[1]).toBeLessThanOrEqual(at[0] % 2 === 0 ? width : height);
    }
    expect(description).toMatch(/over 250 validation rows, off by \d/);
  });

  it('say so where the trial has kept nothing', () => {
    expect(layoutErrors(input(undefined)).empty).toBe('The best trial has kept nothing of its validation.');
  });
});
