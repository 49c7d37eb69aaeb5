import type { ByteSource } from '../source/byte-source.ts';
import type { Budget } from './budget.ts';

/** Bytes `offset .. offset + length` that a parser needs next. */
interface ReadRequest {
  readonly offset: number;
  readonly length: number;
}

/**
 * A parser that says which bytes it needs and is given them, fewer only at the end. Written so, one
 * parser serves bytes in memory without a single promise, and a file of 100 GB alike.
 */
export type Reading<Result> = Generator<ReadRequest, Result, Buffer>;

/** Runs a parser over bytes in memory. */
export function readFromBuffer<Result>(reading: Reading<Result>, bytes: Buffer): Result {
  let step = reading.next();
  while (step.done !== true) {
    const { offset, length } = step.value;
    step = reading.next(offset < 0 ? Buffer.alloc(0) : bytes.subarray(offset, offset + length));
  }
  return step.value;
}

/** Windows at least this long are kept, and what lies inside the last one is not read again. */
const KEPT_BYTES = 64 * 1024;

/**
 * Runs a parser over any source; undefined once the budget's time is over. A hostile file has a
 * promising signature every four bytes, so neither reading again nor going on may be free.
 */
export async function readFromSource<Result>(
  reading: Reading<Result>,
  source: ByteSource,
  budget: Budget,
): Promise<Result | undefined> {
  let keptAt = 0;
  let kept: Buffer = NOTHING;
  let step = reading.next();
  while (step.done !== true) {
    if (budget.isLate()) return undefined;
    const { offset } = step.value;
    const length = Math.max(0, Math.min(step.value.length, source.size - offset));
    let bytes: Buffer = NOTHING;
    if (offset >= keptAt && offset + length <= keptAt + kept.length) {
      bytes = kept.subarray(offset - keptAt, offset - keptAt + length);
    } else if (offset >= 0 && length > 0) {
      bytes = await source.read(offset, length);
      if (length >= KEPT_BYTES) [keptAt, kept] = [offset, bytes];
    }
    step = reading.next(bytes);
  }
  return step.value;
}

const NOTHING = Buffer.alloc(0);

/** Asks for bytes; a parser writes `yield* need(0, 4)`. */
export function* need(offset: number, length: number): Reading<Buffer> {
  return yield { offset, length };
}

const WINDOW_BYTES = 1024 * 1024;

/**
 * The first place of `needle` in `from .. to`, or -1. Bytes that straddle two windows are seen. The
 * windows stand on a fixed grid, so that the next search finds the last one's still at hand.
 */
export function* find(needle: Buffer, from: number, to: number): Reading<number> {
  const overlap = needle.length - 1;
  for (let at = Math.max(from, 0); at + overlap < to;) {
    const start = at - (at % WINDOW_BYTES);
    const window = yield* need(start, WINDOW_BYTES + overlap);
    const found = window.indexOf(needle, at - start);
    if (found >= 0) return start + found + overlap < to ? start + found : -1;
    at = start + WINDOW_BYTES;
  }
  return -1;
}
