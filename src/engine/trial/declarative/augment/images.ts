/**
 * Random changes of one image in place: turned, moved, scaled, cropped, mirrored, a piece cut out. Images are
 * [height, width, channels], row by row; what comes in from outside repeats the edge.
 */
import type { Random } from '../../../../core/random.js';

export interface ImageOptions {
  /** Degrees, up to ± this. */
  readonly rotate: number;
  /** Share of the sides, up to ± this. */
  readonly shift: number;
  /** Factor between 1 − this and 1 + this. */
  readonly scale: number;
  /** Pixels of padding around the image before a piece of its own size is cut at random. */
  readonly crop: number;
  readonly flip: 'none' | 'horizontal' | 'vertical' | 'both';
  /** Side of the square that is set to 0, as a share of the shorter side. */
  readonly cutOut: number;
}

export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

const around0 = (r: Random, limit: number): number => (2 * r.next() - 1) * limit;
const clamp = (x: number, high: number): number => (x < 0 ? 0 : x > high ? high : x);

/** Samples the image at a turned, scaled and moved grid, linearly between pixels. */
function turned(image: Float32Array, shape: ImageShape, options: ImageOptions, r: Random): Float32Array {
  const { height, width, channels } = shape;
  const angle = (around0(r, options.rotate) * Math.PI) / 180;
  const factor = 1 + around0(r, options.scale);
  const dy = around0(r, options.shift) * height;
  const dx = around0(r, options.shift) * width;
  const cos = Math.cos(angle) / factor;
  const sin = Math.sin(angle) / factor;
  const [middleY, middleX] = [(height - 1) / 2, (width - 1) / 2];
  const result = new Float32Array(image.length);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += channels) {
      const [v, u] = [y - middleY - dy, x - middleX - dx];
      const fromY = clamp(middleY + cos * v - sin * u, height - 1);
      const fromX = clamp(middleX + sin * v + cos * u, width - 1);
      const [top, left] = [Math.floor(fromY), Math.floor(fromX)];
      const [partY, partX] = [fromY - top, fromX - left];
      const row = (top * width + left) * channels;
      const right = left + 1 < width ? channels : 0;
      const below = top + 1 < height ? width * channels : 0;
      for (let c = 0; c < channels; c++) {
        const above = image[row + c]! * (1 - partX) + image[row + right + c]! * partX;
        const under = image[row + below + c]! * (1 - partX) + image[row + below + right + c]! * partX;
        result[at + c] = above * (1 - partY) + under * partY;
      }
    }
  }
  return result;
}

/** The image moved by whole pixels and mirrored. Pixels from the padding are 0. */
function placed(
  image: Float32Array,
  { height, width, channels }: ImageShape,
  top: number,
  left: number,
  mirrorY: boolean,
  mirrorX: boolean,
): Float32Array {
  const result = new Float32Array(image.length);
  for (let y = 0, at = 0; y < height; y++) {
    const fromY = (mirrorY ? height - 1 - y : y) + top;
    for (let x = 0; x < width; x++, at += channels) {
      const fromX = (mirrorX ? width - 1 - x : x) + left;
      if (fromY < 0 || fromY >= height || fromX < 0 || fromX >= width) continue;
      const from = (fromY * width + fromX) * channels;
      for (let c = 0; c < channels; c++) result[at + c] = image[from + c]!;
    }
  }
  return result;
}

/** DeVries and Taylor, "Improved regularization of convolutional neural networks with cutout", 2017. */
function cutOut(
  image: Float32Array,
  { height, width, channels }: ImageShape,
  share: number,
  r: Random,
): void {
  const side = Math.max(1, Math.round(share * Math.min(height, width)));
  const top = Math.round(r.next() * (height - 1) - side / 2);
  const left = Math.round(r.next() * (width - 1) - side / 2);
  for (let y = Math.max(0, top); y < Math.min(height, top + side); y++) {
    const from = Math.max(0, left);
    const to = Math.min(width, left + side);
    image.fill(0, (y * width + from) * channels, (y * width + to) * channels);
  }
}

/** Changes `image` as one draw of `options` says. */
export function changeImage(image: Float32Array, shape: ImageShape, options: ImageOptions, r: Random): void {
  const { rotate, shift, scale, crop, flip, cutOut: share } = options;
  if (rotate > 0 || shift > 0 || scale > 0) image.set(turned(image, shape, options, r));
  const mirrorX = (flip === 'horizontal' || flip === 'both') && r.next() < 0.5;
  const mirrorY = (flip === 'vertical' || flip === 'both') && r.next() < 0.5;
  const top = crop > 0 ? r.int(2 * crop + 1) - crop : 0;
  const left = crop > 0 ? r.int(2 * crop + 1) - crop : 0;
  if (mirrorX || mirrorY || top !== 0 || left !== 0) {
    image.set(placed(image, shape, top, left, mirrorY, mirrorX));
  }
  if (share > 0) cutOut(image, shape, share, r);
}
