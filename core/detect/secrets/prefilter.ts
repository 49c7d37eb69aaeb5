import type { Automaton } from './automaton.ts';

/** Where keywords end, in rising order. Reused from call to call: read it before the next one. */
export interface Hits {
  /** Index of the keyword's last byte. */
  readonly at: Int32Array;
  /** Index into `Automaton.ends`. */
  readonly state: Int32Array;
  readonly count: number;
}

/** Bytes searched by one call at most, so that hits of hostile input stay small. */
export const BLOCK_BYTES = 256 * 1024;
/** Under this the warm-up of four lanes costs more than it saves. */
const LANES_FROM = 1024;

const at = new Int32Array(BLOCK_BYTES);
const state = new Int32Array(BLOCK_BYTES);
// Lanes finish in any order, so each writes to the quarter of the arrays that belongs to it.
const counts = new Int32Array(4);

/**
 * Finds all keywords that end in `bytes[from .. to)`, those that begin before `from` included.
 * `to - from` is at most BLOCK_BYTES.
 */
export function findKeywords(
  automaton: Automaton,
  bytes: Uint8Array,
  from: number,
  to: number,
): Hits {
  const length = to - from;
  if (length < LANES_FROM) return { at, state, count: scanOne(automaton, bytes, from, to, 0) };
  const quarter = length >> 2;
  scanFour(automaton, bytes, from, quarter);
  // What four does not divide, and the lanes' hits moved together.
  let count = counts[0] ?? 0;
  for (let lane = 1; lane < 4; lane++) {
    const start = lane * quarter;
    const end = start + (counts[lane] ?? 0);
    at.copyWithin(count, start, end);
    state.copyWithin(count, start, end);
    count += end - start;
  }
  return { at, state, count: scanOne(automaton, bytes, from + 4 * quarter, to, count) };
}

/** The state before `bytes[from]`: no state remembers more than the longest keyword but one byte. */
function warmUp(automaton: Automaton, bytes: Uint8Array, from: number): number {
  const next = automaton.next;
  let current = 0;
  for (let i = Math.max(0, from - automaton.longest + 1); i < from; i++) {
    current = Math.abs(next[current + (bytes[i] ?? 0)] ?? 0);
  }
  return current;
}

function scanOne(
  automaton: Automaton,
  bytes: Uint8Array,
  from: number,
  to: number,
  already: number,
): number {
  const next = automaton.next;
  let current = warmUp(automaton, bytes, from);
  let count = already;
  for (let i = from; i < to; i++) {
    current = next[current + bytes[i]!]!;
    if (current < 0) {
      current = -current;
      at[count] = i;
      state[count++] = current >> 8;
    }
  }
  return count;
}

/** Four walks at once: each waits for the table's memory while the others move. */
function scanFour(automaton: Automaton, bytes: Uint8Array, from: number, quarter: number): void {
  const next = automaton.next;
  const b = from + quarter;
  const c = b + quarter;
  const d = c + quarter;
  let s0 = warmUp(automaton, bytes, from);
  let s1 = warmUp(automaton, bytes, b);
  let s2 = warmUp(automaton, bytes, c);
  let s3 = warmUp(automaton, bytes, d);
  let n0 = 0;
  let n1 = quarter;
  let n2 = 2 * quarter;
  let n3 = 3 * quarter;
  for (let i = 0; i < quarter; i++) {
    s0 = next[s0 + bytes[from + i]!]!;
    s1 = next[s1 + bytes[b + i]!]!;
    s2 = next[s2 + bytes[c + i]!]!;
    s3 = next[s3 + bytes[d + i]!]!;
    if ((s0 | s1 | s2 | s3) < 0) {
      if (s0 < 0) {
        s0 = -s0;
        at[n0] = from + i;
        state[n0++] = s0 >> 8;
      }
      if (s1 < 0) {
        s1 = -s1;
        at[n1] = b + i;
        state[n1++] = s1 >> 8;
      }
      if (s2 < 0) {
        s2 = -s2;
        at[n2] = c + i;
        state[n2++] = s2 >> 8;
      }
      if (s3 < 0) {
        s3 = -s3;
        at[n3] = d + i;
        state[n3++] = s3 >> 8;
      }
    }
  }
  counts[0] = n0;
  counts[1] = n1 - quarter;
  counts[2] = n2 - 2 * quarter;
  counts[3] = n3 - 3 * quarter;
}
