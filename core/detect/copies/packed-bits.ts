import { BUCKETS, BUCKET_BITS, NAME_BITS } from './entries.ts';
import type { Entries } from './types.ts';

/** Numbers below 2^width one after the other, lowest bit first. `width` is at most 31. */
export function packBits(values: Uint32Array, width: number): Uint8Array {
  const packed = new Uint8Array(bytesOf(values.length, width));
  let at = 0;
  let held = 0;
  let filled = 0;
  const put = (value: number, bits: number) => {
    held |= value << filled;
    filled += bits;
    for (; filled >= 8; filled -= 8) {
      packed[at++] = held & 255;
      held >>>= 8;
    }
  };
  for (const value of values) {
    if (width <= 16) put(value, width);
    else {
      put(value & 0xffff, 16);
      put(value >>> 16, width - 16);
    }
  }
  if (filled > 0) packed[at] = held & 255;
  return packed;
}

export function unpackBits(packed: Uint8Array, count: number, width: number): Uint32Array {
  const values = new Uint32Array(count);
  const mask = width === 0 ? 0 : 0xffffffff >>> (32 - width);
  let held = 0;
  let filled = 0;
  let at = 0;
  for (let i = 0; i < count; i++) {
    let value = held;
    let have = filled;
    // The bits of the last byte that do not fit here begin the next value.
    let byte = 0;
    while (have < width) {
      byte = packed[at++]!;
      value |= byte << have;
      have += 8;
    }
    values[i] = value & mask;
    const rest = have - width;
    held = have === filled ? held >>> width : byte >>> (8 - rest);
    filled = rest;
  }
  return values;
}

export const bytesOf = (count: number, width: number): number => Math.ceil((count * width) / 8);

/** Bits of a name that are written as they are; the ones above, with the bucket's, as steps. */
export const lowBitsOf = (count: number): number =>
  Math.min(NAME_BITS, BUCKET_BITS + NAME_BITS - Math.floor(Math.log2(Math.max(1, count))));

export const stepBitsOf = (count: number): number =>
  count + 2 ** (BUCKET_BITS + NAME_BITS - lowBitsOf(count));

/**
 * Sorted names in about two bits more than their entropy (Elias and Fano): of each the low bits, and the
 * high ones as a row of bits in which a 1 is the next name and a 0 the next value.
 */
export function packNames({ buckets, names }: Entries): { low: Uint8Array; steps: Uint8Array } {
  const count = names.length;
  const width = lowBitsOf(count);
  const low = packBits(
    names.map((name) => name & (2 ** width - 1)),
    width,
  );
  const steps = new Uint8Array(Math.ceil(stepBitsOf(count) / 8));
  for (let b = 0; b < BUCKETS; b++) {
    for (let i = buckets[b]!; i < buckets[b + 1]!; i++) {
      const bit = b * 2 ** (NAME_BITS - width) + (names[i]! >>> width) + i;
      steps[Math.floor(bit / 8)]! |= 1 << (bit & 7);
    }
  }
  return { low, steps };
}

/** Undefined where the steps are not of `count` names in order. */
export function unpackNames(
  low: Uint8Array,
  steps: Uint8Array,
  count: number,
): Pick<Entries, 'buckets' | 'names'> | undefined {
  const width = lowBitsOf(count);
  const names = unpackBits(low, count, width);
  const buckets = new Uint32Array(BUCKETS + 1);
  const within = 2 ** (NAME_BITS - width) - 1;
  let n = 0;
  for (let at = 0; at < steps.length; at++) {
    for (let byte = steps[at]!, bit = at * 8; byte !== 0; byte >>>= 1, bit++) {
      if ((byte & 1) === 0) continue;
      const upper = bit - n;
      const bucket = upper >>> (NAME_BITS - width);
      if (n >= count || bucket >= BUCKETS) return undefined;
      names[n] = (names[n]! | ((upper & within) << width)) >>> 0;
      buckets[bucket + 1]!++;
      n++;
    }
  }
  if (n !== count) return undefined;
  for (let b = 0; b < BUCKETS; b++) {
    buckets[b + 1]! += buckets[b]!;
    for (let i = buckets[b]! + 1; i < buckets[b + 1]!; i++) {
      if (names[i]! < names[i - 1]!) return undefined;
    }
  }
  return { buckets, names };
}
