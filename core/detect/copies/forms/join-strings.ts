import { unescapeText } from '../../../content/unescape.ts';
import { createFormWriter, type PlainForm } from './plain-form.ts';

const NEWLINE = 10;
const BACKSLASH = 0x5c;

/** So many literals in a row are a text put together; fewer are how a long line is written. */
const FEWEST = 6;
/** Bytes between two literals of a row: commas, a plus, brackets, a line's end and its indentation. */
const MOST_BETWEEN = 160;
/** A literal that goes on for longer holds lines of its own. */
const LONGEST = 4096;

/**
 * What rows of string literals say when they are put together, however a text was cut into them: in the
 * middle of its words, word by word, or line by line. Undefined where there are none.
 */
export function joinStrings(text: Buffer): PlainForm | undefined {
  let writer: ReturnType<typeof createFormWriter> | undefined;
  let parts: Buffer[] = [];
  let first = 1;
  let line = 1;
  let last = -1;
  const close = () => {
    if (parts.length >= FEWEST) {
      const joined = Buffer.concat(parts);
      writer ??= createFormWriter(text.length * 2);
      const said = joined.includes(BACKSLASH) ? unescapeText(joined) : joined;
      for (let from = 0; from < said.length;) {
        const newline = said.indexOf(NEWLINE, from);
        const to = newline < 0 ? said.length : newline;
        writer.put(said, from, to);
        writer.endLine(first);
        from = to + 1;
      }
    }
    parts = [];
  };
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at] as number;
    if (byte === NEWLINE) line += 1;
    if (QUOTE[byte] === 1) {
      const end = endOfLiteral(text, at + 1, byte);
      if (end < 0) {
        close();
        continue;
      }
      if (parts.length === 0) first = line;
      parts.push(text.subarray(at + 1, end));
      last = at = end;
    } else if (parts.length > 0 && (BETWEEN[byte] !== 1 || at - last > MOST_BETWEEN)) {
      if (!isPrefix(text, at)) close();
    }
  }
  close();
  return writer?.take();
}

const QUOTE = new Uint8Array(256);
for (const char of '"\'`') QUOTE[char.charCodeAt(0)] = 1;
const BETWEEN = new Uint8Array(256);
for (const char of ' \t\r\n,+()[]{}\\.&;') BETWEEN[char.charCodeAt(0)] = 1;

/** The letter of `b"…"` and the like. */
const isPrefix = (text: Buffer, at: number): boolean =>
  QUOTE[text[at + 1] ?? 0] === 1 && BETWEEN[text[at - 1] ?? 0] === 1;

/** Where the literal closes that began before `from`; -1 where its line ends first. */
function endOfLiteral(text: Buffer, from: number, quote: number): number {
  const most = Math.min(text.length, from + LONGEST);
  for (let at = from; at < most; at += 1) {
    const byte = text[at];
    if (byte === quote) return at;
    if (byte === NEWLINE) return -1;
    if (byte === BACKSLASH) at += 1;
  }
  return -1;
}
