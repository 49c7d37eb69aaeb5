import { DIGITS, LOWER, NOT_IN, UPPER } from './alphabets.ts';
import { isKnownBinary, isTextPart } from './recognise-binary.ts';

/** What a run of base85 or ascii85 stands for. */
export interface Base85 {
  readonly start: number;
  readonly bytes: Buffer;
}

/** Shorter ones hold no copy, and ordinary text has runs as long. */
const LEAST_RUN = 80;
/** Of the beginning of a run: characters that base64 does not have. */
const LEAST_OTHERS = 3;
const NEWLINE = 10;
const RETURN = 13;
/** Four zeros in ascii85. */
const ZEROS = 0x7a;

interface Alphabet {
  readonly values: Uint8Array;
  /** Whether `z` is short for a group of zeros. */
  readonly short: boolean;
}

const ASCII85: Alphabet = { values: new Uint8Array(256).fill(NOT_IN), short: true };
for (let value = 0; value < 85; value += 1) ASCII85.values[0x21 + value] = value;
const BASE85: Alphabet = { values: new Uint8Array(256).fill(NOT_IN), short: false };
for (const [value, char] of Array.from(
  `${DIGITS}${UPPER}${LOWER}!#$%&()*+-;<=>?@^_\`{|}~`,
).entries()) {
  BASE85.values[char.charCodeAt(0)] = value;
}
const IS_BASE64 = new Uint8Array(256);
for (const char of `${UPPER}${LOWER}${DIGITS}+/=-_`) IS_BASE64[char.charCodeAt(0)] = 1;

/** Runs of base85 (of RFC 1924 and git) and of ascii85 that hold text or a known format. */
export function findBase85(text: Buffer): readonly Base85[] {
  const found: Base85[] = readPatches(text);
  for (const alphabet of [BASE85, ASCII85]) {
    const { values, short } = alphabet;
    const isIn = (at: number): boolean => {
      const byte = text[at] as number;
      return (
        values[byte] !== NOT_IN || byte === NEWLINE || byte === RETURN || (short && byte === ZEROS)
      );
    };
    for (let probe = LEAST_RUN - 1, floor = 0; probe < text.length; probe = floor + LEAST_RUN - 1) {
      let back = probe;
      while (back >= floor && isIn(back)) back -= 1;
      if (back >= floor) {
        floor = back + 1;
        continue;
      }
      let end = probe + 1;
      while (end < text.length && isIn(end)) end += 1;
      const bytes = hasOthers(text, floor) ? readRun(text, floor, end, alphabet) : undefined;
      if (bytes !== undefined) found.push({ start: floor, bytes });
      floor = end;
    }
  }
  return found;
}

const LITERAL = Buffer.from('literal ');
const PATCH = Buffer.from('GIT binary patch');

/** What the binary patches of git hold: each line begins with a letter for its length. */
function readPatches(text: Buffer): Base85[] {
  const found: Base85[] = [];
  if (!text.includes(PATCH)) return found;
  for (let at = text.indexOf(LITERAL); at >= 0; at = text.indexOf(LITERAL, at + 1)) {
    const parts: Buffer[] = [];
    for (let from = endOfLine(text, at) + 1; from < text.length;) {
      const end = endOfLine(text, from);
      const length = lengthOf(text[from] ?? 0);
      if (length === 0 || end === from) break;
      parts.push(decode(text, from + 1, end, BASE85).subarray(0, length));
      from = end + 1;
    }
    if (parts.length > 0) found.push({ start: at, bytes: Buffer.concat(parts) });
  }
  return found;
}

function lengthOf(letter: number): number {
  if (letter >= 0x41 && letter <= 0x5a) return letter - 0x40;
  return letter >= 0x61 && letter <= 0x7a ? letter - 0x46 : 0;
}

function endOfLine(text: Buffer, from: number): number {
  const end = text.indexOf(NEWLINE, from);
  return end < 0 ? text.length : end;
}

function hasOthers(text: Buffer, start: number): boolean {
  let others = 0;
  for (let at = start; at < start + LEAST_RUN; at += 1) {
    const byte = text[at] as number;
    if (IS_BASE64[byte] !== 1 && byte !== NEWLINE && byte !== RETURN) others += 1;
  }
  return others >= LEAST_OTHERS;
}

/** A run may begin with what does not belong to it, such as a quote: each of the five steps is tried. */
function readRun(text: Buffer, start: number, end: number, alphabet: Alphabet): Buffer | undefined {
  for (let from = start; from < start + 5; from += 1) {
    const head = decode(text, from, Math.min(end, from + LEAST_RUN), alphabet);
    // What came out of step before it got into it is no text yet.
    if (isKnownBinary(head) || isTextPart(head.subarray(8))) {
      return decode(text, from, end, alphabet);
    }
  }
  return undefined;
}

function decode(text: Buffer, start: number, end: number, { values, short }: Alphabet): Buffer {
  const out = Buffer.allocUnsafe((end - start) * 4 + 4);
  let size = 0;
  let sum = 0;
  let count = 0;
  const put = (bytes: number) => {
    for (let index = 0; index < bytes; index += 1) {
      out[size++] = Math.floor(sum / 2 ** (24 - 8 * index)) & 255;
    }
    sum = count = 0;
  };
  for (let at = start; at < end; at += 1) {
    const byte = text[at] as number;
    const value = values[byte] as number;
    if (value === NOT_IN) {
      if (short && byte === ZEROS && count === 0) put(4);
      continue;
    }
    sum = sum * 85 + value;
    count += 1;
    if (count === 5) put(4);
  }
  if (count > 1) {
    const bytes = count - 1;
    for (; count < 5; count += 1) sum = sum * 85 + 84;
    put(bytes);
  }
  return out.subarray(0, size);
}
