/** Puts a scene on a canvas at the screen's own resolution. Strokes of one shape are one path, so many lines stay fast. */
import type { MarkShape, Scene, Shape } from './scene.js';

/** Sizes the canvas for the scene and draws it. */
export function paintScene(canvas: HTMLCanvasElement, scene: Scene, fontFamily: string, scale: number): void {
  const [width, height] = [Math.round(scene.width * scale), Math.round(scene.height * scale)];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, scene.width, scene.height);
  for (const shape of scene.shapes) paintShape(context, shape, fontFamily);
}

function paintShape(context: CanvasRenderingContext2D, shape: Shape, fontFamily: string): void {
  context.globalAlpha = 'alpha' in shape ? (shape.alpha ?? 1) : 1;
  switch (shape.kind) {
    case 'path':
      context.beginPath();
      trace(context, shape.points);
      context.strokeStyle = shape.stroke;
      context.lineWidth = shape.width;
      context.lineJoin = 'round';
      context.setLineDash([...(shape.dash ?? [])]);
      context.stroke();
      context.setLineDash([]);
      return;
    case 'area':
      context.beginPath();
      for (const ring of shape.rings) {
        trace(context, ring);
        context.closePath();
      }
      context.fillStyle = shape.fill;
      context.fill('evenodd');
      return;
    case 'rects':
      context.fillStyle = shape.fill;
      for (let i = 0; i + 3 < shape.at.length; i += 4) {
        const [x, y] = [shape.at[i] as number, shape.at[i + 1] as number];
        const [w, h] = [shape.at[i + 2] as number, shape.at[i + 3] as number];
        context.fillRect(x, y, w, h);
        if (shape.stroke === undefined) continue;
        context.strokeStyle = shape.stroke;
        context.lineWidth = 1;
        context.strokeRect(x + 0.5, y + 0.5, Math.max(0, w - 1), Math.max(0, h - 1));
      }
      return;
    case 'marks':
      paintMarks(context, shape.shape, shape.at, shape.size / 2, shape.colour);
      return;
    case 'text':
      context.save();
      context.translate(shape.x, shape.y);
      if (shape.turn !== undefined) context.rotate((shape.turn * Math.PI) / 180);
      context.font = `${shape.bold ? '600 ' : ''}${shape.size ?? 11}px ${fontFamily}`;
      context.textAlign = shape.align;
      context.textBaseline = 'middle';
      context.fillStyle = shape.colour;
      context.fillText(shape.text, 0, 0);
      context.restore();
      return;
    case 'clipped': {
      const { left, top, width, height } = shape.box;
      context.save();
      context.beginPath();
      context.rect(left, top, width, height);
      context.clip();
      for (const inner of shape.shapes) paintShape(context, inner, fontFamily);
      context.restore();
      return;
    }
  }
}

function trace(context: CanvasRenderingContext2D, points: readonly number[]): void {
  let down = false;
  for (let i = 0; i + 1 < points.length; i += 2) {
    const [x, y] = [points[i] as number, points[i + 1] as number];
    if (Number.isNaN(x) || Number.isNaN(y)) down = false;
    else if (down) context.lineTo(x, y);
    else {
      context.moveTo(x, y);
      down = true;
    }
  }
}

function paintMarks(
  context: CanvasRenderingContext2D,
  shape: MarkShape,
  at: readonly number[],
  r: number,
  colour: string,
): void {
  context.beginPath();
  for (let i = 0; i + 1 < at.length; i += 2) {
    const [x, y] = [at[i] as number, at[i + 1] as number];
    switch (shape) {
      case 'dot':
      case 'ring':
        context.moveTo(x + r, y);
        context.arc(x, y, r, 0, 2 * Math.PI);
        break;
      case 'struck':
        context.moveTo(x + r, y);
        context.arc(x, y, r, 0, 2 * Math.PI);
        trace(context, stroke(x, y, r));
        break;
      case 'square':
        context.rect(x - r, y - r, 2 * r, 2 * r);
        break;
      default:
        outline(shape, x, y, r).forEach((line) => {
          trace(context, line);
        });
    }
  }
  if (shape === 'dot' || shape === 'square' || shape === 'up' || shape === 'down') {
    context.fillStyle = colour;
    context.fill();
    return;
  }
  context.strokeStyle = colour;
  context.lineWidth = 1.3;
  context.stroke();
}

/** The stroke through a ring. */
export function stroke(x: number, y: number, r: number): readonly number[] {
  const reach = r * Math.SQRT1_2;
  return [x - reach, y + reach, x + reach, y - reach];
}

/** The strokes of a mark that has no curve. */
export function outline(
  shape: 'diamond' | 'cross' | 'up' | 'down',
  x: number,
  y: number,
  r: number,
): readonly (readonly number[])[] {
  switch (shape) {
    case 'diamond':
      return [[x, y - r, x + r, y, x, y + r, x - r, y, x, y - r]];
    case 'cross':
      return [
        [x - r, y - r, x + r, y + r],
        [x + r, y - r, x - r, y + r],
      ];
    case 'up':
      return [[x, y - r, x + r, y + r, x - r, y + r, x, y - r]];
    case 'down':
      return [[x, y + r, x + r, y - r, x - r, y - r, x, y + r]];
  }
}
