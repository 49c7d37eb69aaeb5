/** Numbers below 2^width one after the other, lowest bit first, in little-endian words. `width` is at most 31. */
export function packBits(values: Uint32Array, width: number): Uint8Array {
  const packed = new Uint32Array(Math.ceil(bytesOf(values.length, width) / 4));
  for (let i = 0; i < values.length; i++) {
    const bit = (i & 31) * width;
    // In this order: the bits before value i may be more than 2^32.
    const word = (i >>> 5) * width + (bit >>> 5);
    const shift = bit & 31;
    packed[word]! |= values[i]! << shift;
    if (shift + width > 32) packed[word + 1]! |= values[i]! >>> (32 - shift);
  }
  return new Uint8Array(packed.buffer, 0, bytesOf(values.length, width));
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
  if (width > 0) for (let i = 0; i < count; i++) values[i] = bitsAt(packed, i, width);
  return values;
}

export const bytesOf = (count: number, width: number): number => Math.ceil((count * width) / 8);

/** How many bits of a word are set. */
export function popCount(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
