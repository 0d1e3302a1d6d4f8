/** What can be taken along of a chart: its numbers for a spreadsheet, and its picture as PNG or SVG. */
import { html, type TemplateResult } from 'lit';
import type { App } from '../app.js';
import { copyIcon, saveIcon } from '../icons.js';
import { type Theme, theme } from '../theme.js';
import { paintScene } from './kit/paint.js';
import { type Scene, type Shape, tsv } from './kit/scene.js';
import { sceneSvg } from './kit/svg.js';
import { type LegendItem, withLegend } from './legend.js';

const PNG_SCALE = 2;

/** A chart as it is to be saved; `name` becomes part of the file's. */
export interface Picture {
  readonly name: string;
  readonly scene: Scene;
  /** What its marks and lines mean, which on the page stands beside the scene. */
  readonly items: readonly LegendItem[];
}

function copyData({ app, picture }: Saved): void {
  app.copy(tsv(picture.scene.table()));
}

const whole = ({ scene, items }: Picture, colours: Theme): Scene =>
  withLegend(scene, { items, note: scene.note }, colours);

function savePng({ app, picture }: Saved): void {
  const colours = theme().value;
  if (!colours) return;
  const scene = whole(picture, colours);
  const canvas = document.createElement('canvas');
  const { width, height } = scene;
  const background: Shape = { kind: 'rects', at: [0, 0, width, height], fill: colours.background };
  paintScene(canvas, { ...scene, shapes: [background, ...scene.shapes] }, colours.fontFamily, PNG_SCALE);
  app.save(fileName(app, picture.name, 'png'), canvas.toDataURL('image/png').split(',')[1] ?? '');
}

function saveSvg({ app, picture }: Saved): void {
  const colours = theme().value;
  if (!colours) return;
  const scene = whole(picture, colours);
  const bytes = new TextEncoder().encode(sceneSvg(scene, colours.background, colours.fontFamily));
  app.save(
    fileName(app, picture.name, 'svg'),
    btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')),
  );
}

interface Saved {
  readonly app: App;
  readonly picture: Picture;
}

const fileName = (app: App, name: string, extension: string): string =>
  `${app.feed.view.value?.ref.name ?? 'study'}-${name}.${extension}`;

/** The three buttons; `what` names the chart where there are several, and leaves no room for more than icons. */
export function renderSavers(app: App, picture: () => Picture | undefined, what?: string): TemplateResult {
  const button = (
    label: string,
    title: string,
    icon: TemplateResult,
    work: (saved: Saved) => void,
  ): TemplateResult => {
    const click = (): void => {
      const taken = picture();
      if (taken) work({ app, picture: taken });
    };
    return html`<button class="save" title=${title} aria-label=${what === undefined ? label : title} @click=${click}>
      ${icon}${label}
    </button>`;
  };
  const chart = what ?? 'the chart';
  return html`
    ${button('Data', `Copy what ${chart} ${what?.endsWith('s') ? 'show' : 'shows'} as a table`, copyIcon, copyData)}
    ${button('PNG', `Save ${chart} as PNG`, saveIcon, savePng)}
    ${button('SVG', `Save ${chart} as SVG`, saveIcon, saveSvg)}
  `;
}
