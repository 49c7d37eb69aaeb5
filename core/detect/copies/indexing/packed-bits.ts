/** 32 numbers end where a word ends; and a function that is called often is compiled sooner than a long loop. */
const GROUP = 32;

/**
 * The last `width` bits of numbers one after the other, lowest bit first, in little-endian words. `width`
 * is at most 31.
 */
export function packBits(values: Uint32Array, width: number): Uint8Array {
  const packed = new Uint32Array(Math.ceil(bytesOf(values.length, width) / 4));
  for (let at = 0; at < values.length; at += GROUP) packGroup(values, packed, at, width);
  return new Uint8Array(packed.buffer, 0, bytesOf(values.length, width));
}

function packGroup(values: Uint32Array, packed: Uint32Array, from: number, width: number): void {
  const mask = ~(-1 << width);
  const end = Math.min(values.length, from + GROUP);
  // In this order: the bits before a value may be more than 2^32.
  let word = (from >>> 5) * width;
  let held = 0;
  let filled = 0;
  for (let i = from; i < end; i++) {
    const value = values[i]! & mask;
    held |= value << filled;
    filled += width;
    if (filled < 32) continue;
    packed[word++] = held;
    filled -= 32;
    held = filled === 0 ? 0 : value >>> (width - filled);
  }
  if (filled > 0) packed[word] = held;
}

/** Value `i` of what `packBits` wrote. */
export function bitsAt(packed: Uint32Array, i: number, width: number): number {
  const bit = (i & 31) * width;
  const word = (i >>> 5) * width + (bit >>> 5);
  const shift = bit & 31;
  const mask = ~(-1 << width);
  const low = packed[word]! >>> shift;
  if (shift + width <= 32) return low & mask;
  return (low | (packed[word + 1]! << (32 - shift))) & mask;
}

export function unpackBits(packed: Uint32Array, count: number, width: number): Uint32Array {
  const values = new Uint32Array(count);
  if (width === 0) return values;
  for (let at = 0; at < count; at += GROUP) unpackGroup(packed, values, at, width);
  return values;
}

function unpackGroup(packed: Uint32Array, values: Uint32Array, from: number, width: number): void {
  const mask = ~(-1 << width);
  const end = Math.min(values.length, from + GROUP);
  let word = (from >>> 5) * width;
  let held = packed[word]!;
  let used = 0;
  for (let i = from; i < end; i++) {
    let value = held >>> used;
    used += width;
    if (used > 32) {
      held = packed[++word]!;
      used -= 32;
      value |= held << (width - used);
    } else if (used === 32 && i + 1 < end) {
      held = packed[++word]!;
      used = 0;
    }
    values[i] = value & mask;
  }
}

export const bytesOf = (count: number, width: number): number => Math.ceil((count * width) / 8);

/** How many bits of a word are set. */
export function popCount(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
