import { CordonError } from '../../../error.ts';
import type { Background, View } from '../types.ts';

/**
 * A split-block Bloom filter as the Parquet specification describes it: a gram's high half chooses one
 * block of eight 32-bit words, its low half one bit in each. One look touches 32 bytes, so it costs one
 * cache miss; grams can be added as they come, unlike to a fuse filter, which needs all of them at once.
 * Both views stand in one filter.
 */
export interface Bloom extends Background {
  readonly words: Uint32Array;
  /** True if the gram was not there yet (as far as the filter can tell). */
  add(view: View, high: number, low: number): boolean;
}

export const blockBytes = 32;
const blockWords = 8;

/** At 13 bits a gram, 0.3 % of the grams never added are said to be there. */
export const bitsPerGram = 13;

/** Folding divides a filter by a whole number: a count of blocks must have many divisors. */
export const blockMultiple = 840;

/** What the two views' grams are told apart by. */
const renameSalt = 0x5bd1e995;

/** A filter of `blocks` blocks, empty; or over `words` that were read. */
export function createBloom(source: number | Uint32Array): Bloom {
  const words = typeof source === 'number' ? new Uint32Array(source * blockWords) : source;
  const blocks = words.length / blockWords;
  if (blocks < 1 || !Number.isInteger(blocks)) throw new CordonError('copies.bad-file');
  const scale = blocks / 0x1_0000_0000;

  return {
    words,
    has(view, high, low) {
      const at = Math.floor((high >>> 0) * scale) * blockWords;
      const key = view === 'text' ? low : low ^ renameSalt;
      // Written out: a loop over the eight costs twice the time.
      return (
        ((word(at) >>> (Math.imul(key, 0x47b6137b) >>> 27)) &
          (word(at + 1) >>> (Math.imul(key, 0x44974d91) >>> 27)) &
          (word(at + 2) >>> (Math.imul(key, 0x8824ad5b | 0) >>> 27)) &
          (word(at + 3) >>> (Math.imul(key, 0xa2b7289d | 0) >>> 27)) &
          (word(at + 4) >>> (Math.imul(key, 0x705495c7) >>> 27)) &
          (word(at + 5) >>> (Math.imul(key, 0x2df1424b) >>> 27)) &
          (word(at + 6) >>> (Math.imul(key, 0x9efc4947 | 0) >>> 27)) &
          (word(at + 7) >>> (Math.imul(key, 0x5c6bfb31) >>> 27)) &
          1) ===
        1
      );
    },
    add(view, high, low) {
      const at = Math.floor((high >>> 0) * scale) * blockWords;
      const key = view === 'text' ? low : low ^ renameSalt;
      let fresh = 0;
      for (let i = 0; i < blockWords; i++) {
        const bit = 1 << (Math.imul(key, salts[i] ?? 0) >>> 27);
        const old = word(at + i);
        fresh |= ~old & bit;
        words[at + i] = old | bit;
      }
      return fresh !== 0;
    },
  };

  function word(index: number): number {
    return words[index] ?? 0;
  }
}

const salts = Int32Array.of(
  0x47b6137b,
  0x44974d91,
  0x8824ad5b,
  0xa2b7289d,
  0x705495c7,
  0x2df1424b,
  0x9efc4947,
  0x5c6bfb31,
);

/** Blocks for so many different grams, never fewer than one multiple. */
export function blocksFor(grams: number, bits = bitsPerGram): number {
  const blocks = Math.ceil((grams * bits) / (blockBytes * 8));
  return Math.max(1, Math.ceil(blocks / blockMultiple)) * blockMultiple;
}

/**
 * A smaller filter that says yes to the same grams: since a block is chosen by proportion, neighbours
 * fall together. A filter is made as large as could be needed and folded once the grams are counted.
 */
export function foldBloom(bloom: Bloom, grams: number, bits = bitsPerGram): Bloom {
  const blocks = bloom.words.length / blockWords;
  const most = (blocks * blockBytes * 8) / Math.max(1, grams * bits);
  let by = Math.max(1, Math.min(64, Math.floor(most)));
  while (blocks % by !== 0) by -= 1;
  if (by === 1) return bloom;
  const folded = new Uint32Array((blocks / by) * blockWords);
  for (let block = 0; block < blocks; block++) {
    const to = Math.floor(block / by) * blockWords;
    for (let i = 0; i < blockWords; i++) {
      folded[to + i] = (folded[to + i] ?? 0) | (bloom.words[block * blockWords + i] ?? 0);
    }
  }
  return createBloom(folded);
}

/** Says yes where one of them does. */
export function joinBackgrounds(...backgrounds: readonly Background[]): Background {
  return { has: (view, high, low) => backgrounds.some((one) => one.has(view, high, low)) };
}
