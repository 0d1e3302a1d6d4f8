/** Colours as numbers, for scales between two of them and for files that must not depend on newer CSS. Pure. */

type Rgb = readonly [number, number, number];

/** Reads `#rgb`, `#rrggbb`, `#rrggbbaa`, `rgb()` and `rgba()`; anything else is a middle grey. Transparency is dropped. */
function parseColour(text: string): Rgb {
  const hex = /^#([0-9a-f]{3,8})$/i.exec(text.trim())?.[1];
  if (hex !== undefined) {
    const full = hex.length < 6 ? [...hex].map((digit) => digit + digit).join('') : hex;
    const at = (index: number): number => Number.parseInt(full.slice(2 * index, 2 * index + 2), 16);
    return [at(0), at(1), at(2)];
  }
  const parts = /^rgba?\(([^)]+)\)$/i
    .exec(text.trim())?.[1]
    ?.split(/[\s,/]+/)
    .map(Number);
  const [red = 128, green = 128, blue = 128] = parts ?? [];
  return [red, green, blue];
}

/** From `a` (share 0) to `b` (share 1), as `#rrggbb`. */
export function mix(a: string, b: string, share: number): string {
  const [one, other] = [parseColour(a), parseColour(b)];
  const part = (index: 0 | 1 | 2): string =>
    Math.round(one[index] + (other[index] - one[index]) * Math.max(0, Math.min(1, share)))
      .toString(16)
      .padStart(2, '0');
  return `#${part(0)}${part(1)}${part(2)}`;
}
