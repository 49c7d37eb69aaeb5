import { bytesOf, charset } from './charset.ts';

const word = charset('word');
const hex = charset('hex');

const BACKSLASH = 0x5c;
const isHex = (byte: number | undefined) => byte !== undefined && hex[byte] === 1;

/**
 * Whether a credential may begin at `start`: no character of a longer word stands before it. The
 * tail of an escape is no such character: notebooks glue `\n` to a token, URLs `%3D`, terminals
 * `\u001b[32m`, and that has hidden tokens from scanners that ask for a word boundary.
 */
export function beginsAt(bytes: Uint8Array, start: number): boolean {
  const last = bytes[start - 1];
  if (last === undefined || word[last] !== 1) return true;
  if (isEscapeTail(bytes, start)) return true;
  // Pickle's oldest protocol is text: `V` at the start of a line, then the string.
  if (last === 0x56 && bytes[start - 2] === 0x0a) return true;
  return isTerminalColour(bytes, start);
}

function isEscapeTail(bytes: Uint8Array, start: number): boolean {
  const last = bytes[start - 1] ?? 0;
  // \n \t \r \b \f \v \a \e \0, where the backslash is not itself escaped into a path's part.
  if (bytes[start - 2] === BACKSLASH && 'ntrbfvae0'.includes(String.fromCharCode(last)))
    return true;
  if (!isHex(last) || !isHex(bytes[start - 2])) return false;
  const before = bytes[start - 3];
  if (before === 0x25 || before === 0x3d) return true; // %0A, =3D
  if (before === 0x78 && bytes[start - 4] === BACKSLASH) return true; // \x0a
  if (before === BACKSLASH || bytes[start - 4] === BACKSLASH) return true; // \12, \012
  if (!isHex(before) || !isHex(bytes[start - 4])) return false;
  return bytes[start - 5] === 0x75 && bytes[start - 6] === BACKSLASH; // \u000a
}

function isTerminalColour(bytes: Uint8Array, start: number): boolean {
  if (bytes[start - 1] !== 0x6d) return false;
  for (let i = start - 2; i > start - 10; i--) {
    const byte = bytes[i] ?? 0;
    if (byte === 0x5b) return true;
    if (byte !== 0x3b && (byte < 0x30 || byte > 0x39)) return false;
  }
  return false;
}

const base64url = charset('base64url');
const LONG_RUN = 24;

/** Whether a long run of base64url ends right before `start`. */
export function isDeepInside(bytes: Uint8Array, start: number): boolean {
  let left = 0;
  while (left < LONG_RUN && base64url[bytes[start - 1 - left] ?? 0] === 1) left++;
  return left === LONG_RUN;
}

/**
 * In binary content a token may touch letters: a length, a tag, the neighbouring field of a
 * database page. What lies deep inside encoded data is none, though.
 */
export function standsFree(bytes: Uint8Array, start: number, end: number): boolean {
  let right = 0;
  while (right < LONG_RUN && base64url[bytes[end + right] ?? 0] === 1) right++;
  return right < LONG_RUN && !isDeepInside(bytes, start);
}

/** Whether bytes that no text holds stand right before `start`, whatever the head of the file said. */
export function isBinaryBefore(bytes: Uint8Array, start: number): boolean {
  for (let i = Math.max(0, start - 6); i < start; i++) if ((bytes[i] ?? 0) < 9) return true;
  return false;
}

// Opcodes that pickle writes after a string: memoise, set items, append, stop, call.
const AFTER_STRING = bytesOf('qrhsuatRbe.}])(');

/**
 * The length that a string's own prefix gives it in pickle, MessagePack or CBOR, where it begins at
 * `start`; undefined without one. The opcode after a pickled string is often a letter, which a
 * greedy match would take for the token's last.
 */
export function prefixedLength(bytes: Uint8Array, start: number): number | undefined {
  const one = bytes[start - 1] ?? 0;
  const opcode = bytes[start - 2];
  if (opcode === 0x8c || opcode === 0xd9) return one; // SHORT_BINUNICODE; MessagePack str8
  // SHORT_BINSTRING, SHORT_BINBYTES, CBOR: letters that text holds too, so what follows must fit.
  const follows = bytes[start + one] ?? 0;
  const fits = follows < 0x20 || follows > 0x7e || AFTER_STRING[follows] === 1;
  if ((opcode === 0x55 || opcode === 0x43 || opcode === 0x78) && fits) return one;
  // BINUNICODE, BINSTRING, BINBYTES: four bytes, little-endian.
  const wide = bytes[start - 5];
  if ((wide === 0x58 || wide === 0x54 || wide === 0x42) && one === 0 && opcode === 0) {
    return (bytes[start - 4] ?? 0) + (bytes[start - 3] ?? 0) * 256;
  }
  return undefined;
}
