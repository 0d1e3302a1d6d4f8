/** A scene as the text of an SVG file: the same shapes as on the canvas, on the theme's background. Pure. */
import { outline, stroke } from './paint.js';
import type { Scene, Shape } from './scene.js';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const n = (value: number): string => String(Math.round(value * 100) / 100);

export function sceneSvg(scene: Scene, background: string, fontFamily: string): string {
  const { width, height } = scene;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${n(width)}" height="${n(height)}" viewBox="0 0 ${n(width)} ${n(height)}" font-family="${escaped(fontFamily)}">`,
    `<title>${escaped(scene.description)}</title>`,
    `<rect width="100%" height="100%" fill="${escaped(background)}"/>`,
    ...scene.shapes.map(shapeSvg),
    '</svg>',
    '',
  ].join('\n');
}

function shapeSvg(shape: Shape): string {
  const alpha = 'alpha' in shape && shape.alpha !== undefined ? ` opacity="${n(shape.alpha)}"` : '';
  switch (shape.kind) {
    case 'path': {
      const dash = shape.dash ? ` stroke-dasharray="${shape.dash.join(' ')}"` : '';
      return `<path d="${pathData(shape.points)}" fill="none" stroke="${escaped(shape.stroke)}" stroke-width="${n(shape.width)}"${dash}${alpha}/>`;
    }
    case 'area':
      return `<path d="${shape.rings.map((ring) => `${pathData(ring)}Z`).join('')}" fill="${escaped(shape.fill)}" fill-rule="evenodd"${alpha}/>`;
    case 'rects': {
      const stroke = shape.stroke === undefined ? '' : ` stroke="${escaped(shape.stroke)}"`;
      const rects: string[] = [];
      for (let i = 0; i < shape.at.length; i += 4) {
        const [x = 0, y = 0, w = 0, h = 0] = shape.at.slice(i, i + 4);
        rects.push(`<rect x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}"/>`);
      }
      return `<g fill="${escaped(shape.fill)}"${stroke}${alpha}>${rects.join('')}</g>`;
    }
    case 'marks':
      return marksSvg(shape, alpha);
    case 'clipped': {
      // A picture within the picture: it shows nothing beyond its own edges.
      const { left, top, width, height } = shape.box;
      const [x, y, w, h] = [left, top, width, height].map(n);
      return `<svg x="${x}" y="${y}" width="${w}" height="${h}" viewBox="${x} ${y} ${w} ${h}">${shape.shapes.map(shapeSvg).join('')}</svg>`;
    }
    case 'text': {
      const anchor = { left: 'start', center: 'middle', right: 'end' }[shape.align];
      const turn =
        shape.turn === undefined ? '' : ` transform="rotate(${shape.turn} ${n(shape.x)} ${n(shape.y)})"`;
      return `<text x="${n(shape.x)}" y="${n(shape.y)}" font-size="${shape.size ?? 11}"${shape.bold ? ' font-weight="600"' : ''} text-anchor="${anchor}" dominant-baseline="central" fill="${escaped(shape.colour)}"${turn}>${escaped(shape.text)}</text>`;
    }
  }
}

function marksSvg(shape: Extract<Shape, { kind: 'marks' }>, alpha: string): string {
  const r = shape.size / 2;
  const filled = !['ring', 'struck', 'diamond', 'cross'].includes(shape.shape);
  const style = filled
    ? `fill="${escaped(shape.colour)}"`
    : `fill="none" stroke="${escaped(shape.colour)}" stroke-width="1.3"`;
  const marks: string[] = [];
  for (let i = 0; i + 1 < shape.at.length; i += 2) {
    const [x, y] = [shape.at[i] as number, shape.at[i + 1] as number];
    if (shape.shape === 'dot' || shape.shape === 'ring' || shape.shape === 'struck') {
      marks.push(`<circle cx="${n(x)}" cy="${n(y)}" r="${n(r)}"/>`);
      if (shape.shape === 'struck') marks.push(`<path d="${pathData(stroke(x, y, r))}"/>`);
    } else if (shape.shape === 'square') {
      marks.push(`<rect x="${n(x - r)}" y="${n(y - r)}" width="${n(2 * r)}" height="${n(2 * r)}"/>`);
    } else {
      marks.push(`<path d="${outline(shape.shape, x, y, r).map(pathData).join('')}"/>`);
    }
  }
  return `<g ${style}${alpha}>${marks.join('')}</g>`;
}

function pathData(points: readonly number[]): string {
  let data = '';
  let down = false;
  for (let i = 0; i + 1 < points.length; i += 2) {
    const [x, y] = [points[i] as number, points[i + 1] as number];
    if (Number.isNaN(x) || Number.isNaN(y)) down = false;
    else {
      data += `${down ? 'L' : 'M'}${n(x)} ${n(y)}`;
      down = true;
    }
  }
  return data;
}
