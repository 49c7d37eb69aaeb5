import { BASE64_VALUES, HEX_VALUES, NOT_IN, PRINTABLE } from './alphabets.ts';
import { isKnownBinary } from './recognise-binary.ts';

/** What a run turned out to hold. */
export interface DecodedRun {
  readonly name: 'base64' | 'hex';
  readonly bytes: Buffer;
  /** Where in the run the encoded text begins. */
  readonly start: number;
}

/** From this many digits on a run is decoded whatever it holds: weights have no sure beginning. */
export const ALWAYS_DECODED = 1024;

/** Bytes of printable text in a row that are no coincidence. */
const LEAST_TEXT = 12;
const LEAST_HEX = 24;
const HEAD_DIGITS = 64;

/**
 * What the digits of a run stand for, where they stand for something: text, a known binary format,
 * or (where the run is long) anything. A run may begin with letters that do not belong to it, such
 * as a path's, so each alignment is tried.
 */
export function decodeRun(run: Buffer): readonly DecodedRun[] {
  const found: DecodedRun[] = [];
  const hexEnd = decodeHexParts(run, found);
  if (hexEnd !== run.length) decodeBase64(run, found);
  return found;
}

function decodeBase64(run: Buffer, found: DecodedRun[]): void {
  const long = run.length >= ALWAYS_DECODED;
  for (let start = 0; start < 4; start += 1) {
    const text = findBase64Text(run, start);
    if (text >= 0) {
      // What stands before the text is another word of the file, unless it is long or sure.
      const from = long || beginsKnown(run, start) ? start : text;
      found.push({ name: 'base64', bytes: base64Bytes(run, from), start: from });
    } else if (beginsKnown(run, start) || (long && start === 0)) {
      found.push({ name: 'base64', bytes: base64Bytes(run, start), start });
    }
  }
}

function base64Bytes(run: Buffer, start: number): Buffer {
  // Node reads both alphabets, padded or not.
  return Buffer.from(run.toString('latin1', start), 'base64');
}

function beginsKnown(run: Buffer, start: number): boolean {
  return isKnownBinary(base64Bytes(run.subarray(0, start + HEAD_DIGITS), start));
}

/** Where in the alignment `start` printable text begins that is no coincidence, or -1. */
function findBase64Text(run: Buffer, start: number): number {
  const values = BASE64_VALUES;
  let row = 0;
  for (let at = start; at + 4 <= run.length; at += 4) {
    const a = values[run[at] as number] as number;
    // The first digit of printable text is 8 to 31, or 2 and 3 for line ends.
    if (a > 31) {
      row = 0;
      continue;
    }
    const b = values[run[at + 1] as number] as number;
    const c = values[run[at + 2] as number] as number;
    const d = values[run[at + 3] as number] as number;
    const printable =
      PRINTABLE[(a << 2) | (b >> 4)] === 1 &&
      PRINTABLE[((b & 15) << 4) | (c >> 2)] === 1 &&
      PRINTABLE[((c & 3) << 6) | d] === 1;
    row = printable ? row + 1 : 0;
    if (row * 3 >= LEAST_TEXT) return at + 4 - row * 4;
  }
  return -1;
}

/** Adds what the hexadecimal parts of the run hold; returns the end of the last part. */
function decodeHexParts(run: Buffer, found: DecodedRun[]): number {
  let last = -1;
  let at = 0;
  while (at < run.length) {
    // A word that is no hex part shows within LEAST_HEX digits, looked at from its end.
    const probe = at + LEAST_HEX - 1;
    if (probe >= run.length) return last;
    let back = probe;
    while (back >= at && HEX_VALUES[run[back] as number] !== NOT_IN) back -= 1;
    if (back >= at) {
      at = back + 1;
      continue;
    }
    let end = probe + 1;
    while (end < run.length && HEX_VALUES[run[end] as number] !== NOT_IN) end += 1;
    decodeHex(run, at, end, found);
    last = at === 0 ? end : last;
    at = end;
  }
  return last;
}

function decodeHex(run: Buffer, from: number, to: number, found: DecodedRun[]): void {
  for (let start = from; start < from + 2; start += 1) {
    const bytes = Buffer.from(run.toString('latin1', start, to - ((to - start) % 2)), 'hex');
    const long = to - from >= ALWAYS_DECODED && start === from;
    if (long || isKnownBinary(bytes) || holdsText(bytes)) found.push({ name: 'hex', bytes, start });
  }
}

function holdsText(bytes: Buffer): boolean {
  let row = 0;
  for (const byte of bytes) {
    row = PRINTABLE[byte] === 1 ? row + 1 : 0;
    if (row >= LEAST_TEXT) return true;
  }
  return false;
}
