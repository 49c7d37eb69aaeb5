/**
 * Format readers are written once, as generators that ask for bytes. Over a layer in memory they run
 * to the end without a pause; over a large one the driver answers each question with a short read.
 */
import type { ByteSource } from '../../source/byte-source.ts';
import type { Region } from '../../content/layer.ts';

/** A question for bytes that are not held. */
interface Want {
  readonly offset: number;
  readonly length: number;
}

/** A reader in progress: yields what it needs, is answered with the bytes, ends with a result. */
export type Reading<T> = Generator<Want, T, Buffer>;

/** The bytes held now, of content of `size` bytes. */
export interface Window {
  readonly size: number;
  bytes: Buffer;
  /** Offset of `bytes[0]` within the content. */
  start: number;
}

/** One question brings at least this many bytes, so that short hops share a read. */
const STEP = 64 * 1024;
/** No question brings more: memory stays bounded whatever a header claims. */
export const MOST_AT_ONCE = 1024 * 1024;

/** All of `bytes`, held. */
export function windowOver(bytes: Buffer): Window {
  return { size: bytes.length, bytes, start: 0 };
}

/** Nothing held yet, of content of `size` bytes. */
export function windowOf(size: number): Window {
  return { size, bytes: Buffer.alloc(0), start: 0 };
}

/** A window over part of another's content: offsets count from `region.start`. Reads go to the parent. */
export function* readWithin<T>(
  window: Window,
  region: Region,
  read: (inner: Window) => Reading<T>,
): Reading<T> {
  const end = Math.min(region.end, window.size);
  const inner: Window = {
    size: Math.max(0, end - region.start),
    bytes: heldPart(window, region.start, end),
    start: Math.max(0, window.start - region.start),
  };
  const reading = read(inner);
  let step = reading.next();
  while (!step.done) {
    const { offset, length } = step.value;
    step = reading.next(yield* take(window, region.start + offset, length));
  }
  return step.value;
}

function heldPart(window: Window, start: number, end: number): Buffer {
  const from = Math.max(0, start - window.start);
  const to = Math.min(window.bytes.length, end - window.start);
  return from < to ? window.bytes.subarray(from, to) : Buffer.alloc(0);
}

/** Whether `length` bytes at `offset` are held. */
export function holds(window: Window, offset: number, length: number): boolean {
  return offset >= window.start && offset + length <= window.start + window.bytes.length;
}

/**
 * `length` bytes at `offset`: fewer only where the content ends, or past MOST_AT_ONCE. Shares memory
 * with the window, so it is good until the next `take`.
 */
export function* take(window: Window, offset: number, length: number): Reading<Buffer> {
  const wanted = Math.max(0, Math.min(length, MOST_AT_ONCE, window.size - offset));
  if (wanted === 0 || offset < 0) return Buffer.alloc(0);
  if (!holds(window, offset, wanted)) {
    const size = Math.min(Math.max(wanted, STEP), window.size - offset);
    window.bytes = yield { offset, length: size };
    window.start = offset;
  }
  const from = offset - window.start;
  return window.bytes.subarray(from, from + wanted);
}

/** Runs a reader over bytes in memory. */
export function readNow<T>(reading: Reading<T>, bytes: Buffer): T {
  let step = reading.next();
  while (!step.done) {
    const { offset, length } = step.value;
    step = reading.next(bytes.subarray(offset, offset + length));
  }
  return step.value;
}

export interface ReadLimits {
  /** Bytes that all reads together may bring. */
  readonly bytes: number;
  /** `performance.now()` after which no read begins. */
  readonly deadline: number;
}

export type Outcome<T> =
  | { readonly done: true; readonly value: T }
  | { readonly done: false; readonly rule: 'bytes-budget' | 'time-budget' };

/** Runs a reader over a source, within limits. Errors of the source pass through. */
export async function readLater<T>(
  reading: Reading<T>,
  source: ByteSource,
  limits: ReadLimits,
): Promise<Outcome<T>> {
  let spent = 0;
  let step = reading.next();
  while (!step.done) {
    const { offset, length } = step.value;
    spent += length;
    if (spent > limits.bytes) return { done: false, rule: 'bytes-budget' };
    if (performance.now() > limits.deadline) return { done: false, rule: 'time-budget' };
    step = reading.next(await source.read(offset, length));
  }
  return { done: true, value: step.value };
}
