/** A trial's learning curve as small as a word: the path of an SVG of 64 by 16. Pure. */
import { robustRange } from '../../../src/core/analysis/history.js';
import type { Report } from '../../../src/core/study/trial.js';

const WIDTH = 64;
const HEIGHT = 16;
/** More points than this lie within a pixel of each other. */
const MOST_POINTS = 32;

/** Empty for fewer than two finite reports. Wild values stand at the edge. */
export function sparkline(reports: readonly Report[]): string {
  const finite = reports.filter(({ value }) => Number.isFinite(value));
  const [first, last] = [finite[0], finite.at(-1)];
  if (!first || !last || finite.length < 2 || last.step === first.step) return '';
  const every = Math.max(1, Math.ceil(finite.length / MOST_POINTS));
  const shown = finite.filter((_, index) => index % every === 0 || index === finite.length - 1);
  const range = robustRange(shown.map(({ value }) => value));
  if (!range) return '';
  const height = range.high - range.low;
  return shown
    .map(({ step, value }, index) => {
      const x = 1 + ((step - first.step) / (last.step - first.step)) * (WIDTH - 2);
      const share =
        height > 0 ? (Math.max(range.low, Math.min(range.high, value)) - range.low) / height : 0.5;
      return `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${(1.5 + (1 - share) * (HEIGHT - 3)).toFixed(1)}`;
    })
    .join('');
}
