/**
 * A folder of images: one folder per class inside it, PNG and JPEG files in those. All are brought to one size
 * (bilinear, as the first image where the config names none) and to grey or colour; transparency is over black.
 */
import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { convertIndexedToRgb, decode as decodePng } from 'fast-png';
import { decode as decodeJpeg } from 'jpeg-js';
import { FatalTrainingError } from '../../fatal-error.js';
import type { ArraySource } from './source.js';

const ENDINGS = new Set(['.png', '.jpg', '.jpeg']);
/** ITU-R BT.601: how bright red, green and blue look. */
const LUMA = [0.299, 0.587, 0.114] as const;

interface Image {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** Row by row, channels last, 0 to 255. */
  readonly values: Float32Array;
}

/** From 1 to 4 channels (grey, grey with alpha, colour, colour with alpha) to 1 or 3. */
function fromChannels(
  data: ArrayLike<number>,
  width: number,
  height: number,
  given: number,
  wanted: 1 | 3 | undefined,
  max: number,
): Image {
  const hasColour = given >= 3;
  const channels = wanted ?? (hasColour ? 3 : 1);
  const values = new Float32Array(width * height * channels);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const alpha = given % 2 === 0 ? data[pixel * given + given - 1]! / max : 1;
    const at = (channel: number): number =>
      ((data[pixel * given + (hasColour ? channel : 0)]! * 255) / max) * alpha;
    if (channels === 3) for (let c = 0; c < 3; c++) values[pixel * 3 + c] = at(c);
    else values[pixel] = hasColour ? LUMA[0] * at(0) + LUMA[1] * at(1) + LUMA[2] * at(2) : at(0);
  }
  return { width, height, channels, values };
}

async function readImage(path: string, wanted: 1 | 3 | undefined): Promise<Image> {
  const bytes = await readFile(path);
  try {
    if (extname(path).toLowerCase() === '.png') {
      const { width, height, data, channels, depth, palette, ...rest } = decodePng(bytes);
      if (palette) {
        const colours = convertIndexedToRgb({ width, height, data, channels, depth, palette, ...rest });
        return fromChannels(colours, width, height, palette[0]?.length ?? 3, wanted, 255);
      }
      // fast-png unpacks 1, 2 and 4 bits to bytes of their own range.
      return fromChannels(data, width, height, channels, wanted, 2 ** depth - 1);
    }
    const { width, height, data } = decodeJpeg(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      maxMemoryUsageInMB: 2048,
    });
    return fromChannels(data, width, height, 3, wanted, 255);
  } catch (error) {
    throw new FatalTrainingError(
      `${path}: this image cannot be read: ${(error as Error).message}. Replace or remove it.`,
    );
  }
}

/** Bilinear, pixel centres kept in place (as OpenCV's INTER_LINEAR and TensorFlow's half_pixel_centers). */
function resized(
  { width, height, channels, values }: Image,
  [rows, columns]: readonly [number, number],
): Float32Array {
  if (width === columns && height === rows) return values;
  const result = new Float32Array(rows * columns * channels);
  const place = (i: number, to: number, from: number): { low: number; high: number; part: number } => {
    const exact = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    const low = Math.floor(exact);
    return { low, high: Math.min(from - 1, low + 1), part: exact - low };
  };
  for (let y = 0; y < rows; y++) {
    const v = place(y, rows, height);
    for (let x = 0; x < columns; x++) {
      const h = place(x, columns, width);
      for (let c = 0; c < channels; c++) {
        const at = (row: number, column: number): number => values[(row * width + column) * channels + c]!;
        const top = at(v.low, h.low) * (1 - h.part) + at(v.low, h.high) * h.part;
        const bottom = at(v.high, h.low) * (1 - h.part) + at(v.high, h.high) * h.part;
        result[(y * columns + x) * channels + c] = top * (1 - v.part) + bottom * v.part;
      }
    }
  }
  return result;
}

/** Every image under `folder` by class, in the order of their names. */
export async function listImages(
  folder: string,
): Promise<readonly { readonly path: string; readonly label: string }[]> {
  const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  const classes = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort(byName);
  const found = await Promise.all(
    classes.map(async (label) => {
      const files = await readdir(join(folder, label), { recursive: true });
      return files
        .filter((file) => ENDINGS.has(extname(file).toLowerCase()))
        .sort(byName)
        .map((file) => ({ path: join(folder, label, file), label }));
    }),
  );
  return found.flat();
}

/** @throws FatalTrainingError where there are no images or one cannot be read */
export async function readImages(
  folder: string,
  size: readonly [number, number] | undefined,
  channels: 1 | 3 | undefined,
): Promise<ArraySource> {
  const files = await listImages(folder);
  const [firstFile] = files;
  if (!firstFile) {
    throw new FatalTrainingError(
      `${folder}: there are no images. Put PNG or JPEG files into one folder per class, such as ${basename(folder)}/cat/1.png.`,
    );
  }
  const first = await readImage(firstFile.path, channels);
  const target = size ?? ([first.height, first.width] as const);
  const shape = [...target, first.channels];
  const rowSize = shape.reduce((a, b) => a * b, 1);
  const values = new Float32Array(files.length * rowSize);
  for (const [i, { path }] of files.entries()) {
    values.set(resized(await readImage(path, first.channels), target), i * rowSize);
  }
  return {
    kind: 'arrays',
    file: basename(folder),
    rows: files.length,
    shape,
    values,
    targets: files.map(({ label }) => label),
    scale: 255,
  };
}
