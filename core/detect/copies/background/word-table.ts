import type { WordTable } from '../types.ts';
import { decodeData, encodeData, refuse, wordsOf } from './data-file.ts';

/** Bits of a word never seen, and the most that a word is worth. */
export const mostBits = 16;
/** Weights are kept in steps of a sixteenth of a bit, a byte each. */
const steps = 16;
const buckets = 0x1_0000;

export interface WordCount {
  readonly high: number;
  readonly low: number;
  readonly count: number;
}

/**
 * Words of which each stands for log2(total / count) bits, three bytes a word: its top 16 bits choose the
 * bucket, the next 16 stand in it, so 1 in 20,000 words never seen is taken for a seen one.
 */
export function encodeWords(words: readonly WordCount[], total: number, about: unknown): Buffer {
  const seen = new Map<number, number>();
  for (const { high, low, count } of words) {
    const name = nameOf(high, low);
    seen.set(name, (seen.get(name) ?? 0) + count);
  }
  const weightOf = (name: number) =>
    Math.round(Math.max(0, Math.log2(total / (seen.get(name) ?? 1))) * steps);
  // One as rare as a word never seen need not stand there.
  const names = Uint32Array.from(
    [...seen.keys()].filter((name) => weightOf(name) < 255),
  ).toSorted();
  const counts = new Uint32Array(buckets);
  const rests = new Uint16Array(names.length);
  const weights = new Uint8Array(names.length);
  names.forEach((name, i) => {
    const bucket = name >>> 16;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
    rests[i] = name & 0xffff;
    weights[i] = weightOf(name);
  });
  const data = Buffer.concat([
    Buffer.from(Uint32Array.of(names.length).buffer),
    Buffer.from(Uint8Array.from(counts, (count) => Math.min(255, count))),
    weights,
    Buffer.from(rests.buffer),
  ]);
  if (counts.some((count) => count > 255)) throw refuse('too-many-words');
  return encodeData('words', about, data);
}

/** Throws `CordonError('copies.bad-file')` for bytes that do not add up. */
export function decodeWords(bytes: Buffer): WordTable {
  const { data } = decodeData(bytes, 'words');
  if (data.length < 4 + buckets) throw refuse('torn');
  const count = wordsOf(data.subarray(0, 4))[0] ?? 0;
  if (data.length !== 4 + buckets + 3 * count) throw refuse('torn');
  const starts = new Uint32Array(buckets + 1);
  for (let i = 0; i < buckets; i++) starts[i + 1] = (starts[i] ?? 0) + (data[4 + i] ?? 0);
  if (starts[buckets] !== count) throw refuse('torn');
  const weights = data.subarray(4 + buckets, 4 + buckets + count);
  // Copied to where 16-bit numbers may begin.
  const rests = new Uint16Array(new Uint8Array(data.subarray(4 + buckets + count)).buffer);
  return {
    bits(high, low) {
      const name = nameOf(high, low);
      const bucket = name >>> 16;
      const rest = name & 0xffff;
      const end = starts[bucket + 1] ?? 0;
      for (let i = starts[bucket] ?? 0; i < end; i++) {
        if (rests[i] === rest) return (weights[i] ?? 0) / steps;
      }
      return mostBits;
    },
  };
}

const nameOf = (high: number, low: number) => (high ^ Math.imul(low, 0x9e3779b1)) >>> 0;
