import { BASE64_VALUES, NOT_IN } from './alphabets.ts';
import type { Region } from './layer.ts';

/** Shorter runs hold less than 18 bytes: few credentials do. */
export const LEAST_RUN = 24;

/** 1 for base64 and hexadecimal digits, and for line ends: lines shorter than a run are seen so. */
const RUN = new Uint8Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  if (BASE64_VALUES[byte] !== NOT_IN || byte === 10 || byte === 13) RUN[byte] = 1;
}

/**
 * Calls `onRun` for each maximal run of at least LEAST_RUN base64 or hexadecimal digits and line ends
 * in `bytes`. It looks at every 24th byte first and goes back from there to the last byte that breaks
 * the run, so most of ordinary source is never looked at. `onRun` returns where to go on.
 */
export function findRuns(bytes: Buffer, onRun: (start: number, end: number) => number): void {
  const table = RUN;
  const length = bytes.length;
  let floor = 0;
  let probe = LEAST_RUN - 1;
  while (probe < length) {
    const low = probe - LEAST_RUN;
    let back = probe;
    while (back > low && table[bytes[back] as number] === 1) back -= 1;
    if (back !== low) {
      probe = back + LEAST_RUN;
      continue;
    }
    let start = low + 1;
    while (start > floor && table[bytes[start - 1] as number] === 1) start -= 1;
    let end = probe + 1;
    while (end < length && table[bytes[end] as number] === 1) end += 1;
    floor = Math.max(end, onRun(start, end));
    probe = floor + LEAST_RUN - 1;
  }
}

/** A run and the lines it goes on in. */
export interface WrappedRun {
  readonly segments: readonly Region[];
  readonly end: number;
}

/**
 * The run `start .. end` with the lines that continue it: each as wide as the first, the last one at
 * most as wide, and between them only what wraps text in files and in string literals. Undefined where
 * nothing continues it.
 */
export function followWraps(bytes: Buffer, start: number, end: number): WrappedRun | undefined {
  let segments: Region[] | undefined;
  const width = end - start;
  let last = end;
  for (;;) {
    const next = skipGap(bytes, last);
    if (next < 0) break;
    let stop = next;
    while (stop < bytes.length && BASE64_VALUES[bytes[stop] as number] !== NOT_IN) stop += 1;
    if (stop - next > width || stop === next) break;
    segments ??= [{ start, end }];
    segments.push({ start: next, end: stop });
    last = stop;
    if (stop - next < width) break;
  }
  return segments && { segments, end: last };
}

const MOST_GAP = 64;
const NEWLINE = 10;
const BACKSLASH = 0x5c;

/** Where the text goes on behind a line end and its trimmings at `at`; -1 where nothing wraps there. */
function skipGap(bytes: Buffer, at: number): number {
  let broken = false;
  let index = at;
  const limit = Math.min(bytes.length, at + MOST_GAP);
  while (index < limit) {
    const byte = bytes[index] as number;
    const next = bytes[index + 1] ?? 0;
    if (byte === NEWLINE) {
      broken = true;
      index += 1;
    } else if (byte === BACKSLASH && (next === 0x6e || next === 0x72)) {
      broken ||= next === 0x6e;
      index += 2;
    } else if (isFiller(byte)) {
      broken ||= byte === 0x22 || byte === 0x27 || byte === 0x60;
      index += 1;
    } else if (
      byte === 0x2b &&
      isFiller(bytes[index - 1] ?? 0) &&
      (next === NEWLINE || isFiller(next))
    ) {
      index += 1;
    } else if (broken && byte === 0x2f && next === 0x2f && bytes[index + 2] === 0x20) {
      index += 3;
    } else {
      return broken ? index : -1;
    }
  }
  return -1;
}

/** Blanks, quotes, commas, and what begins a comment or a quoted line. */
function isFiller(byte: number): boolean {
  switch (byte) {
    case 0x20:
    case 0x09:
    case 0x0d:
    case 0x22:
    case 0x27:
    case 0x60:
    case 0x2c:
    case 0x23:
    case 0x2a:
    case 0x3e:
    case 0x7c:
    case 0x28:
    case 0x29:
    case BACKSLASH:
      return true;
    default:
      return false;
  }
}

/** The segments of a wrapped run as one buffer. */
export function joinSegments(bytes: Buffer, segments: readonly Region[]): Buffer {
  return Buffer.concat(segments.map(({ start, end }) => bytes.subarray(start, end)));
}
