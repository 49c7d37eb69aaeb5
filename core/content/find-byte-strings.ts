import { HEX_VALUES, NOT_IN } from './alphabets.ts';
import { inflateNow } from './inflate.ts';
import { isKnownBinary, isZlibHeader } from './recognise-binary.ts';

/** Bytes that a string literal writes: `b'x\x9c\xcb…'`. */
export interface ByteString {
  readonly start: number;
  readonly bytes: Buffer;
}

const ESCAPE = Buffer.from('\\x');
const BACKSLASH = 0x5c;
const NEWLINE = 10;
/** The first escape stands near the literal's beginning: a known format has bytes of all values. */
const LONGEST_BEFORE = 16;
const LEAST_BYTES = 32;
/** Tests hold the first bytes of many formats, which are no files that could not be opened. */
const LEAST_FILE = 256;
const MOST_INFLATED = 1 << 20;

/** Literals whose bytes begin as a known binary format: compressed code in a program of two lines. */
export function findByteStrings(text: Buffer): readonly ByteString[] {
  const found: ByteString[] = [];
  for (let at = text.indexOf(ESCAPE); at >= 0;) {
    const start = literalStart(text, at);
    if (start < 0) {
      at = text.indexOf(ESCAPE, at + 2);
      continue;
    }
    const { bytes, end } = readLiteral(text, start, text[start - 1] as number);
    if (isWhole(bytes)) {
      found.push({ start, bytes });
    }
    at = text.indexOf(ESCAPE, Math.max(end, at + 2));
  }
  return found;
}

function isWhole(bytes: Buffer): boolean {
  if (bytes.length < LEAST_BYTES || !isKnownBinary(bytes.subarray(0, 64))) return false;
  if (bytes.length >= LEAST_FILE) return true;
  return isZlibHeader(bytes, 0) && inflateNow(bytes.subarray(2), MOST_INFLATED).content.length > 0;
}

function literalStart(text: Buffer, escape: number): number {
  for (let at = escape - 1; at >= 0 && escape - at <= LONGEST_BEFORE; at -= 1) {
    const byte = text[at];
    if (byte === 0x22 || byte === 0x27) return at + 1;
    if (byte === NEWLINE) return -1;
  }
  return -1;
}

const SIMPLE = new Map(
  Object.entries({
    n: 10,
    r: 13,
    t: 9,
    b: 8,
    f: 12,
    v: 11,
    a: 7,
    '0': 0,
    '\\': 92,
    '"': 34,
    "'": 39,
  }).map(([char, value]) => [char.charCodeAt(0), value] as const),
);

/** What the literal says; an escape that no language has stands for itself. */
function readLiteral(text: Buffer, start: number, quote: number): { bytes: Buffer; end: number } {
  let at = start;
  let size = 0;
  const close = endOfLiteral(text, start, quote);
  const out = Buffer.allocUnsafe(close - start);
  while (at < close) {
    const byte = text[at] as number;
    const next = text[at + 1] ?? 0;
    if (byte !== BACKSLASH) {
      out[size++] = byte;
      at += 1;
      continue;
    }
    const high = HEX_VALUES[text[at + 2] ?? 0] as number;
    const low = HEX_VALUES[text[at + 3] ?? 0] as number;
    const simple = SIMPLE.get(next);
    if (next === 0x78 && high !== NOT_IN && low !== NOT_IN) {
      out[size++] = (high << 4) | low;
      at += 4;
    } else if (simple !== undefined) {
      out[size++] = simple;
      at += 2;
    } else {
      out[size++] = byte;
      at += 1;
    }
  }
  return { bytes: out.subarray(0, size), end: close };
}

function endOfLiteral(text: Buffer, start: number, quote: number): number {
  for (let at = start; at < text.length; at += 1) {
    const byte = text[at];
    if (byte === quote || byte === NEWLINE) return at;
    if (byte === BACKSLASH) at += 1;
  }
  return text.length;
}
