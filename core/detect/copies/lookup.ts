import { BUCKETS, BUCKET_BITS, NAME_BITS, nameOf } from './entries.ts';
import type { Entries } from './types.ts';

/** What makes finding a gram fast: made once of a view index in memory, never written. */
export interface Lookup {
  /** A bit for a gram's hash: most grams of a text are told apart by it alone. */
  readonly bits: Uint32Array;
  readonly bitMask: number;
  /** First entry whose name has these leading bits, for every value of them. */
  readonly starts: Uint32Array;
  readonly shift: number;
}

const lookups = new WeakMap<Entries, Lookup>();

export function lookupOf(view: Entries): Lookup {
  let lookup = lookups.get(view);
  if (lookup === undefined) {
    lookup = makeLookup(view);
    lookups.set(view, lookup);
  }
  return lookup;
}

function makeLookup({ buckets, names }: Entries): Lookup {
  const log = Math.ceil(Math.log2(Math.max(2, names.length)));
  const finer = Math.min(12, Math.max(0, log - BUCKET_BITS));
  const bitBits = Math.min(26, Math.max(10, log + 4));
  const bits = new Uint32Array(1 << (bitBits - 5));
  const bitMask = 2 ** bitBits - 1;
  const starts = new Uint32Array((BUCKETS << finer) + 1);
  const shift = NAME_BITS - finer;
  for (let b = 0; b < BUCKETS; b++) {
    const end = buckets[b + 1]!;
    let at = buckets[b]!;
    for (let part = 0; part < 1 << finer; part++) {
      starts[(b << finer) + part] = at;
      while (at < end && names[at]! >>> shift === part) {
        const bit = ((b << NAME_BITS) | names[at]!) & bitMask;
        bits[bit >>> 5]! |= 1 << (bit & 31);
        at++;
      }
    }
  }
  starts[BUCKETS << finer] = names.length;
  return { bits, bitMask, starts, shift };
}

/** The first entry of a gram, -1 where the index does not hold it; others of its name follow. */
export function findEntry({ names }: Entries, lookup: Lookup, high: number, low: number): number {
  const { bits, bitMask, starts, shift } = lookup;
  const name = nameOf(low);
  const bucket = high >>> (32 - BUCKET_BITS);
  const bit = ((bucket << NAME_BITS) | name) & bitMask;
  if (((bits[bit >>> 5]! >>> (bit & 31)) & 1) === 0) return -1;
  const slot = (bucket << (NAME_BITS - shift)) + (name >>> shift);
  const end = starts[slot + 1]!;
  for (let i = starts[slot]!; i < end; i++) {
    const found = names[i]!;
    if (found >= name) return found === name ? i : -1;
  }
  return -1;
}
