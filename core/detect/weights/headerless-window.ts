/**
 * Whether a stretch of bytes is tensor elements with no header at all. Trained weights are white (one
 * says nothing of the next), symmetric, dense at zero, and of many values; audio, images, meshes,
 * prices and measurements each fail at least one of these.
 */

/** Bytes of one window. */
export const WINDOW_BYTES = 16 * 1024;

interface ElementType {
  readonly name: string;
  readonly width: 2 | 4 | 8;
  readonly bigEndian: boolean;
  /** Bits of fraction, and the exponent's bias and all-ones value, for the exponent histogram. */
  readonly decode: (view: DataView, at: number) => number;
  /** Exponent of zero and subnormals' neighbour: smaller values are too few to count. */
  readonly least: number;
}

const ELEMENT_TYPES: readonly ElementType[] = [
  {
    name: 'f32',
    width: 4,
    bigEndian: false,
    least: 2 ** -60,
    decode: (v, at) => v.getFloat32(at, true),
  },
  {
    name: 'f32be',
    width: 4,
    bigEndian: true,
    least: 2 ** -60,
    decode: (v, at) => v.getFloat32(at, false),
  },
  { name: 'f16', width: 2, bigEndian: false, least: 2 ** -14, decode: decodeHalf },
  { name: 'bf16', width: 2, bigEndian: false, least: 2 ** -60, decode: decodeBrain },
  {
    name: 'f64',
    width: 8,
    bigEndian: false,
    least: 2 ** -60,
    decode: (v, at) => v.getFloat64(at, true),
  },
  {
    name: 'f64be',
    width: 8,
    bigEndian: true,
    least: 2 ** -60,
    decode: (v, at) => v.getFloat64(at, false),
  },
];

const scratch = new DataView(new ArrayBuffer(4));

function decodeBrain(view: DataView, at: number): number {
  scratch.setUint32(0, view.getUint16(at, true) << 16);
  return scratch.getFloat32(0);
}

function decodeHalf(view: DataView, at: number): number {
  const bits = view.getUint16(at, true);
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  const sign = bits >= 0x8000 ? -1 : 1;
  if (exponent === 31) return Number.NaN;
  return exponent === 0
    ? sign * fraction * 2 ** -24
    : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

export interface Match {
  readonly name: string;
  /** Offset of the first whole element modulo the element's width. */
  readonly phase: number;
  /** Bytes of a block, where that does not divide a window. */
  readonly period?: number;
}

const counts = new Uint32Array(8 * 256);

/** Entropy in bits of the bytes at each position modulo 8. */
function phaseEntropies(bytes: Buffer): Float64Array {
  counts.fill(0);
  for (let i = 0; i < bytes.length; i++) {
    const slot = ((i & 7) << 8) | (bytes[i] ?? 0);
    counts[slot] = (counts[slot] ?? 0) + 1;
  }
  const entropies = new Float64Array(8);
  const total = bytes.length / 8;
  for (let phase = 0; phase < 8; phase++) {
    let sum = 0;
    for (let i = phase << 8; i < (phase + 1) << 8; i++) {
      const count = counts[i] ?? 0;
      if (count > 0) sum += count * Math.log2(count);
    }
    entropies[phase] = Math.log2(total) - sum / total;
  }
  return entropies;
}

/** The element type whose values the window's bytes can be, if there is one. */
export function matchWindow(bytes: Buffer): Match | undefined {
  const entropies = phaseEntropies(bytes);
  for (const type of ELEMENT_TYPES) {
    for (let phase = 0; phase < type.width; phase++) {
      if (mayBegin(entropies, phase, type) && looksTrained(bytes, phase, type)) {
        return { name: type.name, phase };
      }
    }
  }
  return undefined;
}

/** Entropy of the byte with sign and exponent: not constant, not random. */
const LEAST_EXPONENT_BITS = 0.8;
const MOST_EXPONENT_BITS = 6.6;
/** Entropy of the first byte that is fraction, all or all but one bit. */
const FRACTION_BITS = 6.9;

/** Whether elements can begin at this phase, by which byte of each is poor and which is rich. */
function mayBegin(entropies: Float64Array, phase: number, type: ElementType): boolean {
  const { width, bigEndian } = type;
  // Counted from the byte with the sign: f64 shares its second byte between exponent and fraction.
  const byteFromTop = (index: number) => {
    const place = bigEndian ? phase + index : phase + width - 1 - index;
    return meanEntropy(entropies, place % width, width);
  };
  const exponent = byteFromTop(0);
  if (exponent < LEAST_EXPONENT_BITS || exponent > MOST_EXPONENT_BITS) return false;
  return byteFromTop(width === 8 ? 2 : 1) >= FRACTION_BITS;
}

function meanEntropy(entropies: Float64Array, phase: number, width: number): number {
  let sum = 0;
  let terms = 0;
  for (let i = phase; i < 8; i += width) {
    sum += entropies[i] ?? 0;
    terms += 1;
  }
  return sum / terms;
}

const LAGS = 48;
const values = new Float64Array(WINDOW_BYTES / 2);

function looksTrained(bytes: Buffer, phase: number, type: ElementType): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = Math.min(4096, Math.floor((bytes.length - phase) / type.width));
  let sum = 0;
  let squares = 0;
  let positive = 0;
  let zeros = 0;
  for (let i = 0; i < count; i++) {
    const value = type.decode(view, phase + i * type.width);
    if (!(Math.abs(value) < 1e4)) return false;
    values[i] = value;
    sum += value;
    squares += value * value;
    if (value > 0) positive += 1;
    if (value === 0) zeros += 1;
  }
  const rms = Math.sqrt(squares / count);
  if (zeros > count * 0.25 || !(rms > 1e-5) || rms > 6) return false;
  const balance = positive / (count - zeros);
  if (balance < 0.35 || balance > 0.65 || Math.abs(sum / count) > 0.25 * rms) return false;
  const sample = values.subarray(0, count);
  return fallsOffTowardsZero(sample, type.least) && hasManyValues(sample) && isWhite(sample, rms);
}

/** A density that is finite at zero puts half as many values in each smaller octave. */
function fallsOffTowardsZero(sample: Float64Array, least: number): boolean {
  const octaves = new Map<number, number>();
  let counted = 0;
  for (const value of sample) {
    const size = Math.abs(value);
    if (size < least) continue;
    const octave = Math.floor(Math.log2(size));
    octaves.set(octave, (octaves.get(octave) ?? 0) + 1);
    counted += 1;
  }
  const mode = [...octaves].reduce((best, one) => (one[1] > best[1] ? one : best), [0, 0])[0];
  const at = (octave: number) => octaves.get(octave) ?? 0;
  if (at(mode) > counted * 0.7) return false;
  let above = 0;
  for (const [octave, number] of octaves) if (octave > mode + 3) above += number;
  if (above > counted * 0.02) return false;
  // Compared in sums, so that few values do not decide: mode-1 and on, each against what precedes.
  let checked = 0;
  for (let octave = mode - 1; octave > mode - 5; octave--) {
    const upper = at(octave);
    if (upper < 64) break;
    const ratio = at(octave - 1) / upper;
    if (ratio < 0.3 || ratio > 0.8) return false;
    checked += 1;
  }
  return checked >= 2;
}

function hasManyValues(sample: Float64Array): boolean {
  return new Set(sample).size > sample.length * 0.12;
}

/** No correlation between a value and those up to 48 further on, nor between their sizes. */
function isWhite(sample: Float64Array, rms: number): boolean {
  const limit = 4 * rms;
  const clipped = sample.map((value) => Math.max(-limit, Math.min(limit, value)));
  if (mostCorrelated(clipped, 0) > 0.28) return false;
  const sizes = clipped.map(Math.abs);
  const mean = sizes.reduce((total, size) => total + size, 0) / sizes.length;
  return mostCorrelated(sizes, mean) < 0.45;
}

function mostCorrelated(sample: Float64Array, mean: number): number {
  let energy = 0;
  for (const value of sample) energy += (value - mean) ** 2;
  let most = 0;
  for (let lag = 1; lag <= LAGS; lag++) {
    let product = 0;
    for (let i = lag; i < sample.length; i++) {
      product += ((sample[i] ?? 0) - mean) * ((sample[i - lag] ?? 0) - mean);
    }
    most = Math.max(most, Math.abs(product / energy));
  }
  return most;
}
