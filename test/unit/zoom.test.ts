import { describe, expect, it } from 'vitest';
import { boxed, inSight, panned, type ZoomFrame, zoomedAt } from '../../webview-ui/src/charts/kit/zoom.js';

const axis = (low: number, high: number, log = false) =>
  ({ kind: 'number', low, high, log, outside: 0, logPossible: true }) as const;
const frame: ZoomFrame = {
  box: { left: 100, top: 50, width: 200, height: 100 },
  x: { id: 'x', axis: axis(0, 10) },
  y: { id: 'y', axis: axis(1e-4, 1, true) },
};

describe('zooming a chart', () => {
  it('keeps what is under the pointer where it is', () => {
    const { x } = zoomedAt({}, frame, [150, 100], 0.5);
    expect(x?.[0]).toBeCloseTo(1.25);
    expect(x?.[1]).toBeCloseTo(6.25);
  });

  it('goes by orders of magnitude where the axis does', () => {
    const { y } = zoomedAt({}, frame, [200, 100], 0.5);
    expect(y?.[0]).toBeCloseTo(1e-3);
    expect(y?.[1]).toBeCloseTo(1e-1);
  });

  it('shows the box that was drawn, from whichever corner', () => {
    const [one, other] = [boxed({}, frame, [120, 60], [140, 80]), boxed({}, frame, [140, 80], [120, 60])];
    expect(one).toEqual(other);
    expect(one.x?.[0]).toBeCloseTo(1);
    expect(one.x?.[1]).toBeCloseTo(2);
  });

  it('moves with the pointer and back', () => {
    const there = panned({}, frame, 20, 0);
    expect(there.x?.[0]).toBeCloseTo(-1);
    expect(there.x?.[1]).toBeCloseTo(9);
  });

  it('leaves categories, and columns it does not show, alone', () => {
    const choices = { kind: 'category', choices: ['a', 'b'] } as const;
    const next = boxed(
      { z: [1, 2] },
      { box: frame.box, x: { id: 'k', axis: choices } },
      [110, 60],
      [120, 70],
    );
    expect(next).toEqual({ z: [1, 2] });
    expect(inSight(choices, [0, 1])).toBe(choices);
    expect(inSight(axis(0, 10), [2, 3])).toMatchObject({ low: 2, high: 3 });
  });
});
