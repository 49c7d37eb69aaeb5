import type { Entries } from '../types.ts';

/** Bits of a gram's high half that choose its bucket. */
export const BUCKET_BITS = 12;
export const BUCKETS = 1 << BUCKET_BITS;
/** Bits of its low half that stand in `names`. */
export const NAME_BITS = 16;
export const LAST_POSITION = 0x7fffffff;

export const nameOf = (low: number): number => low >>> (32 - NAME_BITS);

/** Sorts grams into entries. A pair of name and place is compared as one little-endian 64-bit number. */
export function sortEntries(high: Uint32Array, low: Uint32Array, place: Uint32Array): Entries {
  const count = high.length;
  const buckets = new Uint32Array(BUCKETS + 1);
  for (const one of high) buckets[(one >>> (32 - BUCKET_BITS)) + 1]!++;
  for (let b = 0; b < BUCKETS; b++) buckets[b + 1]! += buckets[b]!;
  const next = buckets.slice();
  const pairs = new Uint32Array(2 * count);
  for (let i = 0; i < count; i++) {
    const at = next[high[i]! >>> (32 - BUCKET_BITS)]!++;
    pairs[2 * at] = place[i]!;
    pairs[2 * at + 1] = nameOf(low[i]!);
  }
  const whole = new BigUint64Array(pairs.buffer);
  for (let b = 0; b < BUCKETS; b++) whole.subarray(buckets[b], buckets[b + 1]).sort();
  const names = new Uint32Array(count);
  const places = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    places[i] = pairs[2 * i]!;
    names[i] = pairs[2 * i + 1]!;
  }
  return { buckets, names, places };
}

/** A shift that no place has: places are below 2^31. */
export const GONE = 2 ** 31 - 1;

/** Where places go: `shift[near[place / stretch]]` is added to one, or it is gone. They keep their order. */
export interface Moves {
  readonly shift: Int32Array;
  /** The segment of each stretch of places. */
  readonly near: Uint32Array;
  /** Places in a stretch. */
  readonly stretch: number;
}

/** Entries with their places moved, and others among them, in order. No place stands in both. */
export function mergeEntries(old: Entries, moves: Moves, fresh: Entries): Entries {
  // Taken once: an index that was read unpacks them behind these names.
  const { buckets, names, places } = old;
  const most = names.length + fresh.names.length;
  const into: Entries = {
    buckets: new Uint32Array(BUCKETS + 1),
    names: new Uint32Array(most),
    places: new Uint32Array(most),
  };
  const from: Entries = { buckets, names, places };
  let n = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    n = mergeBucket(from, moves, fresh, into, bucket, n);
    into.buckets[bucket + 1] = n;
  }
  return n === most
    ? into
    : { ...into, names: into.names.subarray(0, n), places: into.places.subarray(0, n) };
}

/** A bucket at a time: a function that is called often is compiled sooner than a loop that runs long. */
function mergeBucket(
  { buckets, names, places }: Entries,
  { shift, near, stretch }: Moves,
  fresh: Entries,
  into: Entries,
  bucket: number,
  filled: number,
): number {
  const { names: intoNames, places: intoPlaces } = into;
  const end = buckets[bucket + 1]!;
  const freshEnd = fresh.buckets[bucket + 1]!;
  let n = filled;
  let at = fresh.buckets[bucket]!;
  for (let i = buckets[bucket]!; i < end; i++) {
    const was = places[i]!;
    const by = shift[near[Math.floor(was / stretch)]!]!;
    if (by === GONE) continue;
    const name = names[i]!;
    const place = was + by;
    for (; at < freshEnd; at++) {
      const other = fresh.names[at]!;
      if (other > name || (other === name && fresh.places[at]! > place)) break;
      intoNames[n] = other;
      intoPlaces[n++] = fresh.places[at]!;
    }
    intoNames[n] = name;
    intoPlaces[n++] = place;
  }
  for (; at < freshEnd; at++) {
    intoNames[n] = fresh.names[at]!;
    intoPlaces[n++] = fresh.places[at]!;
  }
  return n;
}
