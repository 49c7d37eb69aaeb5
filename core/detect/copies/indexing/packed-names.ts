import { BUCKETS, BUCKET_BITS, NAME_BITS, nameOf } from './entries.ts';
import { bitsAt, packBits, popCount, unpackBits } from './packed-bits.ts';
import type { Entries } from '../types.ts';

/**
 * Sorted names in about two bits more than their entropy (Elias and Fano): of each the low bits, and the
 * high ones as a row of bits in which a 1 is the next name and a 0 the next value. They are asked as
 * they are: an index is opened in the time it takes to read it.
 */
export interface PackedNames {
  readonly count: number;
  /** Bits of each name in `low`. */
  readonly width: number;
  readonly low: Uint32Array;
  readonly steps: Uint32Array;
  /** Of every `SAMPLED`th value, where its names begin in `steps`. */
  readonly samples: Uint32Array;
  readonly often: Often;
}

/** What makes asking faster and takes some milliseconds to make: only for an index that is asked much. */
interface Often {
  /** Grams that were asked for so far. */
  asked: number;
  /** A bit for the last bits of each name and its value: tells most grams apart by itself. */
  bits?: Uint32Array;
  mask: number;
}

/** Grams of half a megabyte of text. */
const MANY = 1 << 18;

const SAMPLED_BITS = 4;
const SAMPLED = 1 << SAMPLED_BITS;

/** Bits of a name that are written as they are; the ones above, with the bucket's, as steps. */
export const lowBitsOf = (count: number): number =>
  Math.min(NAME_BITS, BUCKET_BITS + NAME_BITS - Math.floor(Math.log2(Math.max(1, count))));

const valuesOf = (width: number): number => 2 ** (BUCKET_BITS + NAME_BITS - width);

export const stepBytesOf = (count: number): number =>
  Math.ceil((count + valuesOf(lowBitsOf(count))) / 8);

/** The two sections of some names. */
export function packNames({ buckets, names }: Entries): { low: Uint8Array; steps: Uint8Array } {
  const count = names.length;
  const width = lowBitsOf(count);
  const low = packBits(names, width);
  const bytes = stepBytesOf(count);
  const steps = new Uint32Array(Math.ceil(bytes / 4));
  for (let b = 0; b < BUCKETS; b++) {
    const before = b << (NAME_BITS - width);
    setSteps(steps, names, { before, width, first: buckets[b]!, end: buckets[b + 1]! });
  }
  return { low, steps: new Uint8Array(steps.buffer, 0, bytes) };
}

function setSteps(
  steps: Uint32Array,
  names: Uint32Array,
  { before, width, first, end }: { before: number; width: number; first: number; end: number },
): void {
  for (let i = first; i < end; i++) {
    const bit = before + (names[i]! >>> width) + i;
    steps[bit >>> 5]! |= 1 << (bit & 31);
  }
}

/**
 * Names ready to be asked; undefined where the steps are not of `count` names. Words of `low` and `steps`
 * hold as many bits as `count` needs: the caller has looked.
 */
export function openNames(
  low: Uint32Array,
  steps: Uint32Array,
  count: number,
): PackedNames | undefined {
  const width = lowBitsOf(count);
  const values = valuesOf(width);
  const samples = new Uint32Array(Math.ceil(values / SAMPLED) + 1);
  let ones = 0;
  // In parts: a function that is called often is compiled sooner than a loop that runs long.
  for (let word = 0; word < steps.length; word += PART) {
    ones = samplePart(steps, samples, word, ones);
  }
  // Past the last value's zero nothing may stand.
  if (ones !== count || highestBit(steps) >= count + values - 1) return undefined;
  return { count, width, low, steps, samples, often: { asked: 0, mask: 0 } };
}

/** Words of steps that are sampled in one call. */
const PART = 256;

/** Samples the words from `from` on; `before` and what it gives: ones up to there, and to the end of the part. */
function samplePart(
  steps: Uint32Array,
  samples: Uint32Array,
  from: number,
  before: number,
): number {
  let ones = before;
  const end = Math.min(steps.length, from + PART);
  for (let word = from; word < end; word++) {
    const zeros = word * 32 - ones;
    const set = popCount(steps[word]!);
    ones += set;
    const last = Math.min((zeros + 32 - set) >>> SAMPLED_BITS, samples.length - 1);
    for (let at = (zeros >>> SAMPLED_BITS) + 1; at <= last; at++) {
      samples[at] = word * 32 + placeOfBit(~steps[word]!, at * SAMPLED - zeros) + 1;
    }
  }
  return ones;
}

/** Where the `nth` bit that is set stands in a word, counted from 1. */
function placeOfBit(word: number, nth: number): number {
  let rest = word;
  for (let n = nth; n > 1; n--) rest &= rest - 1;
  return 31 - Math.clz32(rest & -rest);
}

function highestBit(words: Uint32Array): number {
  for (let at = words.length - 1; at >= 0; at--) {
    if (words[at] !== 0) return at * 32 + 31 - Math.clz32(words[at]!);
  }
  return -1;
}

/** Entries of one name: from `first` up to `end`. */
export interface Run {
  first: number;
  end: number;
}

/** To be called before `grams` are asked for. */
export function expectGrams(packed: PackedNames, grams: number): void {
  const { often } = packed;
  often.asked += grams;
  if (often.bits === undefined && often.asked > MANY) makeBits(packed);
}

function makeBits({ count, width, low, steps, often }: PackedNames): void {
  const log = Math.min(26, Math.max(10, Math.ceil(Math.log2(Math.max(2, count))) + 4));
  const bits = new Uint32Array(1 << (log - 5));
  const mask = 2 ** log - 1;
  let n = 0;
  for (let word = 0; word < steps.length; word++) {
    for (let rest = steps[word]!; rest !== 0; rest &= rest - 1) {
      const value = word * 32 + 31 - Math.clz32(rest & -rest) - n;
      const bit = ((value << width) | bitsAt(low, n, width)) & mask;
      bits[bit >>> 5]! |= 1 << (bit & 31);
      n++;
    }
  }
  often.bits = bits;
  often.mask = mask;
}

/** Finds the entries of a gram and tells whether there are any. `run` is written, to make nothing a gram. */
export function findRun(packed: PackedNames, high: number, low: number, run: Run): boolean {
  const { width, steps, samples, often } = packed;
  const name = nameOf(low);
  const bucket = high >>> (32 - BUCKET_BITS);
  if (often.bits !== undefined) {
    const bit = ((bucket << NAME_BITS) | name) & often.mask;
    if (((often.bits[bit >>> 5]! >>> (bit & 31)) & 1) === 0) return false;
  }
  const value = (bucket << (NAME_BITS - width)) | (name >>> width);
  let at = samples[value >>> SAMPLED_BITS]!;
  let zeros = value & (SAMPLED - 1);
  if (zeros > 0) {
    let word = at >>> 5;
    let rest = ~steps[word]! & (-1 << (at & 31));
    for (let set = popCount(rest); set < zeros; set = popCount(rest)) {
      zeros -= set;
      rest = ~steps[++word]!;
    }
    at = word * 32 + placeOfBit(rest, zeros) + 1;
  }
  const wanted = name & ~(-1 << width);
  run.first = -1;
  for (; ((steps[at >>> 5]! >>> (at & 31)) & 1) === 1; at++) {
    const found = bitsAt(packed.low, at - value, width);
    if (found > wanted) break;
    if (found === wanted && run.first < 0) run.first = at - value;
  }
  run.end = at - value;
  return run.first >= 0;
}

/** All of them, for who makes another index of this one; undefined where they are not in order. */
export function unpackNames(packed: PackedNames): Pick<Entries, 'buckets' | 'names'> | undefined {
  const { count, width, low, steps } = packed;
  const names = unpackBits(low, count, width);
  const buckets = new Uint32Array(BUCKETS + 1);
  let n = 0;
  for (let word = 0; word < steps.length; word += PART) {
    n = addSteps(packed, names, buckets, word, n);
  }
  for (let b = 0; b < BUCKETS; b++) {
    buckets[b + 1]! += buckets[b]!;
    if (!isSorted(names, buckets[b]!, buckets[b + 1]!)) return undefined;
  }
  return { buckets, names };
}

/** Gives the names from the `before`th on what their steps say, for one part of the steps. */
function addSteps(
  { width, steps }: PackedNames,
  names: Uint32Array,
  buckets: Uint32Array,
  from: number,
  before: number,
): number {
  const above = NAME_BITS - width;
  const within = 2 ** above - 1;
  const end = Math.min(steps.length, from + PART);
  let n = before;
  for (let word = from; word < end; word++) {
    for (let rest = steps[word]!; rest !== 0; rest &= rest - 1) {
      const value = word * 32 + 31 - Math.clz32(rest & -rest) - n;
      names[n] = (names[n]! | ((value & within) << width)) >>> 0;
      buckets[(value >>> above) + 1]!++;
      n++;
    }
  }
  return n;
}

function isSorted(names: Uint32Array, first: number, end: number): boolean {
  for (let i = first + 1; i < end; i++) if (names[i]! < names[i - 1]!) return false;
  return true;
}
