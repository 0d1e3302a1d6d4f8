/** What the colours of a chart's cells or marks stand for: a strip beside the plot, or above it where that is narrow. */
import type { Theme } from '../../theme.js';
import { type Box, fitted, textWidth } from '../kit/axes.js';
import type { Shape } from '../kit/scene.js';

export interface ColourScale {
  /** From the low end to the high one, all of one size. */
  readonly colours: readonly string[];
  /** Evenly from the low end to the high one: two, or three with the middle. */
  readonly labels: readonly string[];
  /** What is measured, where the chart does not say it elsewhere. */
  readonly name?: string;
}

/** Narrower than this a strip beside the plot would take too much of it. */
const NARROW = 420;
const ROOM = 80;
const STRIP = 10;
const LYING = 56;

/** Pixels to leave free on the right of the plot. */
export const legendRoom = (width: number): number => (width < NARROW ? 0 : ROOM);

/** `plot`: where the frame lies; a strip above it takes the right half of the line with the name of y. */
export function colourLegend(
  { width, theme }: { readonly width: number; readonly theme: Theme },
  plot: Box,
  scale: ColourScale,
): readonly Shape[] {
  return width < NARROW ? lying(width, theme, scale) : standing(width, theme, plot, scale);
}

function standing(
  width: number,
  theme: Theme,
  { top, height }: Box,
  { colours, labels, name }: ColourScale,
): readonly Shape[] {
  const left = width - ROOM + 22;
  const high = height / colours.length;
  return [
    ...(name === undefined ? [] : [text(theme, width - 2, 7, fitted(name, ROOM - 4), 'right')]),
    ...colours.map((fill, band): Shape => {
      const at = [left, top + (colours.length - 1 - band) * high, STRIP, high + 0.5];
      return { kind: 'rects', at, fill };
    }),
    ...labels.map((label, index) => {
      const share = index / (labels.length - 1);
      return text(theme, left + STRIP + 5, top + 5 + (1 - share) * (height - 10), label, 'left');
    }),
  ];
}

function lying(width: number, theme: Theme, { colours, labels }: ColourScale): readonly Shape[] {
  const [low = '', high = ''] = [labels[0], labels.at(-1)];
  const end = width - 4 - textWidth(high) - 5;
  const each = LYING / colours.length;
  return [
    text(theme, end - LYING - 5, 7, low, 'right'),
    ...colours.map(
      (fill, band): Shape => ({ kind: 'rects', at: [end - LYING + band * each, 3, each + 0.5, 8], fill }),
    ),
    text(theme, end + 5, 7, high, 'left'),
  ];
}

const text = (theme: Theme, x: number, y: number, words: string, align: 'left' | 'right'): Shape => ({
  kind: 'text',
  x,
  y,
  text: words,
  colour: theme.muted,
  align,
});
