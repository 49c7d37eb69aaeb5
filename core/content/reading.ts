import type { ByteSource } from '../source/byte-source.ts';

/** Bytes `offset .. offset + length` that a parser needs next. */
export interface ReadRequest {
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

/** Runs a parser over any source. */
export async function readFromSource<Result>(
  reading: Reading<Result>,
  source: ByteSource,
): Promise<Result> {
  let step = reading.next();
  while (step.done !== true) {
    const { offset, length } = step.value;
    const inside = offset >= 0 && offset < source.size;
    step = reading.next(inside ? await source.read(offset, length) : Buffer.alloc(0));
  }
  return step.value;
}

/** Asks for bytes; a parser writes `yield* need(0, 4)`. */
export function* need(offset: number, length: number): Reading<Buffer> {
  return yield { offset, length };
}

const WINDOW_BYTES = 1024 * 1024;

/** The first place of `needle` in `from .. to`, or -1. Bytes that straddle two windows are seen. */
export function* find(needle: Buffer, from: number, to: number): Reading<number> {
  const overlap = needle.length - 1;
  for (let at = Math.max(from, 0); at + overlap < to; at += WINDOW_BYTES) {
    const length = Math.min(WINDOW_BYTES + overlap, to - at);
    const window = yield* need(at, length);
    const found = window.indexOf(needle);
    if (found >= 0) return at + found;
    if (window.length < length) return -1;
  }
  return -1;
}
