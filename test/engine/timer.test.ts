import { expect, it, vi } from 'vitest';
import { longTimeout } from '../../src/engine/runner/timer.js';

it('a time of months does not fire at once', () => {
  vi.useFakeTimers();
  const fired = vi.fn();
  const timer = longTimeout(fired, 90 * 24 * 3_600_000);
  vi.advanceTimersByTime(24 * 3_600_000);
  expect(fired).not.toHaveBeenCalled();
  clearTimeout(timer);
  vi.useRealTimers();
});
