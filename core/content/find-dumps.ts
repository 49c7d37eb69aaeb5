import { HEX_VALUES, NOT_IN } from './alphabets.ts';
import { isMeaningful, isMostlyText } from './recognise-binary.ts';

/** What the lines of a dump, or of a uuencoded file, stand for. */
export interface Dump {
  readonly start: number;
  readonly bytes: Buffer;
}

const FEWEST_LINES = 3;
const MOST_A_LINE = 64;
const NEWLINE = 10;
const BEGINS_DUMP = Buffer.from('0000');
const BEGINS_UU = Buffer.from('begin ');

/** Dumps as `xxd`, `hexdump` and `od -t x1` make them, and uuencoded files. */
export function findDumps(text: Buffer): readonly Dump[] {
  const found: Dump[] = [];
  for (let at = atLine(text, BEGINS_DUMP, 0); at >= 0;) {
    const { bytes, end } = readHexLines(text, at);
    if (bytes !== undefined && isWhole(bytes)) found.push({ start: at, bytes });
    at = atLine(text, BEGINS_DUMP, Math.max(end, at + 1));
  }
  for (let at = atLine(text, BEGINS_UU, 0); at >= 0;) {
    const { bytes, end } = readUuLines(text, endOfLine(text, at) + 1);
    if (bytes !== undefined) found.push({ start: at, bytes });
    at = atLine(text, BEGINS_UU, Math.max(end, at + 1));
  }
  return found;
}

const LEAST_BINARY = 256;

/** A manual shows the first lines of a dump: the head of an archive is none that could not be opened. */
const isWhole = (bytes: Buffer): boolean =>
  isMostlyText(bytes) || (bytes.length >= LEAST_BINARY && isMeaningful(bytes));

/** Where a line begins with `needle`, blanks before it apart. */
function atLine(text: Buffer, needle: Buffer, from: number): number {
  for (let at = text.indexOf(needle, from); at >= 0; at = text.indexOf(needle, at + 1)) {
    let before = at - 1;
    while (text[before] === 0x20 || text[before] === 0x09) before -= 1;
    if (before < 0 || text[before] === NEWLINE) return at;
  }
  return -1;
}

interface Read {
  readonly bytes?: Buffer;
  readonly end: number;
}

function readHexLines(text: Buffer, start: number): Read {
  const values: number[] = [];
  let words = true;
  let lines = 0;
  let at = start;
  while (at < text.length) {
    const end = endOfLine(text, at);
    const width = readHexLine(text, at, end, values);
    if (width === 0) break;
    words &&= width === 4;
    lines += 1;
    at = end + 1;
  }
  if (lines < FEWEST_LINES) return { end: at };
  const bytes = Buffer.from(values);
  // `hexdump` alone shows words with their bytes swapped, and no colon.
  const isSwapped =
    words && bytes.length % 2 === 0 && !text.subarray(start, start + 16).includes(0x3a);
  if (isSwapped) bytes.swap16();
  return { bytes, end: at };
}

/** Appends what a line says behind its offset; the digits of its first group, 0 where it is no such line. */
function readHexLine(text: Buffer, start: number, end: number, values: number[]): number {
  let at = start;
  while (text[at] === 0x20 || text[at] === 0x09) at += 1;
  const offset = at;
  while (isHex(text[at])) at += 1;
  if (at - offset < 6) return 0;
  if (text[at] === 0x3a) at += 1;
  let width = 0;
  const most = values.length + MOST_A_LINE;
  while (at < end && values.length < most) {
    let blanks = 0;
    while (text[at] === 0x20 || text[at] === 0x09) {
      at += 1;
      blanks += 1;
    }
    const group = at;
    while (at < end && isHex(text[at])) at += 1;
    const digits = at - group;
    // Behind two blanks stands the same as characters; in the middle of a line, its other half.
    const isHalf = width === 0 || values.length % 8 === 0;
    if (digits < 2 || digits % 2 === 1 || (width > 0 && digits > width)) break;
    if (blanks === 0 || (blanks > 1 && !isHalf)) break;
    if (at < end && text[at] !== 0x20 && text[at] !== 0x0d) break;
    for (let i = group; i < at; i += 2) {
      values.push((valueOf(text[i]) << 4) | valueOf(text[i + 1]));
    }
    width = Math.max(width, digits);
  }
  return width;
}

const valueOf = (byte: number | undefined): number => HEX_VALUES[byte ?? 0] as number;
const isHex = (byte: number | undefined): boolean => byte !== undefined && valueOf(byte) !== NOT_IN;

function readUuLines(text: Buffer, start: number): Read {
  const values: number[] = [];
  let lines = 0;
  let at = start;
  while (at < text.length) {
    const end = endOfLine(text, at);
    const count = six(text[at]);
    const groups = Math.ceil(count / 3) * 4;
    if (count === 0 || count > 45 || (text[at] ?? 0) < 0x20 || (text[at] ?? 0) > 0x60) break;
    const line: number[] = [];
    for (let i = at + 1; i < at + 1 + groups; i += 4) {
      // Blanks at the end of a line are often lost.
      const [a, b, c, d] = [0, 1, 2, 3].map((k) => (i + k < end ? six(text[i + k]) : 0));
      line.push(((a ?? 0) << 2) | ((b ?? 0) >> 4));
      line.push((((b ?? 0) & 15) << 4) | ((c ?? 0) >> 2));
      line.push((((c ?? 0) & 3) << 6) | (d ?? 0));
    }
    for (let i = 0; i < count; i += 1) values.push(line[i] ?? 0);
    lines += 1;
    at = end + 1;
  }
  const bytes = lines > 0 ? Buffer.from(values) : undefined;
  return bytes !== undefined && isMeaningful(bytes) ? { bytes, end: at } : { end: at };
}

const six = (byte: number | undefined): number => ((byte ?? 0x20) - 0x20) & 63;

function endOfLine(text: Buffer, from: number): number {
  const end = text.indexOf(NEWLINE, from);
  return end < 0 ? text.length : end;
}
