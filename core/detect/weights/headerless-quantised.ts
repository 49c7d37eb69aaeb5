/**
 * Whether bytes are quantised weights with no header: signed bytes, or llama.cpp's blocks of a scale
 * (f16) and small integers.
 */
import type { Match } from './headerless-window.ts';

interface Block {
  readonly name: string;
  readonly bytes: number;
  /** Offsets of the f16 scales. */
  readonly scales: readonly number[];
  /** What every block of the kind has, whatever the weights. */
  readonly holds: (bytes: Buffer, at: number) => boolean;
}

const BLOCKS: readonly Block[] = [
  { name: 'q4_0', bytes: 18, scales: [0], holds: hasLowestNibble },
  { name: 'q4_1', bytes: 20, scales: [0, 2], holds: hasBothNibbles },
  { name: 'q5_0', bytes: 22, scales: [0], holds: hasLowestOfFive },
  { name: 'q8_0', bytes: 34, scales: [0], holds: hasLargestByte },
  { name: 'q4_k', bytes: 144, scales: [0, 2], holds: hasPositiveScales },
  { name: 'q5_k', bytes: 176, scales: [0, 2], holds: hasPositiveScales },
  { name: 'q6_k', bytes: 210, scales: [208], holds: () => true },
];

/** The weight of largest size in a block of q4_0 becomes -8, which is written as nibble 0. */
function hasLowestNibble(bytes: Buffer, at: number): boolean {
  for (let i = at + 2; i < at + 18; i++) {
    const byte = bytes[i] ?? 0;
    if (byte < 16 || (byte & 15) === 0) return true;
  }
  return false;
}

/** In q4_1 the least weight of a block becomes 0, the largest 15. */
function hasBothNibbles(bytes: Buffer, at: number): boolean {
  let lowest = false;
  let highest = false;
  for (let i = at + 4; i < at + 20; i++) {
    const byte = bytes[i] ?? 0;
    lowest ||= byte < 16 || (byte & 15) === 0;
    highest ||= byte >= 240 || (byte & 15) === 15;
  }
  return lowest && highest;
}

/** q5_0 is q4_0 with a fifth bit for each weight, kept before the nibbles. */
function hasLowestOfFive(bytes: Buffer, at: number): boolean {
  const fifth = bytes.readUInt32LE(at + 2);
  for (let i = 0; i < 16; i++) {
    const byte = bytes[at + 6 + i] ?? 0;
    if ((byte & 15) === 0 && ((fifth >>> i) & 1) === 0) return true;
    if (byte < 16 && ((fifth >>> (i + 16)) & 1) === 0) return true;
  }
  return false;
}

/** Scale and minimum of a K block are never negative. */
function hasPositiveScales(bytes: Buffer, at: number): boolean {
  return (bytes[at + 1] ?? 0) < 0x80 && (bytes[at + 3] ?? 0) < 0x80;
}

/** In a block of q8_0 it becomes 127 or -127. */
function hasLargestByte(bytes: Buffer, at: number): boolean {
  for (let i = at + 2; i < at + 34; i++) if (bytes[i] === 127 || bytes[i] === 129) return true;
  return false;
}

/** Blocks of a window that must be what they should, and neighbours whose scales must be alike. */
const REGULAR = 0.99;
const ALIKE = 0.9;
const LEAST_BLOCKS = 64;
/** Entropy of all bytes: quantised weights are nearly random, tables and code are not. */
const LEAST_BITS = 6.3;

/** The kind of quantised weights a window holds, if any. */
export function matchQuantised(bytes: Buffer): Match | undefined {
  if (entropyOf(countBytes(bytes), bytes.length) < LEAST_BITS) return matchSignedBytes(bytes);
  for (const block of BLOCKS) {
    for (let phase = 0; phase < block.bytes; phase++) {
      if (isBlocks(bytes, phase, block)) {
        return { name: block.name, phase, period: block.bytes };
      }
    }
  }
  return matchSignedBytes(bytes);
}

function isBlocks(bytes: Buffer, phase: number, block: Block): boolean {
  const count = Math.floor((bytes.length - phase) / block.bytes);
  if (count < LEAST_BLOCKS) return false;
  let irregular = 0;
  let unlike = 0;
  let last = 0;
  let sum = 0;
  const mostIrregular = count * (1 - REGULAR);
  for (let i = 0; i < count; i++) {
    const at = phase + i * block.bytes;
    const exponent = scaleExponent(bytes, at + (block.scales[0] ?? 0));
    const sane = block.scales.every((offset) => scaleExponent(bytes, at + offset) > 0);
    if (!sane || !block.holds(bytes, at)) irregular += 1;
    if (irregular > mostIrregular) return false;
    if (i > 0 && Math.abs(exponent - last) > 3) unlike += 1;
    last = exponent;
    sum += exponent;
  }
  // Scales of weights are far below 1: f16 writes 1 with exponent 15.
  return unlike < count * (1 - ALIKE) && sum / count < 16;
}

/** The exponent field of the f16 at `at`; 0 where it is zero, infinite, or too large for a scale. */
function scaleExponent(bytes: Buffer, at: number): number {
  const exponent = ((bytes[at + 1] ?? 0) >> 2) & 0x1f;
  if (exponent > 17) return 0;
  // Subnormals are small, not insane.
  return exponent === 0 && ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) & 3)) !== 0 ? 1 : exponent;
}

const LAGS = 32;

/**
 * Signed bytes of weights: white, symmetric, one smooth peak at zero, and the same at every position
 * modulo 4. Sound, pictures and text are correlated; packed data is flat.
 */
function matchSignedBytes(bytes: Buffer): Match | undefined {
  const counts = countBytes(bytes);
  const bits = entropyOf(counts, bytes.length);
  if (bits < 4.5 || bits > 7.7) return undefined;
  if (!isPeak(counts, bytes.length) || !sameInAllPhases(bytes, bits) || !isWhite(bytes)) {
    return undefined;
  }
  return { name: 'i8', phase: 0 };
}

function at(counts: Uint32Array, value: number): number {
  return counts[value & 0xff] ?? 0;
}

function isPeak(counts: Uint32Array, total: number): boolean {
  let sum = 0;
  let positive = 0;
  let negative = 0;
  for (let value = -128; value < 128; value++) {
    sum += value * at(counts, value);
    if (value > 0) positive += at(counts, value);
    if (value < 0) negative += at(counts, value);
  }
  if (Math.abs(sum / total) > 4 || Math.abs(positive - negative) > total * 0.1) return false;
  // Smooth: a bin is what its neighbours say, but for what chance adds. The ends may be clipped.
  let excess = 0;
  let bins = 0;
  for (let value = -120; value <= 120; value++) {
    const expected = (at(counts, value - 1) + at(counts, value + 1)) / 2;
    if (expected < 8 || Math.abs(value) <= 1) continue;
    excess += (at(counts, value) - expected) ** 2 / (1.5 * expected);
    bins += 1;
  }
  if (bins < 16 || excess / bins > 3) return false;
  // One peak: sums over steps of 8 fall to both sides.
  for (const side of [1, -1]) {
    let last = Infinity;
    for (let step = 0; step < 14; step++) {
      let now = 0;
      for (let i = 0; i < 8; i++) now += at(counts, side * (1 + step * 8 + i));
      if (now > last * 1.15 + 40) return false;
      last = now;
    }
  }
  const outer = at(counts, 127) + at(counts, -127) + at(counts, -128);
  return at(counts, 0) + at(counts, 1) > 2 * at(counts, 100) && outer < total * 0.1;
}

function sameInAllPhases(bytes: Buffer, bits: number): boolean {
  for (let phase = 0; phase < 4; phase++) {
    const counts = new Uint32Array(256);
    for (let i = phase; i < bytes.length; i += 4) {
      const byte = bytes[i] ?? 0;
      counts[byte] = (counts[byte] ?? 0) + 1;
    }
    if (Math.abs(entropyOf(counts, bytes.length / 4) - bits) > 0.12) return false;
  }
  return true;
}

function isWhite(bytes: Buffer): boolean {
  const sample = new Int8Array(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 8192));
  let energy = 0;
  let sizes = 0;
  for (const value of sample) {
    energy += value * value;
    sizes += Math.abs(value);
  }
  const mean = sizes / sample.length;
  const spread = energy - sizes * mean;
  for (let lag = 1; lag <= LAGS; lag++) {
    let product = 0;
    let sizeProduct = 0;
    for (let i = lag; i < sample.length; i++) {
      const one = sample[i] ?? 0;
      const other = sample[i - lag] ?? 0;
      product += one * other;
      sizeProduct += (Math.abs(one) - mean) * (Math.abs(other) - mean);
    }
    if (Math.abs(product) > 0.15 * energy || Math.abs(sizeProduct) > 0.3 * spread) return false;
  }
  return true;
}

function countBytes(bytes: Buffer): Uint32Array {
  const counts = new Uint32Array(256);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    counts[byte] = (counts[byte] ?? 0) + 1;
  }
  return counts;
}

function entropyOf(counts: Uint32Array, total: number): number {
  let sum = 0;
  for (const count of counts) if (count > 0) sum += count * Math.log2(count);
  return Math.log2(total) - sum / total;
}
