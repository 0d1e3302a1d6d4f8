/**
 * Sorting positions by numbers, quickly and stably: a hundred thousand rows in a few milliseconds, where comparing them
 * two by two takes fifty. Least significant digit first (Knuth, The Art of Computer Programming 3, 5.2.5), on the bits of
 * the doubles in digits of sixteen.
 */

/** Shorter lists are sorted sooner by comparing. */
const SHORT = 2_000;
const RADIX = 1 << 16;
const DIGITS = 4;

/** Positions into `keys` in rising order of the keys, equal ones as they stand in `order`. No key may be NaN. */
export function orderBy(keys: Float64Array, order: Uint32Array): Uint32Array {
  if (order.length < SHORT) {
    const before = new Uint32Array(keys.length);
    order.forEach((position, place) => {
      before[position] = place;
    });
    const differ = (a: number, b: number): number => (keys[a] as number) - (keys[b] as number);
    return order.slice().sort((a, b) => differ(a, b) || (before[a] as number) - (before[b] as number));
  }
  const digits = sortableDigits(keys);
  let from = order;
  let to: Uint32Array = new Uint32Array(order.length);
  const starts = new Uint32Array(RADIX);
  for (let digit = 0; digit < DIGITS; digit++) {
    starts.fill(0);
    // Counted loops, since this runs cold: an iterator takes several times as long until it is compiled.
    for (let place = 0; place < from.length; place++) {
      const value = digits[(from[place] as number) * DIGITS + digit] as number;
      starts[value] = (starts[value] as number) + 1;
    }
    // All alike, as the low bits of small whole numbers are: nothing to do.
    const [first] = from;
    if (first !== undefined && starts[digits[first * DIGITS + digit] as number] === from.length) continue;
    let sum = 0;
    for (let value = 0; value < RADIX; value++) {
      const count = starts[value] as number;
      starts[value] = sum;
      sum += count;
    }
    for (let place = 0; place < from.length; place++) {
      const position = from[place] as number;
      const value = digits[position * DIGITS + digit] as number;
      const start = starts[value] as number;
      to[start] = position;
      starts[value] = start + 1;
    }
    const spare = from === order ? new Uint32Array(order.length) : from;
    from = to;
    to = spare;
  }
  return from;
}

/** The bits of each key in four digits, lowest first, turned so that they compare as the numbers do. */
function sortableDigits(keys: Float64Array): Uint16Array {
  const words = new Uint32Array(keys.length * 2);
  const bits = new Uint32Array(keys.buffer, keys.byteOffset, keys.length * 2);
  for (let at = 0; at < bits.length; at += 2) {
    const low = bits[at] as number;
    // Minus nothing is nothing.
    const high = low === 0 && bits[at + 1] === 0x80000000 ? 0 : (bits[at + 1] as number);
    const negative = high >>> 31 === 1;
    words[at] = negative ? ~low : low;
    words[at + 1] = negative ? ~high : high | 0x80000000;
  }
  return new Uint16Array(words.buffer);
}
