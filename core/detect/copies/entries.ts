import type { Entries } from './types.ts';

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

/** Both, in order. No place stands in both. */
export function mergeEntries(a: Entries, b: Entries): Entries {
  if (a.names.length === 0) return b;
  if (b.names.length === 0) return a;
  const { names: aNames, places: aPlaces } = a;
  const count = a.names.length + b.names.length;
  const buckets = new Uint32Array(BUCKETS + 1);
  const names = new Uint32Array(count);
  const places = new Uint32Array(count);
  let n = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    let i = a.buckets[bucket]!;
    const iEnd = a.buckets[bucket + 1]!;
    for (let j = b.buckets[bucket]!; j < b.buckets[bucket + 1]!; j++) {
      const name = b.names[j]!;
      const place = b.places[j]!;
      while (i < iEnd && (aNames[i]! < name || (aNames[i] === name && aPlaces[i]! < place))) {
        names[n] = aNames[i]!;
        places[n++] = aPlaces[i++]!;
      }
      names[n] = name;
      places[n++] = place;
    }
    while (i < iEnd) {
      names[n] = aNames[i]!;
      places[n++] = aPlaces[i++]!;
    }
    buckets[bucket + 1] = n;
  }
  return { buckets, names, places };
}

/**
 * Each entry with its place moved; what goes is left out. Moves are told by stretches:
 * `shift[near[place / stretch]]` is what is added to a place, `GONE` where it goes. They keep the order.
 */
export function moveEntries(from: Entries, { shift, near, stretch }: Moves): Entries {
  // Taken once: an index that was read unpacks them behind these names.
  const { buckets: fromBuckets, names: fromNames, places: fromPlaces } = from;
  const buckets = new Uint32Array(BUCKETS + 1);
  const names = new Uint32Array(fromNames.length);
  const places = new Uint32Array(fromNames.length);
  let n = 0;
  for (let b = 0; b < BUCKETS; b++) {
    const end = fromBuckets[b + 1]!;
    for (let i = fromBuckets[b]!; i < end; i++) {
      const place = fromPlaces[i]!;
      const by = shift[near[Math.floor(place / stretch)]!]!;
      if (by === GONE) continue;
      names[n] = fromNames[i]!;
      places[n++] = place + by;
    }
    buckets[b + 1] = n;
  }
  return { buckets, names: names.subarray(0, n), places: places.subarray(0, n) };
}

/** A shift that no place has: places are below 2^31. */
export const GONE = 2 ** 31 - 1;

export interface Moves {
  readonly shift: Int32Array;
  /** The segment of each stretch of places. */
  readonly near: Uint32Array;
  /** Places in a stretch. */
  readonly stretch: number;
}
