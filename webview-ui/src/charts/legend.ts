/**
 * What the marks and lines of a chart mean: the same items below the chart on the page, and below its picture in a file,
 * where the note on what is not shown stands, too.
 */
import { html, nothing, type TemplateResult } from 'lit';
import { stateIcon, stateWord } from '../icons.js';
import type { Theme } from '../theme.js';
import type { CurveRole } from './curves-data.js';
import { textWidth } from './kit/axes.js';
import type { MarkShape, Scene, Shape } from './kit/scene.js';

type DrawnState = Scene['states'][number];

export interface LegendItem {
  /** A mark by the state of a trial, or a line by what it is. */
  readonly look: { readonly state: DrawnState } | { readonly line: CurveRole | 'baseline' };
  readonly text: string;
}

export const stateItems = (states: readonly DrawnState[]): readonly LegendItem[] =>
  states.map((state) => ({ look: { state }, text: stateWord[state].toLowerCase() }));

/** Each item as HTML; `note` stands at the end of the line. */
export function renderLegend(items: readonly LegendItem[], note?: string): TemplateResult {
  return html`${items.map(
    ({ look, text }) =>
      html`<span>${'state' in look ? stateIcon(look.state) : html`<i class="swatch ${look.line}"></i>`}${text}</span>`,
  )}${note === undefined ? nothing : html`<span class="axis-end">${note}</span>`}`;
}

const ROW = 18;
const SIDE = 8;
const LOOK = 14;
/** Between a mark and its word, and between two items. */
const [NEAR, APART] = [5, 16];

/** The scene with its legend and note below it, as a file wants it. */
export function withLegend(
  scene: Scene,
  { items, note }: { readonly items: readonly LegendItem[]; readonly note?: string | undefined },
  theme: Theme,
): Scene {
  const shapes: Shape[] = [];
  let [x, y] = [SIDE, scene.height + ROW / 2];
  for (const { look, text } of items) {
    const wide = LOOK + NEAR + textWidth(text);
    if (x > SIDE && x + wide > scene.width - SIDE) [x, y] = [SIDE, y + ROW];
    shapes.push(lookShape(look, x, y, theme));
    shapes.push({ kind: 'text', x: x + LOOK + NEAR, y, text, colour: theme.muted, align: 'left' });
    x += wide + APART;
  }
  if (items.length > 0) y += ROW;
  for (const text of linesOf(note ?? '', scene.width - 2 * SIDE)) {
    shapes.push({ kind: 'text', x: SIDE, y, text, colour: theme.muted, align: 'left' });
    y += ROW;
  }
  if (shapes.length === 0) return scene;
  return { ...scene, height: y - ROW / 2 + 4, shapes: [...scene.shapes, ...shapes] };
}

const MARKS: Readonly<Record<DrawnState, MarkShape>> = {
  complete: 'dot',
  running: 'ring',
  pruned: 'diamond',
  failed: 'cross',
  excluded: 'struck',
};

function lookShape(look: LegendItem['look'], x: number, y: number, theme: Theme): Shape {
  if ('state' in look) {
    const colours: Readonly<Record<DrawnState, string>> = {
      complete: theme.blue,
      running: theme.blue,
      pruned: theme.orange,
      failed: theme.red,
      excluded: theme.muted,
    };
    const at = [x + LOOK / 2, y];
    return { kind: 'marks', shape: MARKS[look.state], at, size: 8, colour: colours[look.state] };
  }
  const line = { kind: 'path', points: [x, y, x + LOOK, y] } as const;
  switch (look.line) {
    case 'best':
      return { ...line, stroke: theme.green, width: 2 };
    case 'running':
      return { ...line, stroke: theme.blue, width: 2 };
    case 'selected':
      return { ...line, stroke: theme.foreground, width: 2 };
    case 'other':
      return { ...line, stroke: theme.muted, width: 1, alpha: 0.6 };
    case 'baseline':
      return { ...line, stroke: theme.muted, width: 1, dash: [4, 3] };
  }
}

/** A text in lines that fit, broken between words. */
function linesOf(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && textWidth(longer) <= width) lines[lines.length - 1] = longer;
    else if (word !== '') lines.push(word);
  }
  return lines;
}
