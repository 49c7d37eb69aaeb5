import { unescapeText } from '../../../content/unescape.ts';
import { createFormWriter, type PlainForm } from './plain-form.ts';

const BACKSLASH = 0x5c;
const NEWLINE = 10;

/** A text with fewer newlines written as an escape holds no code in its strings. */
const FEWEST_NEWLINES = 3;
const ESCAPED_NEWLINE = Buffer.from('\\n');

/**
 * What the string literals of a text say, one after the other: the cells of a notebook, code in JSON, in
 * a log or in a program's own strings. Undefined where no string holds a newline.
 */
export function readStrings(text: Buffer): PlainForm | undefined {
  if (!hasNewlines(text)) return undefined;
  const all = isData(text);
  const writer = createFormWriter(text.length * 2);
  let line = 1;
  // Quotes that nothing closes on their line are looked after once a line, not once each.
  const noneBefore = new Map<number, number>();
  for (let at = 0; at < text.length;) {
    const byte = text[at] as number;
    if (byte === NEWLINE) line += 1;
    const isQuote = byte === 0x22 || (!all && (byte === 0x27 || byte === 0x60));
    if (!isQuote || at < (noneBefore.get(byte) ?? 0)) {
      at += 1;
      continue;
    }
    const end = endOfString(text, at + 1, byte);
    if (text[end] !== byte) {
      noneBefore.set(byte, end);
      at += 1;
      continue;
    }
    const inside = text.subarray(at + 1, end);
    if (all || inside.includes(ESCAPED_NEWLINE)) {
      writeLines(inside.includes(BACKSLASH) ? unescapeText(inside) : inside, line);
    }
    at = end + 1;
  }
  return writer.take();

  function writeLines(bytes: Buffer, from: number): void {
    for (let start = 0; start < bytes.length;) {
      const found = bytes.indexOf(NEWLINE, start);
      const end = found < 0 ? bytes.length : found;
      writer.put(bytes, start, end);
      writer.endLine(from);
      start = end + 1;
    }
  }
}

function hasNewlines(text: Buffer): boolean {
  let at = -2;
  for (let count = 0; count < FEWEST_NEWLINES; count += 1) {
    at = text.indexOf(ESCAPED_NEWLINE, at + 2);
    if (at < 0) return false;
  }
  return true;
}

/** JSON: every string counts, the last line of a notebook's cell has no newline. */
function isData(text: Buffer): boolean {
  let at = text[0] === 0xef ? 3 : 0;
  while (at < text.length && (text[at] as number) <= 0x20) at += 1;
  return text[at] === 0x7b || text[at] === 0x5b;
}

/** Where the string that began before `from` closes, or its line ends. */
function endOfString(text: Buffer, from: number, quote: number): number {
  for (let at = from; at < text.length; at += 1) {
    const byte = text[at];
    if (byte === quote) return at;
    if (byte === NEWLINE) return at;
    if (byte === BACKSLASH) at += 1;
  }
  return text.length;
}
