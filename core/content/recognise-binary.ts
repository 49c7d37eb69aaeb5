import { isUtf8 } from 'node:buffer';
import { PRINTABLE } from './alphabets.ts';
import { gzipHeaderLength } from './gzip-header.ts';
import { closedMagics, recogniseClosed } from './known-formats.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');

const OPEN_MAGICS: readonly Buffer[] = [
  'PK\u0003\u0004',
  '!<arch>\n',
  'GGUF',
  'lmgg',
  'tjgg',
  'fmgg',
  '\u0093NUMPY',
  '\u0089HDF\r\n\u001a\n',
  '\u0089PNG\r\n\u001a\n',
  '\u00ff\u00d8\u00ff',
  'GIF89a',
  '%PDF-',
  'SQLite format 3\0',
  'PAR1',
  '\u007fELF',
  '\0asm',
].map(latin1);

/**
 * Whether decoded bytes begin as a binary format that something here or a detector knows. Reads at
 * most 32 bytes.
 */
export function isKnownBinary(head: Buffer): boolean {
  if (head.length < 8) return false;
  const first = head[0] ?? 0;
  // Pickle, protocols 2 to 5, and a frame, a mark, a push or an opcode that may come first.
  if (first === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 0) <= 5) return true;
  if (isZlibHeader(head, 0)) return true;
  if (first === 0xff && head[1] === 0xfe && head[3] === 0) return true;
  if (first === 0xfe && head[1] === 0xff && head[2] === 0) return true;
  // safetensors: the length of the JSON header, little-endian, then the header.
  if (head[8] === 0x7b && head.readUInt32LE(4) === 0 && head.readUInt32LE(0) < 100_000_000) {
    return true;
  }
  if (first === 0x1f && gzipHeaderLength(Buffer.concat([head, Buffer.alloc(32)]), 0) > 0)
    return true;
  // DER: a sequence with a two-byte length, as private keys are.
  if (first === 0x30 && head[1] === 0x82 && head[4] === 0x02) return true;
  return (
    // Asked of every run of digits in every file: nearly all end at the first byte.
    OPEN_MAGICS.some(
      (magic) => magic[0] === first && head.subarray(0, magic.length).equals(magic),
    ) || recogniseClosed(head) !== undefined
  );
}

/** The first two bytes of what `isKnownBinary` knows. safetensors, whose first bytes are a number, is
 * not among them. */
export const KNOWN_BEGINNINGS: readonly (readonly [number, number])[] = [
  ...[...OPEN_MAGICS, ...closedMagics()].map((magic) => [magic[0] ?? 0, magic[1] ?? 0] as const),
  ...[2, 3, 4, 5].map((protocol) => [0x80, protocol] as const),
  ...[0x01, 0x5e, 0x9c, 0xda].map((level) => [0x78, level] as const),
  [0x1f, 0x8b],
  [0xff, 0xfe],
  [0xfe, 0xff],
  [0x30, 0x82],
];

/** A zlib header (RFC 1950) as the usual writers make it, without a preset dictionary. */
export function isZlibHeader(bytes: Buffer, at: number): boolean {
  const second = bytes[at + 1] ?? 0;
  return (
    bytes[at] === 0x78 && (second === 1 || second === 0x5e || second === 0x9c || second === 0xda)
  );
}

/** Bytes of printable text in a row that are no coincidence. */
export const LEAST_TEXT = 12;
const SAMPLE_BYTES = 64;

/**
 * Whether decoded bytes are worth a look: they hold text, begin as a known format, or are mostly
 * printable characters and NULs, as wide text is. Digests and random bytes are none of these.
 */
export function isMeaningful(bytes: Buffer): boolean {
  if (isKnownBinary(bytes.subarray(0, SAMPLE_BYTES)) || isMostlyText(bytes)) return true;
  let row = 0;
  for (const byte of bytes) {
    row = PRINTABLE[byte] === 1 ? row + 1 : 0;
    if (row >= LEAST_TEXT) return true;
  }
  return false;
}

/** By a sample of its beginning. */
export function isMostlyText(bytes: Buffer): boolean {
  const length = Math.min(bytes.length, SAMPLE_BYTES);
  let printable = 0;
  let zeros = 0;
  for (let at = 0; at < length; at += 1) {
    printable += PRINTABLE[bytes[at] as number] as number;
    if (bytes[at] === 0) zeros += 1;
  }
  return length >= 16 && printable * 5 >= length * 2 && (printable + zeros) * 5 >= length * 4;
}

/** Whether bytes out of the middle of something are UTF-8 text, characters cut at both ends apart. */
export function isTextPart(bytes: Buffer): boolean {
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  let end = bytes.length;
  while (end > 0 && bytes.length - end < 3 && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80) end -= 1;
  if ((bytes[end - 1] ?? 0) >= 0xc0) end -= 1;
  else end = bytes.length;
  const part = bytes.subarray(start, end);
  return part.length >= LEAST_TEXT && isUtf8(part) && !part.some(isControl);
}

const isControl = (byte: number): boolean =>
  byte === 0x7f || (byte < 0x20 && (byte < 9 || byte > 13));
