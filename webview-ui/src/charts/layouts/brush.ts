/** A brush on an axis of the parallel coordinates: where it lies, and which one a stroke along the axis makes. Pure. */
import { numberAt, unitOf, type ValueAxis } from '../../../../src/core/analysis/axis.js';
import { canonicalJson } from '../../../../src/core/json.js';
import type { Brush } from '../../../../src/core/study/table/filter.js';
import type { ParallelAxis } from './parallel.js';

/** Where a brush lies on its axis, low end first. */
export function brushUnits(axis: ValueAxis, brush: Brush): readonly [number, number] | undefined {
  if (!('values' in brush)) {
    const [low, high] = [unitOf(axis, brush.low), unitOf(axis, brush.high)];
    return low === undefined || high === undefined ? undefined : [low, high];
  }
  if (axis.kind !== 'category') return undefined;
  const texts = new Set(brush.values.map(canonicalJson));
  const places = axis.choices.flatMap((choice, index) => (texts.has(canonicalJson(choice)) ? [index] : []));
  const [first, last] = [places[0], places.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  return [first / axis.choices.length, (last + 1) / axis.choices.length];
}

/** The brush from one place of an axis to another, in pixels down from the top; undefined for a mere click. */
export function brushBetween(
  { axis, turned, column }: ParallelAxis,
  from: number,
  to: number,
  height: number,
): Brush | undefined {
  if (Math.abs(from - to) < 4) return undefined;
  const unit = (y: number): number => {
    const up = 1 - Math.max(0, Math.min(1, y / height));
    return turned ? 1 - up : up;
  };
  const [low, high] = [Math.min(unit(from), unit(to)), Math.max(unit(from), unit(to))];
  if (axis.kind === 'number') {
    // At the very end a brush means everything beyond it too.
    return {
      column: column.id,
      low:
        low <= 0
          ? Math.min(axis.low, axis.outside > 0 ? Number.MIN_SAFE_INTEGER : axis.low)
          : numberAt(axis, low),
      high:
        high >= 1
          ? Math.max(axis.high, axis.outside > 0 ? Number.MAX_SAFE_INTEGER : axis.high)
          : numberAt(axis, high),
    };
  }
  const count = axis.choices.length;
  const values = axis.choices.filter((_, index) => (index + 1) / count > low && index / count < high);
  return { column: column.id, values };
}
