import type { ViewIndex } from './types.ts';

/** Bits of a gram's high half that choose its bucket. */
export const BUCKET_BITS = 12;
export const BUCKETS = 1 << BUCKET_BITS;
/** Marks a place that leads to several. */
export const SEVERAL = 0x80000000;
/** Highest position; the bit above marks `SEVERAL`. */
export const LAST_POSITION = 0x7fffffff;

/** Kept grams of one view, bucket by bucket; a pair is a place and a name, sorted by name, then place. */
export interface Entries {
  readonly starts: Uint32Array;
  readonly pairs: Uint32Array;
}

/** Sorts grams into entries. The pairs are compared as 64-bit little-endian numbers. */
export function sortEntries(high: Uint32Array, low: Uint32Array, place: Uint32Array): Entries {
  const starts = new Uint32Array(BUCKETS + 1);
  for (const one of high) starts[(one >>> (32 - BUCKET_BITS)) + 1]!++;
  for (let b = 0; b < BUCKETS; b++) starts[b + 1]! += starts[b]!;
  const next = starts.slice();
  const pairs = new Uint32Array(2 * high.length);
  for (let i = 0; i < high.length; i++) {
    const at = next[high[i]! >>> (32 - BUCKET_BITS)]!++;
    pairs[2 * at] = place[i]!;
    pairs[2 * at + 1] = low[i]!;
  }
  const whole = new BigUint64Array(pairs.buffer);
  for (let b = 0; b < BUCKETS; b++) whole.subarray(starts[b], starts[b + 1]).sort();
  return { starts, pairs };
}

/** Both, in order. No place stands in both. */
export function mergeEntries(a: Entries, b: Entries): Entries {
  const starts = new Uint32Array(BUCKETS + 1);
  const pairs = new Uint32Array(a.pairs.length + b.pairs.length);
  let n = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    let i = a.starts[bucket]!;
    let j = b.starts[bucket]!;
    const iEnd = a.starts[bucket + 1]!;
    const jEnd = b.starts[bucket + 1]!;
    while (i < iEnd || j < jEnd) {
      const fromA = j >= jEnd || (i < iEnd && before(a.pairs, i, b.pairs, j));
      const from = fromA ? a.pairs : b.pairs;
      const at = fromA ? i++ : j++;
      pairs[2 * n] = from[2 * at]!;
      pairs[2 * n + 1] = from[2 * at + 1]!;
      n++;
    }
    starts[bucket + 1] = n;
  }
  return { starts, pairs };
}

function before(a: Uint32Array, i: number, b: Uint32Array, j: number): boolean {
  const x = a[2 * i + 1]!;
  const y = b[2 * j + 1]!;
  return x === y ? a[2 * i]! < b[2 * j]! : x < y;
}

/** The tables of a view index from its sorted entries. */
export function foldEntries({ starts, pairs }: Entries): Omit<ViewIndex, 'segments'> {
  const total = pairs.length >> 1;
  const buckets = new Uint32Array(BUCKETS + 1);
  const names = new Uint32Array(total);
  const places = new Uint32Array(total);
  const more = new Uint32Array(2 * total);
  let n = 0;
  let m = 0;
  for (let b = 0; b < BUCKETS; b++) {
    const end = starts[b + 1]!;
    for (let i = starts[b]!; i < end;) {
      const name = pairs[2 * i + 1]!;
      let j = i + 1;
      while (j < end && pairs[2 * j + 1] === name) j++;
      names[n] = name;
      if (j === i + 1) places[n] = pairs[2 * i]!;
      else {
        places[n] = SEVERAL + m;
        more[m++] = j - i;
        for (let k = i; k < j; k++) more[m++] = pairs[2 * k]!;
      }
      n++;
      i = j;
    }
    buckets[b + 1] = n;
  }
  return { buckets, names: names.slice(0, n), places: places.slice(0, n), more: more.slice(0, m) };
}

/** Back to sorted entries, each place as `move` has it; one that moves to -1 is left out. */
export function unfoldEntries(view: ViewIndex, move: (place: number) => number): Entries {
  const { buckets, names, places, more } = view;
  const starts = new Uint32Array(BUCKETS + 1);
  const pairs = new Uint32Array(2 * (names.length + more.length));
  let n = 0;
  const put = (place: number, name: number) => {
    const moved = move(place);
    if (moved < 0) return;
    pairs[2 * n] = moved;
    pairs[2 * n + 1] = name;
    n++;
  };
  for (let b = 0; b < BUCKETS; b++) {
    for (let i = buckets[b]!; i < buckets[b + 1]!; i++) {
      const place = places[i]!;
      if (place < SEVERAL) put(place, names[i]!);
      else {
        const at = place - SEVERAL;
        for (let k = 1; k <= more[at]!; k++) put(more[at + k]!, names[i]!);
      }
    }
    starts[b + 1] = n;
  }
  return { starts, pairs: pairs.slice(0, 2 * n) };
}
