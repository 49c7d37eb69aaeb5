import { BASE32_VALUES, BASE64_VALUES, HEX_VALUES, NOT_IN, PRINTABLE } from './alphabets.ts';
import { inflateText } from './inflate.ts';
import {
  isKnownBinary,
  isMeaningful,
  isMostlyText,
  KNOWN_BEGINNINGS,
  LEAST_TEXT,
} from './recognise-binary.ts';

/** What a run turned out to hold. */
export interface DecodedRun {
  readonly name: 'base64' | 'base32' | 'hex';
  readonly bytes: Buffer;
  /** Where in the run the encoded text begins. */
  readonly start: number;
}

/** From this many digits on a run is decoded whatever it holds: weights have no sure beginning. */
const ALWAYS_DECODED = 1024;

/** Groups of three bytes of printable text in a row that are no coincidence. */
const LEAST_QUADS = LEAST_TEXT / 3;
const LEAST_HEX = 24;
const HEAD_DIGITS = 64;

/**
 * What the digits of a run stand for, where they stand for something: text, a known binary format,
 * or (where the run is long) anything. A run may begin with letters that do not belong to it, such
 * as a path's, so each alignment is tried.
 */
export function decodeRun(bytes: Buffer, start: number, end: number): readonly DecodedRun[] {
  let found: DecodedRun[] | undefined;
  const add = (run: DecodedRun) => (found ??= []).push(run);
  if (!decodeHexParts(bytes, start, end, add)) {
    decodeBase64(bytes, start, end, add);
    decodeBase32(bytes, start, end, add);
  }
  return found ?? NONE;
}

const NONE: readonly DecodedRun[] = [];
type Add = (run: DecodedRun) => void;

function decodeBase64(bytes: Buffer, runStart: number, end: number, add: Add): void {
  const long = end - runStart >= ALWAYS_DECODED;
  for (let start = runStart; start < runStart + 4; start += 1) {
    const text = findBase64Text(bytes, start, end);
    const known =
      beginsKnown(bytes, start, end) || (start === runStart && isWide(bytes, start, end));
    const whole = start === runStart && (long || isDeflated(bytes, start, end));
    if (text < 0 && !known && !whole) continue;
    // What stands before the text is another word of the file, unless it is long or sure.
    const from = text < 0 || long || known ? start : text;
    add({ name: 'base64', bytes: base64Bytes(bytes, from, end), start: from });
  }
}

const LEAST_DEFLATED = 160;
const MOST_INFLATED = 1 << 20;

/** Deflate streams have no beginning to know them by; signatures and keys break at once as one. */
const isDeflated = (bytes: Buffer, start: number, end: number): boolean =>
  end - start >= LEAST_DEFLATED &&
  inflateText(base64Bytes(bytes, start, end), MOST_INFLATED) !== undefined;

const LEAST_BASE32 = 40;

/** RFC 4648 base32: its digits are some of base64's, so what is a run there is looked at here too. */
function decodeBase32(bytes: Buffer, start: number, end: number, add: Add): void {
  if (end - start < LEAST_BASE32) return;
  for (let at = start; at < end; at += 1) {
    if (BASE32_VALUES[bytes[at] as number] === NOT_IN) return;
  }
  const decoded = Buffer.allocUnsafe(((end - start) * 5) >> 3);
  let size = 0;
  let bits = 0;
  let held = 0;
  for (let at = start; at < end; at += 1) {
    held = ((held << 5) | (BASE32_VALUES[bytes[at] as number] as number)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      decoded[size++] = held >> bits;
    }
  }
  if (isMeaningful(decoded)) add({ name: 'base32', bytes: decoded, start });
}

function base64Bytes(bytes: Buffer, start: number, end: number): Buffer {
  // Node reads both alphabets, padded or not.
  return Buffer.from(bytes.toString('latin1', start, end), 'base64');
}

function beginsKnown(bytes: Buffer, start: number, end: number): boolean {
  const a = BASE64_VALUES[bytes[start] as number] as number;
  const b = BASE64_VALUES[bytes[start + 1] as number] as number;
  if (KNOWN_DIGITS[(a << 6) | b] !== 1) {
    // A safetensors file begins with the length of its header: its upper bytes are zero.
    if (bytes[start + 6] !== 0x41 || bytes[start + 7] !== 0x41 || bytes[start + 8] !== 0x41) {
      return false;
    }
  }
  return isKnownBinary(base64Bytes(bytes, start, Math.min(end, start + HEAD_DIGITS)));
}

/** Wide text has no row of printable bytes; its first digits are as small as those of other text. */
function isWide(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < start + 16; at += 4) {
    if ((BASE64_VALUES[bytes[at] as number] as number) > 31) return false;
  }
  return isMostlyText(base64Bytes(bytes, start, Math.min(end, start + HEAD_DIGITS)));
}

/** 1 for each pair of first digits (the first one times 64) with which a known format begins. */
const KNOWN_DIGITS = new Uint8Array(4096);
for (const [first, second] of KNOWN_BEGINNINGS) KNOWN_DIGITS[(first << 4) | (second >> 4)] = 1;

const PROBE_STEP = LEAST_QUADS * 4;

/**
 * Where in the alignment of `start` printable text begins that is no coincidence, or -1. Such text
 * has LEAST_QUADS good groups of four digits in a row, so that looking at one in as many finds it.
 */
function findBase64Text(bytes: Buffer, start: number, end: number): number {
  for (let probe = start + PROBE_STEP - 4; probe + 4 <= end; probe += PROBE_STEP) {
    // The first digit of printable text is 8 to 31, or 2 and 3 for line ends.
    if ((BASE64_VALUES[bytes[probe] as number] as number) > 31 || !isText(bytes, probe)) continue;
    let first = probe;
    while (first - 4 >= start && isText(bytes, first - 4)) first -= 4;
    let last = probe + 4;
    while (last - first < PROBE_STEP && last + 4 <= end && isText(bytes, last)) last += 4;
    if (last - first >= PROBE_STEP) return first;
  }
  return -1;
}

function isText(bytes: Buffer, at: number): boolean {
  const a = BASE64_VALUES[bytes[at] as number] as number;
  const b = BASE64_VALUES[bytes[at + 1] as number] as number;
  const c = BASE64_VALUES[bytes[at + 2] as number] as number;
  const d = BASE64_VALUES[bytes[at + 3] as number] as number;
  return (
    PRINTABLE[(a << 2) | (b >> 4)] === 1 &&
    PRINTABLE[((b & 15) << 4) | (c >> 2)] === 1 &&
    PRINTABLE[((c & 3) << 6) | d] === 1
  );
}

/** Adds what the hexadecimal parts of the run hold; true where the whole run is one. */
function decodeHexParts(bytes: Buffer, runStart: number, runEnd: number, add: Add): boolean {
  const values = HEX_VALUES;
  let at = runStart;
  // Each LEAST_HEX digits are looked at from their end: a word of another kind shows at once.
  for (let probe = at + LEAST_HEX - 1; probe < runEnd; probe = at + LEAST_HEX - 1) {
    let back = probe;
    while (back >= at && values[bytes[back] as number] !== NOT_IN) back -= 1;
    if (back >= at) {
      at = back + 1;
      continue;
    }
    let end = probe + 1;
    while (end < runEnd && values[bytes[end] as number] !== NOT_IN) end += 1;
    decodeHex(bytes, at, end, add);
    if (at === runStart && end === runEnd) return true;
    at = end;
  }
  return false;
}

function decodeHex(bytes: Buffer, from: number, to: number, add: Add): void {
  for (let start = from; start < from + 2; start += 1) {
    const decoded = Buffer.from(bytes.toString('latin1', start, to - ((to - start) % 2)), 'hex');
    const long = to - from >= ALWAYS_DECODED && start === from;
    if (long || isMeaningful(decoded)) {
      add({ name: 'hex', bytes: decoded, start });
    }
  }
}
