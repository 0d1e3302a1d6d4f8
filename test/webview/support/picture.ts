/**
 * Pictures that are kept and compared: several screenshots on one sheet, written as small PNGs, and what differs between
 * two of them. Knows nothing of what they show.
 */
import { decode, encode } from 'fast-png';
import pixelmatch from 'pixelmatch';

/** Rows from the top; a pixel's bytes are red, green, blue and an alpha of 255, whatever the machine's byte order. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface Difference {
  readonly pixels: number;
  /** The differing pixels in red over the faint picture. */
  readonly picture: Picture;
}

/**
 * How far two colours may lie apart, of pixelmatch's 0 to 1 (YIQ, Kotsarenko and Ramos 2010): about 5 of 256 levels of
 * grey; the axes of dark themes stand out by 12. One step of coarse() passes, and so does what processors round differently along an edge.
 */
const COLOUR_TOLERANCE = 0.02;

/**
 * Pixels of a sheet that may differ more: fewer than two trials' marks have. Processors round along edges in ways of
 * their own.
 */
export const PIXEL_TOLERANCE = 60;

const STEP = 4;
/** Levels of a channel, in steps: smaller files, and no eye sees it. */
const coarse = Uint8Array.from({ length: 256 }, (_, level) => Math.min(255, Math.round(level / STEP) * STEP));

const GAP = 10;
const GAP_COLOUR = 0x80;

/** Colours come out coarser, transparency is left out. @throws if a picture is not of 8 bits a channel */
export function readPicture(png: Uint8Array): Picture {
  const { width, height, data, channels, palette, depth } = decode(png);
  if (depth !== 8) throw new Error(`A picture of ${depth} bits a channel is not one of these.`);
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let pixel = 0, to = 0, from = 0; pixel < width * height; pixel++, to += 4, from += channels) {
    const [colours, at] = palette ? [palette[data[pixel]!]!, 0] : [data, from];
    rgba[to] = coarse[colours[at]!]!;
    rgba[to + 1] = coarse[colours[at + 1]!]!;
    rgba[to + 2] = coarse[colours[at + 2]!]!;
  }
  return { width, height, data: rgba };
}

/** With a palette where 256 colours are enough, else in full colour; both without alpha. */
export function writePicture({ width, height, data }: Picture): Uint8Array {
  const colours = new Map<number, number>();
  const indexed = new Uint8Array(width * height);
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const colour = data.subarray(pixel * 4, pixel * 4 + 3);
    rgb.set(colour, pixel * 3);
    const key = (colour[0]! << 16) | (colour[1]! << 8) | colour[2]!;
    if (!colours.has(key)) colours.set(key, colours.size);
    indexed[pixel] = colours.get(key)!;
  }
  const palette = [...colours.keys()].map((key) => [key >> 16, (key >> 8) & 255, key & 255]);
  const zlib = { level: 9 } as const;
  return palette.length <= 256
    ? encode({ width, height, data: indexed, depth: 8, channels: 1, palette }, { zlib })
    : encode({ width, height, data: rgb, depth: 8, channels: 3 }, { zlib });
}

/** All on one sheet: from the left while they fit the widest one's width, then below. */
export function onOneSheet(pictures: readonly Picture[]): Picture {
  const width = Math.max(...pictures.map((picture) => picture.width));
  let [x, y, bottom] = [0, 0, 0];
  const places = pictures.map((picture) => {
    if (x + picture.width > width) [x, y] = [0, bottom + GAP];
    const place = { x, y };
    x += picture.width + GAP;
    bottom = Math.max(bottom, y + picture.height);
    return place;
  });
  const data = new Uint8Array(width * bottom * 4).fill(GAP_COLOUR);
  for (let alpha = 3; alpha < data.length; alpha += 4) data[alpha] = 255;
  pictures.forEach((picture, index) => {
    const place = places[index]!;
    for (let row = 0; row < picture.height; row++) {
      const from = row * picture.width * 4;
      data.set(
        picture.data.subarray(from, from + picture.width * 4),
        ((place.y + row) * width + place.x) * 4,
      );
    }
  });
  return { width, height: bottom, data };
}

/** undefined where the sizes differ, which nothing can be laid over. */
export function differenceOf(kept: Picture, actual: Picture): Difference | undefined {
  const { width, height } = kept;
  if (width !== actual.width || height !== actual.height) return undefined;
  const data = new Uint8Array(width * height * 4);
  // Anti-aliased pixels count: the library takes a line one pixel wide for nothing else.
  const options = { threshold: COLOUR_TOLERANCE, includeAA: true };
  const pixels = pixelmatch(kept.data, actual.data, data, width, height, options);
  return { pixels, picture: { width, height, data } };
}
