/**
 * The colour theme as a record, for what is drawn on a canvas and cannot read CSS variables. Read again whenever
 * VS Code changes the theme, which it does by new variables on the root and new classes on the body.
 */
import { type ReadonlySignal, signal } from '@preact/signals-core';
import { mix } from './charts/kit/colour.js';

export interface Theme {
  readonly foreground: string;
  readonly muted: string;
  readonly axis: string;
  /** Lines that only guide the eye. */
  readonly grid: string;
  readonly background: string;
  readonly blue: string;
  readonly green: string;
  readonly orange: string;
  readonly red: string;
  readonly fontFamily: string;
  /** Pixels. */
  readonly fontSize: number;
  /** Faint marks must not be faint. */
  readonly highContrast: boolean;
}

/** VS Code's own themes have a transparent orange, made to lie over text. */
const opaque = (colour: string): string => mix(colour, colour, 0);

function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const read = (...names: string[]): string => {
    for (const name of names) {
      const value = style.getPropertyValue(`--vscode-${name}`).trim();
      if (value !== '') return value;
    }
    return getComputedStyle(document.body).color;
  };
  const highContrast = document.body.classList.contains('vscode-high-contrast');
  const axis = read(highContrast ? 'contrastBorder' : 'panel-border', 'descriptionForeground');
  return {
    foreground: read('foreground', 'editor-foreground'),
    muted: highContrast ? read('foreground') : read('descriptionForeground', 'foreground'),
    axis,
    grid: highContrast ? `color-mix(in srgb, ${axis} 35%, transparent)` : axis,
    background: read('editor-background'),
    blue: read('charts-blue', 'foreground'),
    green: read('charts-green', 'foreground'),
    orange: opaque(read('charts-orange', 'editorWarning-foreground', 'foreground')),
    red: read('charts-red', 'errorForeground', 'foreground'),
    fontFamily: read('font-family'),
    fontSize: 11,
    highContrast,
  };
}

const current = signal<Theme | undefined>(undefined);

/** The theme in force. Starts watching at the first call. */
export function theme(): ReadonlySignal<Theme | undefined> {
  if (current.peek()) return current;
  current.value = readTheme();
  const observer = new MutationObserver(() => {
    const next = readTheme();
    if (JSON.stringify(next) !== JSON.stringify(current.peek())) current.value = next;
  });
  const attributeFilter = ['class', 'style', 'data-vscode-theme-kind'];
  observer.observe(document.body, { attributes: true, attributeFilter });
  observer.observe(document.documentElement, { attributes: true, attributeFilter });
  return current;
}
